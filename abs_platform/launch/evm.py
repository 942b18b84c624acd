"""The embedded EVM chains, the business chain and the regulator's: anvil, one block a second, state in the state folder."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from abs_platform.launch import node, web
from abs_platform.launch.paths import StateFolder, write_private
from abs_platform.launch.ports import HOST, PortBook
from abs_platform.launch.processes import Command, Process
from abs_platform.launch.supervisor import Service

# anvil rewrites its whole state every second and an empty block takes 1.7 kB of it: left alone, a stack that runs for a
# day writes 150 MB a second. Beyond this size (about 3 hours) it is restarted, a tenth of a second, with old empty
# blocks left out of the file.
WORN_SIZE = 16_000_000
KEPT_EMPTY_BLOCKS = 512  # more than the 256 that the BLOCKHASH instruction reaches


@dataclass(frozen=True, slots=True)
class Network:
    """A development chain's name in ABS_CHAINS, its chain id and the port that it takes where that is free."""

    name: str
    chain_id: int
    usual_port: int

    @property
    def service(self) -> str:
        """What its process, log and port are called."""
        return f"chain-{self.name}"


NETWORKS = (Network("business", 31337, 8545), Network("regulator", 31338, 8546))


@dataclass(slots=True)
class Evm:
    """One development chain. Its accounts are anvil's well-known ones: loopback only. A block comes every second, and for
    `quick` ones with every transaction too, so that nobody waits for it.
    """

    network: Network
    state: StateFolder
    book: PortBook
    env: Mapping[str, str]
    quick: bool = False
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.port = self.book.choose(self.network.service, self.network.usual_port)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def entry(self) -> dict[str, object]:
        """What ABS_CHAINS says of this chain."""
        return {"name": self.network.name, "kind": "evm", "url": self.url, "confirmations": 1}

    @property
    def _file(self) -> Path:
        return self.state.path / "evm" / self.network.name / "state.json"

    def move(self) -> None:
        """Take another port: somebody was faster."""
        self.port = self.book.choose_any(self.network.service)

    def service(self) -> Service:
        for folder in (self._file.parent.parent, self._file.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        argv = [str(node.anvil()), "--host", HOST, "--port", str(self.port), "--chain-id", str(self.network.chain_id)]
        argv += ["--block-time", "1", "--state", str(self._file), "--state-interval", "1", "--quiet"]
        if self.quick:
            argv.append("--mixed-mining")
        command = Command(self.network.service, argv, self.env, log=self.state.logs / f"{self.network.service}.log")
        return Service(command, self._is_ready, prepare=self._prepare, worn=self._is_worn)

    def _is_ready(self, _process: Process) -> bool:
        question = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
        answer = web.get_json(self.url, body=question)
        return isinstance(answer, dict) and answer.get("result") == hex(self.network.chain_id)

    def _is_worn(self) -> bool:
        with contextlib.suppress(OSError):
            return self._file.stat().st_size > WORN_SIZE
        return False

    def _prepare(self) -> None:
        """Set aside a state that was torn by a power cut; leave old empty blocks out of one that has grown."""
        try:
            text = self._file.read_text(encoding="utf-8")
        except OSError:
            return
        try:
            state = json.loads(text)
        except ValueError:
            self._file.replace(self._file.with_suffix(".unreadable"))
            return
        if len(text) > WORN_SIZE // 4 and compact(state):
            write_private(self._file, json.dumps(state, separators=(",", ":")))


def compact(state: dict[str, Any]) -> bool:  # Any: anvil's JSON, whatever its version
    """Leave old blocks without transactions out of anvil's state. False where the state is not of the known form."""
    blocks = state.get("blocks")
    if not isinstance(blocks, list):
        return False
    try:
        numbers = [int(block["header"]["number"], 16) for block in blocks]
        newest = max(numbers)
        state["blocks"] = [
            block
            for block, number in zip(blocks, numbers, strict=True)
            if number == 0 or number > newest - KEPT_EMPTY_BLOCKS or block["transactions"]
        ]
    except (KeyError, TypeError, ValueError):
        return False
    return True
