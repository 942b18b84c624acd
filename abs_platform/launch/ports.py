"""Ports on the loopback interface."""

import contextlib
import json
import socket
from pathlib import Path

from abs_platform.launch.paths import StateFolder, write_private

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def any_free() -> int:
    """A port that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def listener(port: int) -> str:
    """Who listens on this port, in brackets, as far as it can be seen; else nothing. proc(5): net/tcp, fd."""
    local = f"0100007F:{port:04X}", f"00000000:{port:04X}"
    with contextlib.suppress(OSError):
        rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
        sockets = {f"socket:[{row[9]}]" for row in rows if row[1] in local and row[3] == "0A"}
        for entry in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
            with contextlib.suppress(OSError):
                if str(entry.readlink()) in sockets:
                    pid = entry.parts[2]
                    return f" ({Path('/proc', pid, 'comm').read_text(encoding='utf-8').strip()}, process {pid})"
    return ""


class PortBook:
    """The ports a state folder's services had last time, so that addresses stay what they were where possible."""

    def __init__(self, state: StateFolder) -> None:
        self._file = state.path / "ports.json"
        self._ports: dict[str, int] = {}
        with contextlib.suppress(OSError, ValueError):
            self._ports = {str(name): int(port) for name, port in json.loads(self._file.read_text()).items()}

    def choose(self, name: str, usual: int) -> int:
        """Last time's port, else the usual one, else any free one; remembered."""
        for port in (self._ports.get(name), usual):
            if port and is_free(port):
                return self._remember(name, port)
        return self.choose_any(name)

    def choose_any(self, name: str) -> int:
        return self._remember(name, any_free())

    def _remember(self, name: str, port: int) -> int:
        self._ports[name] = port
        write_private(self._file, json.dumps(self._ports, indent=1))
        return port
