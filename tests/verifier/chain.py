"""A JSON-RPC endpoint on loopback that answers in a node's shapes, and can be told to answer wrongly.

For failure modes only: that the verifier reads a real node and the real contract is shown by the ledger's and the flow tests.
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
Answer = Callable[[BaseHTTPRequestHandler, Any], None]


class FakeChain:
    """One chain with one contract; `overrides` by method name replace the result, `raw` the whole HTTP answer."""

    def __init__(self, name: str, chain_id: int) -> None:
        self.name = name
        self.chain_id = chain_id
        self.block = 4242
        self.block_hash = "0x" + "ab" * 32
        self.time = 1795412952  # 2026-11-23T05:49:12Z
        self.log = b""
        self.checkpoints: list[tuple[int, bytes]] = []
        self.records = 0
        self.overrides: dict[str, object] = {}
        self.raw: Answer | None = None
        self.asked: list[str] = []
        chain = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                chain.asked.append(request["method"])
                try:
                    (chain.raw or chain.answer)(self, request)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def reset(self) -> None:
        self.overrides, self.raw, self.asked = {}, None, []

    def publish(self, log: bytes, checkpoints: list[tuple[int, bytes]]) -> None:
        self.log, self.checkpoints = log, checkpoints
        self.records = checkpoints[-1][0] + 2 if checkpoints else 0  # two are taken in and not placed yet

    def anchor(self, index: int) -> dict[str, object]:
        return {
            "chain": self.name,
            "chain_id": self.chain_id,
            "contract": CONTRACT,
            "index": index,
            "records": self.records,
            "tx": "0x" + "cd" * 32,
            "block": self.block,
            "block_hash": self.block_hash,
            "time": "2026-11-23T05:49:12Z",
        }

    def trust_entry(self) -> dict[str, object]:
        return {"name": self.name, "kind": "evm", "chain_id": self.chain_id, "contract": CONTRACT, "rpc": self.url}

    def result(self, method: str, parameters: list[Any]) -> object:
        if method in self.overrides:
            return self.overrides[method]
        if method == "eth_chainId":
            return hex(self.chain_id)
        if method == "eth_getCode":
            return "0x6080604052" if parameters[0].lower() == CONTRACT.lower() else "0x"
        if method == "eth_getBlockByNumber":
            known = {"number": hex(self.block), "hash": self.block_hash, "timestamp": hex(self.time)}
            return {**known, "transactions": []} if parameters[0] == hex(self.block) else None
        if method == "eth_call":
            return self.call(parameters[0]["data"])
        raise AssertionError(f"the verifier must not ask {method}")

    def call(self, data: str) -> object:
        mine = data[10:74] == self.log.hex()
        if data.startswith("0x7937354c"):
            return self.overrides.get("count", f"0x{len(self.checkpoints) if mine else 0:064x}")
        assert data.startswith("0x52c11eea") and mine
        size, root = self.checkpoints[int(data[74:], 16)]
        words = f"{size:064x}{root.hex()}{self.block:064x}{self.time:064x}{self.records:064x}"
        return self.overrides.get("checkpoint", "0x" + words)

    def answer(self, handler: BaseHTTPRequestHandler, request: Any) -> None:
        result = self.result(request["method"], request["params"])
        send(handler, json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode())


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
