"""The registry of rights by the environment."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from abs_platform.config.consortium import NONE, Consortium, read_consortium

CHAINS = [{"name": "tsa", "kind": "rfc3161"}, {"name": "business", "kind": "evm"}, {"name": "regulator", "kind": "evm"}]
CONTRACT = "0x" + "aB" * 20


def read(chain: str = "", contract: str = "", key_file: str = "") -> Consortium:
    given = {"ABS_REGISTRY_CHAIN": chain, "ABS_REGISTRY_CONTRACT": contract, "ABS_CONSORTIUM_KEY_FILE": key_file}
    return read_consortium(Given(given), chains=CHAINS)


class Given(dict[str, str]):
    """An environment."""

    def str(self, var: "str", default: "str") -> "str":
        return self.get(var, default)


def test_by_default_it_is_the_first_chain_with_contracts() -> None:
    assert read() == Consortium("business", "", "")
    assert read(chain="regulator", contract=CONTRACT) == Consortium("regulator", CONTRACT, "")
    assert read(chain=NONE).chain == NONE
    assert read_consortium(Given(), chains=CHAINS[:1]).chain == NONE


def test_what_is_wrong_says_so(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="business, regulator"):
        read(chain="tsa")
    with pytest.raises(ImproperlyConfigured, match="address"):
        read(contract="0x12")
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        read(key_file=str(tmp_path / "none"))
    file = tmp_path / "key"
    file.write_text("AB" * 32)
    with pytest.raises(ImproperlyConfigured, match="64 hexadecimal"):
        read(key_file=str(file))
    file.write_text("ab" * 32 + "\n")
    assert read(key_file=str(file)).key == "ab" * 32
