"""What a log may answer a witness with: whatever is no answer is told as such, ends nothing and leads nowhere else."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from abs_platform.launch import witness
from abs_platform.launch.witness import Log, Unreachable

BROKEN = {
    "no status line": b"nonsense\r\n\r\n",
    "nothing": b"",
    "a header without end": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
    "a chunk that breaks off": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
    "no size of a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc",
    "a refusal that breaks off": b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
    "too much": b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 70_000,
}


@contextmanager
def answering(answer: bytes, drops: int = 0) -> Iterator[tuple[str, list[bytes]]]:
    """A log that says this to whoever asks, and then as many single bytes; its address, and what it was asked."""
    asked: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked.append(self.request.recv(65_536))
            try:
                self.request.sendall(answer)
                for _ in range(drops):
                    time.sleep(0.05)
                    self.request.sendall(b"0")
            except OSError:
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_answer_does_not_end_the_witness(answer: bytes) -> None:
    with answering(answer) as (address, _):
        for ask in (Log(address).checkpoint, lambda: Log(address).hand_in(1, "line")):
            with pytest.raises(Unreachable) as refusal:
                ask()
            assert str(refusal.value).isprintable()


def test_a_log_cannot_send_the_witness_elsewhere() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (elsewhere, asked):
        moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}/secret\r\nContent-Length: 0\r\n\r\n"
        with answering(moved.encode()) as (address, _), pytest.raises(Unreachable, match="302"):
            Log(address).checkpoint()
    assert asked == []


def test_an_answer_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "TIMEOUT", 0.3)
    began = time.monotonic()
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", drops=200) as (address, _):
        with pytest.raises(Unreachable):
            Log(address).checkpoint()
        assert time.monotonic() - began < 5
