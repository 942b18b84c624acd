"""`abs witness`: follows a log with a memory of its own and cosigns what contains all it saw before.

Whoever runs it need not trust the log's operator, and runs it on a machine of their own. The memory is written before the
cosignature is made: after a crash the witness has promised nothing that it does not remember.
"""

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import re
import socket
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from abs_platform.launch import locks
from abs_platform.launch.console import Console, Failure
from abs_platform.launch.witnessing import Refused, Seen, Witness, check_proof, needs_proof
from abs_platform.verifier.abs_verify import MAX_TRUST_BYTES, Note, Unreadable, load_json, read_checkpoint

REFUSED, UNREACHABLE = 1, 4
TIMEOUT = 20.0  # seconds without a byte, and for a whole answer
MAX_REPLY = 1 << 16
MAX_PATH = 64
_DESCRIPTION = """\
Follows a log from outside: fetches its newest checkpoint, checks the publisher's signatures by the trust file, checks by
a consistency proof that the tree contains all that was seen before, remembers it, cosigns it and hands the cosignature in.
A smaller or inconsistent tree is refused, and both signed checkpoints are kept in the state folder as evidence.

Exit code with --once: 0 cosigned, 1 refused, 4 the log cannot be reached, or does not
name this witness yet."""


class Unreachable(Exception):
    """No answer from the log, or none that can be read; says nothing about its honesty."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "witness", help="follow a log from outside and cosign its checkpoints", description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add("--log", required=True, type=_address, metavar="URL", help="such as https://abs.example/api/v1/log/main")
    add("--trust", required=True, type=Path, metavar="FILE", help="the log's trust file, obtained apart from the log")
    add("--state", required=True, type=Path, metavar="DIR", help="this witness's key and memory; made at first use")
    add("--name", type=_name, help="chosen at first use (default: the host's name and /witness); it stays")
    add("--once", action="store_true", help="one round, then end")
    add("--interval", type=_seconds, default=60.0, metavar="S", help="seconds between rounds (default 60)")
    parser.set_defaults(run=run)


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[!-~]+", text):
        raise argparse.ArgumentTypeError("the log's address begins with http:// or https://")
    return text.rstrip("/")


def _name(text: str) -> str:
    if not re.fullmatch(r"[^\s+]{1,100}", text):
        raise argparse.ArgumentTypeError("a name has up to 100 characters, no blank and no +")
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError("an interval is from 1 to 86400 seconds")
    return seconds


def run(arguments: argparse.Namespace) -> int:
    console = Console()
    state = State(arguments.state)
    lock = state.open()
    try:
        witness = state.witness(arguments.name, console)
        while True:
            code = _round_told(arguments, state, witness, console)
            if arguments.once:
                return code
            time.sleep(arguments.interval)
    finally:
        os.close(lock)


def _round_told(arguments: argparse.Namespace, state: "State", witness: Witness, console: Console) -> int:
    """One round; what came of it is said, loudly where the log was refused. Returns the exit code."""
    moment = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    try:
        console.say(f"{moment} {follow(Log(arguments.log), _trust(arguments.trust), state, witness)}")
    except Refused as refusal:
        Console(sys.stderr).say(f"{moment} REFUSED, NOT COSIGNED: {refusal}")
        return REFUSED
    except Unreachable as error:
        Console(sys.stderr).say(f"{moment} not reached: {error}")
        return UNREACHABLE
    return 0


def _trust(file: Path) -> dict[str, Any]:  # Any: JSON
    """Read anew in each round, so that a new trust file takes effect after the log's keys changed."""
    try:
        trust = load_json(file.read_bytes(), MAX_TRUST_BYTES, "the trust file")
    except OSError as error:
        raise Failure(f"the trust file {file} cannot be read: {error.strerror}", code=2) from error
    except Unreadable as error:
        raise Failure(str(error), code=2) from error
    if not isinstance(trust, dict):
        raise Failure("the trust file is not a JSON object", code=2)
    return trust


# --- one round


