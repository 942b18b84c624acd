"""What a chain's node may answer: whatever makes no sense is a ChainError, and neither ends the process nor hangs it."""

import gzip
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from abs_platform.integrations.chains import ChainError, Rejected, Unreachable
from abs_platform.integrations.evm import EvmChain


@contextmanager
def answering(body: bytes, *, headers: bytes = b"", status: bytes = b"200 OK", drops: int = 0) -> Iterator[EvmChain]:
    """A chain whose node says this to everything, and then as many single bytes."""
    head = b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n" % (status, headers, len(body) + drops)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.request.recv(65_536)
            try:
                self.request.sendall(head + body)
                for _ in range(drops):
                    time.sleep(0.05)
                    self.request.sendall(b" ")
            except OSError:
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        yield EvmChain(url=url, contract="0x" + "11" * 20, key=b"\x01" * 32, timeout=0.5)
        server.shutdown()


def told(result: bytes) -> bytes:
    return b'{"jsonrpc": "2.0", "id": 1, "result": %s}' % result


def block(seconds: bytes) -> bytes:
    return told(b'{"number": "0x1", "hash": "0x%s", "timestamp": "%s"}' % (b"ab" * 32, seconds))


ASKS: list[Callable[[EvmChain], Any]] = [
    EvmChain.chain_id, EvmChain.head, EvmChain.account, EvmChain.draft_take_over, EvmChain.publishers,
    lambda chain: chain.count(bytes(32)), lambda chain: chain.receipt(bytes(32)),
]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b'"x"', b'{"result": []}', told(b"5"), told(b"[]"), told(b"{}"), told(b'"x"'),
        block(b"0x" + b"f" * 20), block(b"0x" + b"f" * 60), b'{"jsonrpc": "2.0", "id": 1, "error": "x"}',
        b'{"jsonrpc": "2.0", "id": 1, "error": {"message": 5}}',
    ],
)  # fmt: skip
def test_nonsense_is_no_answer(body: bytes) -> None:
    with answering(body) as chain:
        for ask in ASKS:
            try:
                ask(chain)
            except ChainError as error:
                assert str(error).isprintable()


@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'{"a":' * 200_000, b" " * (5 << 20), told(b'"%s"' % (b"0" * (5 << 20)))]
)
def test_what_would_take_all_stack_or_memory_is_not_parsed(body: bytes) -> None:
    with answering(body) as chain, pytest.raises(Unreachable):
        chain.chain_id()
    with answering(gzip.compress(body), headers=b"Content-Encoding: gzip\r\n") as chain, pytest.raises(Unreachable):
        chain.chain_id()


def test_a_node_cannot_send_us_elsewhere() -> None:
    for status in (b"302 Found", b"307 Temporary Redirect"):
        with answering(told(b'"0x1"')) as elsewhere:
            location = b"Location: %s\r\n" % elsewhere._site.encode()
            with answering(b"", headers=location, status=status) as chain, pytest.raises(Unreachable):
                chain.chain_id()


def test_an_answer_that_drips_is_not_waited_for() -> None:
    began = time.monotonic()
    with answering(b"", drops=200) as chain, pytest.raises(Unreachable):
        chain.chain_id()
    assert time.monotonic() - began < 5


def test_what_a_node_says_can_be_kept_and_shown() -> None:
    error = b'{"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": "a\\u0000\\u202eb%s"}}' % (b"x" * 9999)
    with answering(error) as chain, pytest.raises(Rejected) as refusal:
        chain.chain_id()
    assert str(refusal.value).isprintable() and len(str(refusal.value)) <= 1000


def test_messages_do_not_tell_the_key_in_a_nodes_address() -> None:
    """Whoever has signed in reads them beside the chain."""
    chain = EvmChain(url="http://me:key1@127.0.0.1:1/v3/key2?k=key3", contract="", key=b"\x01" * 32, timeout=0.5)
    with pytest.raises(Unreachable, match=r"no answer from http://127.0.0.1:1: ") as refusal:
        chain.chain_id()
    assert "key" not in str(refusal.value)


def test_an_honest_answer_is_read() -> None:
    for body, headers in ((told(b'"0x7a69"'), b""), (gzip.compress(told(b'"0x7a69"')), b"Content-Encoding: gzip\r\n")):
        with answering(body, headers=headers) as chain:
            assert chain.chain_id() == 31337
