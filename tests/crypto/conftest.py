"""Both SM2 back ends under the one interface, and the openssl program as referee."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from abs_platform.crypto import sm2, sm2_gmssl

try:
    from abs_platform.crypto import sm2_libcrypto
except ImportError:
    sm2_libcrypto = None  # type: ignore[assignment]  # tests of it are skipped

BACKENDS = {"gmssl": sm2_gmssl, "libcrypto": sm2_libcrypto}
UseBackend = Callable[[str], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> UseBackend:
    """Switches `sm2` to the back end of that name."""

    def switch(name: str) -> None:
        if BACKENDS[name] is None:
            pytest.skip("no libcrypto with SM2 on this machine")
        monkeypatch.setattr(sm2, "_backend", BACKENDS[name])

    return switch


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest, use: UseBackend) -> str:
    """The test runs once with each back end."""
    use(request.param)
    return str(request.param)


class OpenSSL:
    """The openssl program in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return name

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def __call__(self, *arguments: str) -> bool:
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, timeout=20)
        self.output = done.stdout
        return done.returncode == 0


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSSL:
    """Skips where there is no openssl program with SM2."""
    program = OpenSSL(tmp_path)
    if not shutil.which("openssl") or not program("genpkey", "-algorithm", "SM2", "-out", "probe.pem"):
        pytest.skip("no openssl program with SM2")
    return program
