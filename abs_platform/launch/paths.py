"""Where things are: the project, and the state folder with what the stack keeps in it."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from abs_platform.launch.console import Failure

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
BOOT = ROOT / ".boot"  # tools that the launcher fetched or made, and locks between launchers
_MARKER = ".abs-state"


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text` in one move, readable by its owner only."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    draft.replace(path)


@dataclass(frozen=True, slots=True)
class StateFolder:
    """The one folder that holds everything a stack writes."""

    path: Path

    @classmethod
    def chosen(cls, option: str | None) -> "StateFolder":
        """The folder given by --state, else by ABS_STATE, else .state in the project."""
        return cls(Path(option or os.environ.get("ABS_STATE") or ROOT / ".state").expanduser().resolve())

    def create(self) -> None:
        """Make the folder, for its owner only. Raises Failure for a folder that holds something else."""
        if self.path.is_dir() and any(self.path.iterdir()) and not self.is_ours():
            raise Failure(f"{self.path} holds other things than a stack's state; choose an empty folder by --state")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for folder in (self.path, self.logs, self.keys):
                folder.mkdir(exist_ok=True)
                folder.chmod(0o700)
            (self.path / _MARKER).touch()
        except OSError as error:
            raise Failure(
                f"the state folder {self.path} cannot be made: {error.strerror}; choose another by --state"
            ) from error

    def is_ours(self) -> bool:
        """Whether this folder was made for a stack's state: only such a folder is ever emptied."""
        return (self.path / _MARKER).is_file()

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def stack(self) -> Path:
        return self.path / "stack.json"

    @property
    def demo_accounts(self) -> Path:
        return self.path / "demo-accounts.json"

    def secret(self, name: str) -> str:
        """A random secret (URL-safe text, 256 bits) made at first use and kept in keys/."""
        file = self.keys / name
        if not file.exists():
            write_private(file, secrets.token_urlsafe(32))
        return file.read_text(encoding="utf-8").strip()
