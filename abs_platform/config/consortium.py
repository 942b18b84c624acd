"""The registry of rights and the consortium that shares it, as the environment names them. Whatever is wrong stops the start."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from django.core.exceptions import ImproperlyConfigured

NONE = "none"
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_KEY = re.compile(r"[0-9a-f]{64}")


class Environment(Protocol):
    """What is asked of django-environ."""

    def str(self, var: "str", default: "str") -> "str":
        """A variable's text."""
        ...


class Consortium(NamedTuple):
    """`chain`: its name in ABS_CHAINS, NONE for no registry. `contract`: empty where one is to be deployed. `key`: in
    hexadecimal, empty for a consortium of one.
    """

    chain: str
    contract: str
    key: str


def read_consortium(env: Environment, *, chains: Sequence[Mapping[str, Any]]) -> Consortium:  # Any: JSON of ABS_CHAINS
    """ABS_REGISTRY_CHAIN (by default the first chain that has contracts), ABS_REGISTRY_CONTRACT, ABS_CONSORTIUM_KEY_FILE."""
    chain = env.str("ABS_REGISTRY_CHAIN", default="")
    contract = env.str("ABS_REGISTRY_CONTRACT", default="")
    names = [str(each["name"]) for each in chains if each["kind"] == "evm"]
    chosen = chain or (names[0] if names else NONE)
    if chosen not in (NONE, *names):
        raise ImproperlyConfigured(
            f"ABS_REGISTRY_CHAIN is {chain!r}; it must be {NONE!r} or an EVM chain of ABS_CHAINS: {', '.join(names)}"
        )
    if contract and not _ADDRESS.fullmatch(contract):
        raise ImproperlyConfigured(f"ABS_REGISTRY_CONTRACT is {contract!r}; it must be an address: 0x and 40 digits")
    return Consortium(chosen, contract, _key(env.str("ABS_CONSORTIUM_KEY_FILE", default="")))


def _key(file: str) -> str:
    if not file:
        return ""
    try:
        key = Path(file).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"ABS_CONSORTIUM_KEY_FILE: {file} cannot be read: {error}") from error
    if not _KEY.fullmatch(key):
        raise ImproperlyConfigured(f"ABS_CONSORTIUM_KEY_FILE: {file} must hold 64 hexadecimal digits in small letters")
    return key