def follow(log: "Log", trust: dict[str, Any], state: "State", witness: Witness) -> str:  # Any: JSON
    """Look at the newest checkpoint once. Returns what was done, in words. Raises Refused and Unreachable."""
    text = log.checkpoint()
    try:
        note = read_checkpoint(text, trust)
    except Unreadable as error:
        raise Refused(str(error)) from error
    seen = state.seen(note.origin)
    if seen is not None:
        path: list[bytes] | None = None
        try:
            if needs_proof(seen, note):
                path = log.consistency(seen.size, note.size)
                check_proof(trust["hash"], seen, note, path)
        except Refused as refusal:
            kept = state.keep_evidence(str(refusal), seen, note, text, path)
            raise Refused(f"{refusal}. Both signed checkpoints are in {kept}") from refusal
    if seen is None or note.size > seen.size:
        state.remember(note.origin, Seen(note.size, note.root, text))
    if witness.has_cosigned(note):
        return f"{note.origin}: {note.size} records, cosigned before"
    log.hand_in(note.size, witness.cosign(note, int(time.time())))
    return f"{note.origin}: {note.size} records, cosigned"


@dataclass(frozen=True, slots=True)
class Log:
    """A log's public interface."""

    address: str

    def checkpoint(self) -> str:
        """The newest signed note. Raises Unreachable."""
        try:
            return self._ask("checkpoint").decode()
        except UnicodeDecodeError:
            raise Unreachable(f"{self.address}/checkpoint answers what is no text") from None

    def consistency(self, old_size: int, size: int) -> list[bytes]:
        """The proof that the first `old_size` of `size` leaves are what they were. Raises Unreachable, Refused."""
        address = f"proof/consistency?from={old_size}&to={size}"
        try:
            answer = load_json(self._ask(address), MAX_REPLY, "the answer")
            path = [bytes.fromhex(node) for node in answer["path"]]
        except urllib.error.HTTPError as error:
            raise Refused(f"the log gives no proof from {old_size} to {size} (HTTP {error.code})") from None
        except (Unreadable, ValueError, LookupError, TypeError):
            raise Unreachable(f"{self.address}/{address} answers what is no proof") from None
        if len(path) > MAX_PATH:
            raise Unreachable(f"{self.address}/{address} answers what is no proof")
        return path

    def hand_in(self, size: int, line: str) -> None:
        """Bring a cosignature. Raises Unreachable where the log does not take it: the next round tries again."""
        try:
            self._ask("cosignatures", f"{size}\n{line}\n".encode())
        except urllib.error.HTTPError as error:
            raise Unreachable(f"the cosignature was made, and the log did not take it: {_problem(error)}") from None

    def _ask(self, path: str, body: bytes | None = None) -> bytes:
        """Raises Unreachable, and HTTPError for a refusal that repeating does not change."""
        headers = {"Accept": "*/*"} if body is None else {"Content-Type": "text/plain; charset=utf-8"}
        request = urllib.request.Request(f"{self.address}/{path}", body, headers)  # noqa: S310  # http(s) only, see _address
        try:
            with _OPENER.open(request, timeout=TIMEOUT) as reply:
                return _read(reply)
        except urllib.error.HTTPError as error:
            if body is not None or (path.startswith("proof/") and error.code in (404, 422)):
                raise
            raise Unreachable(f"{self.address}/{path} answers HTTP {error.code}: {_problem(error)}") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            words = _shown(str(error) or type(error).__name__)
            raise Unreachable(f"{self.address}/{path}: {words}") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The log says nothing about where else on the witness's network to ask."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def _read(reply: http.client.HTTPResponse) -> bytes:
    """The body. Raises ValueError where it is too long, or takes longer than TIMEOUT however it is fed to us."""
    deadline = time.monotonic() + TIMEOUT
    content = bytearray()
    while piece := reply.read1(MAX_REPLY):
        content += piece
        if len(content) > MAX_REPLY:
            raise ValueError(f"the answer has more than {MAX_REPLY} bytes")
        if time.monotonic() > deadline:
            raise ValueError("the answer takes too long")
    return bytes(content)


