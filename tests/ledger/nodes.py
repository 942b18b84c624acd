"""Chains of a test's own: an anvil that mines when it is told to, and a node in front of it that lies, drops and stalls."""

import http.server
import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from abs_platform.launch.node import anvil

Json = Any  # JSON of a node
Rule = Callable[[dict[str, Any], Json], Json]
"""Takes a request and the honest result, gives the result that is told."""

HANG = object()
"""A rule's answer: none, for as long as the asker waits."""


class Refused(Exception):
    """A rule's answer: a JSON-RPC error of that message."""


class Anvil:
    """One chain. It mines a block for each transaction until `hold`, then only when `mine` is called."""

    def __init__(self, chain_id: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen([anvil(), "--port", str(port), "--chain-id", str(chain_id), "--quiet"])
        deadline = time.monotonic() + 20
        while True:
            try:
                assert self.rpc("eth_chainId") == hex(chain_id)
                return
            except requests.ConnectionError:
                assert time.monotonic() < deadline
                time.sleep(0.02)

    def rpc(self, method: str, *parameters: Any) -> Json:
        body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        answer = requests.post(self.url, json=body, timeout=10).json()
        assert "error" not in answer, answer
        return answer["result"]

    def hold(self) -> None:
        """From here on no block comes by itself."""
        self.rpc("evm_setAutomine", False)

    def mine(self, blocks: int = 1) -> None:
        self.rpc("anvil_mine", hex(blocks))

    def reorganise(self, depth: int) -> None:
        """Replace the newest `depth` blocks by empty ones; their transactions are forgotten."""
        self.rpc("anvil_reorg", depth, [])

    @property
    def height(self) -> int:
        return int(self.rpc("eth_blockNumber"), 16)

    def lying(self) -> list[dict[str, Any]]:
        """The transactions that wait for a block, by nonce."""
        pool = self.rpc("txpool_content")
        waiting = {**pool["pending"], **pool["queued"]}
        return [
            found for by_nonce in waiting.values() for _, found in sorted(by_nonce.items(), key=lambda i: int(i[0]))
        ]

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


class Proxy:
    """A node in front of a node. Without rules it tells what it is told."""

    def __init__(self, target: str) -> None:
        self.rules: list[Rule] = []
        self.asked: list[str] = []
        self.stall = 0.0
        self._loses = False
        self._target = target
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body are two writes; the second must not wait for the first

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = proxy._answer(request)
                if answer is HANG:
                    proxy._closing.wait(30)
                    self.close_connection = True
                    return
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                """Nothing."""

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, address: Any) -> None:
                """Whoever hung up does not want the answer."""

        self._closing = threading.Event()
        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, request: dict[str, Any]) -> Json:
        self.asked.append(request["method"])
        if self._loses and request["method"] == "eth_sendRawTransaction":
            return {"jsonrpc": "2.0", "id": request["id"], "result": "0x" + "00" * 32}
        if self.stall:
            time.sleep(self.stall)
        answer = requests.post(self._target, json=request, timeout=10).json()
        try:
            for rule in list(self.rules):
                if "result" in answer:
                    told = rule(request, answer["result"])
                    if told is HANG:
                        return HANG
                    answer["result"] = told
        except Refused as refusal:
            return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32000, "message": str(refusal)}}
        return answer

    @contextmanager
    def telling(self, *rules: Rule) -> Iterator[None]:
        """Within the block these rules hold."""
        self.rules += rules
        try:
            yield
        finally:
            self.rules = [rule for rule in self.rules if rule not in rules]

    @contextmanager
    def losing(self) -> Iterator[None]:
        """Within the block it says that it took what it was sent, and forgets it."""
        self._loses = True
        try:
            yield
        finally:
            self._loses = False

    def stop(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
