"""Any EVM chain by JSON-RPC: Ethereum's own nodes, Besu, FISCO BCOS through its Web3 endpoint, anvil in development."""

from datetime import UTC, datetime
from pathlib import Path

from eth_utils.abi import event_abi_to_log_topic
from hexbytes import HexBytes

from abs_platform.integrations.chains import Draft, Publication, Published, Rejected
from abs_platform.integrations.evm_contract import EvmContract

ARTEFACT = Path(__file__).parent.parent / "ledger" / "contracts" / "CheckpointRegistry.json"


class EvmChain(EvmContract):
    """ChainClient of an EVM chain with a CheckpointRegistry; `key` is the publisher's."""

    def __init__(self, *, url: str, contract: str, key: bytes | None, timeout: float) -> None:
        super().__init__(artefact=ARTEFACT, url=url, contract=contract, key=key, timeout=timeout)
        self._published_topic = next(
            event_abi_to_log_topic(item) for item in self._abi if item.get("name") == "Published"
        )

    # --- reading

    def count(self, log: bytes) -> int:
        with self._talking():
            return int(self._deployed.functions.count(log).call())

    def published(self, log: bytes, index: int) -> Published | None:
        if index >= self.count(log):
            return None
        with self._talking():
            size, root, block, seconds, records = self._deployed.functions.checkpoint(log, index).call()
            return Published(int(size), bytes(root), int(block), datetime.fromtimestamp(seconds, UTC), int(records))

    def publisher_of(self, log: bytes, index: int, block: int) -> bytes | None:
        with self._talking():
            found = self._web3.eth.get_logs(
                {
                    "address": self._deployed.address,
                    "fromBlock": block,
                    "toBlock": block,
                    "topics": [HexBytes(topic) for topic in (self._published_topic, log, index.to_bytes(32, "big"))],
                }
            )
            return bytes(found[0]["transactionHash"]) if found else None

    def publishers(self, *, depth: int = 1) -> tuple[str, str]:
        with self._talking():
            block = max(0, self._web3.eth.block_number - depth + 1)
            functions = self._deployed.functions
            publisher, successor = (
                function().call(block_identifier=block) for function in (functions.publisher, functions.successor)
            )
            return str(publisher), str(successor)

    # --- writing

    def draft(self, publication: Publication) -> Draft:
        arguments = (publication.log, publication.index, publication.size, publication.root, publication.records)
        return self._draft_call("publish", *arguments)

    def draft_successor(self, account: str) -> Draft:
        return self._draft_call("nameSuccessor", account)

    def draft_take_over(self) -> Draft:
        return self._draft_call("takeOver")

    # --- setting up

    def is_established(self) -> bool:
        if not self._is_deployed():
            return False
        with self._talking():
            contract = self._deployed
            publisher = contract.functions.publisher().call()
        if publisher != self._account.address:
            ours = self._account.address
            raise Rejected(
                "NotPublisher", f"contract {contract.address} takes checkpoints from {publisher}, not from our {ours}"
            )
        return True