def _problem(error: urllib.error.HTTPError) -> str:
    """What a refusal says, in one line that cannot rewrite the terminal."""
    text = ""
    with error, contextlib.suppress(OSError, http.client.HTTPException):
        text = error.read1(2000).decode(errors="replace")
    try:
        text = str(json.loads(text)["detail"])
    except (ValueError, LookupError, TypeError, RecursionError):
        text = text or str(error.reason)
    return _shown(text)


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:300])


# --- the memory


@dataclass(frozen=True, slots=True)
class State:
    """The folder with the witness's key, name, and what it saw of each log. Everything is written whole or not at all."""

    folder: Path

    def open(self) -> int:
        """Make the folder and take it for this process alone. Returns the descriptor that holds it. Raises Failure."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return locks.acquire(self.folder / "lock")
        except OSError as error:
            raise Failure(f"the state folder {self.folder} cannot be used: {error.strerror}") from error
        except locks.Held as held:
            raise Failure(f"another witness (process {held.pid}) works in {self.folder}") from held

    def witness(self, name: str | None, console: Console) -> Witness:
        """The witness of this folder; made at first use, when it says how to make it known. Raises Failure."""
        key_file, name_file = self.folder / "witness.key", self.folder / "name"
        if not key_file.exists():
            _write(name_file, f"{name or f'{socket.gethostname()}/witness'}\n")
            _write(key_file, f"{Ed25519PrivateKey.generate().private_bytes_raw().hex()}\n")
            self._introduce(self._load(key_file, name_file), console)
        found = self._load(key_file, name_file)
        if name not in (None, found.name):
            raise Failure(
                f"the witness of {self.folder} is called {found.name}; its name stays, as its key does", code=2
            )
        return found

    @staticmethod
    def _load(key_file: Path, name_file: Path) -> Witness:
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key_file.read_text(encoding="ascii")))
        return Witness(name_file.read_text(encoding="utf-8").strip(), key)

    def _introduce(self, witness: Witness, console: Console) -> None:
        entry = json.dumps([{"name": witness.name, "public": witness.public.hex()}], ensure_ascii=False)
        console.say(f"new witness {witness.name}, its key is in {self.folder}")
        console.say(f"vkey: {witness.vkey}")
        console.say(f"The log's operator adds it:\nABS_WITNESSES='{entry}'")

    def _file(self, origin: str) -> Path:
        return self.folder / f"{urllib.parse.quote(origin, safe='')}.json"

    def seen(self, origin: str) -> Seen | None:
        """What is remembered of a log. Raises Failure for a memory that cannot be read: it is not made anew by itself."""
        file = self._file(origin)
        if not file.exists():
            return None
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
            return Seen(int(stored["size"]), bytes.fromhex(stored["root"]), str(stored["note"]))
        except (ValueError, LookupError, TypeError) as error:
            raise Failure(f"{file} cannot be read; without it nothing can be cosigned. Restore it.") from error

    def remember(self, origin: str, seen: Seen) -> None:
        """Keep a checkpoint; on disk when this returns."""
        content = {"origin": origin, "size": seen.size, "root": seen.root.hex(), "note": seen.note}
        _write(self._file(origin), json.dumps(content, ensure_ascii=False, indent=1) + "\n")

    def keep_evidence(self, reason: str, seen: Seen, note: Note, text: str, path: list[bytes] | None) -> Path:
        """Keep both signed checkpoints of a refusal, once however often it repeats. Returns the file."""
        offered = hashlib.sha256(seen.note.encode() + note.body).hexdigest()[:16]
        file = self.folder / f"refused-{seen.size}-{note.size}-{offered}.json"
        if not file.exists():
            content = {
                "reason": reason,
                "time": datetime.now(UTC).isoformat(timespec="seconds"),
                "remembered": seen.note,
                "offered": text,
                "proof": None if path is None else [node.hex() for node in path],
            }
            _write(file, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        return file


def _write(file: Path, text: str) -> None:
    """Replace a file in one move, readable by its owner only, and wait until it is on disk."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
