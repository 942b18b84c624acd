"""The consortium's registry of rights on an EVM chain."""

from collections.abc import Sequence
from pathlib import Path

from hexbytes import HexBytes
from web3.logs import DISCARD

from abs_platform.integrations.chains import Contradiction, Draft
from abs_platform.integrations.evm_contract import EvmContract
from abs_platform.integrations.registries import RegisteredRight, Step

ARTEFACT = Path(__file__).parent.parent / "rights" / "contracts" / "RightsRegistry.json"
CARRIED = bytes(4)


class EvmRegistry(EvmContract):
    """RegistryClient of an EVM chain with a RightsRegistry; `key` is the platform's."""

    def __init__(self, *, url: str, contract: str, key: bytes | None, timeout: float) -> None:
        super().__init__(artefact=ARTEFACT, url=url, contract=contract, key=key, timeout=timeout)

    @property
    def address(self) -> str:
        return str(self._account.address)

    # --- reading

    def carried(self, platform: str) -> int:
        with self._talking():
            return int(self._deployed.functions.carried(platform).call())

    def state(self, rights: Sequence[bytes]) -> list[RegisteredRight]:
        with self._talking():
            found = self._deployed.functions.state(list(rights)).call()
            return [
                RegisteredRight("" if int(platform, 16) == 0 else str(platform), rung, settled, claims, bytes(pledge))
                for platform, rung, settled, claims, pledge in found
            ]

    def taken(self, right: bytes, fingerprints: Sequence[bytes]) -> list[bool]:
        with self._talking():
            return [bool(each) for each in self._deployed.functions.taken(right, list(fingerprints)).call()]

    def claimants(self, fingerprints: Sequence[bytes]) -> list[bytes]:
        with self._talking():
            return [bytes(each) for each in self._deployed.functions.claimants(list(fingerprints)).call()]

    def registered(self, platform: str, first: int, most: int) -> list[bytes]:
        with self._talking():
            return [bytes(each) for each in self._deployed.functions.registered(platform, first, most).call()]

    def refusals(self, transaction: bytes) -> list[str]:
        with self._talking():
            receipt = self._web3.eth.get_transaction_receipt(HexBytes(transaction))
            events = self._deployed.events.CarriedOut().process_receipt(receipt, errors=DISCARD)
            told = [bytes(code) for event in events for code in event["args"]["refusals"]]
        if len(events) != 1:
            raise Contradiction(f"transaction {transaction.hex()} tells of {len(events)} batches instead of one")
        return ["" if code == CARRIED else self._errors.get(f"0x{code.hex()}", "refused") for code in told]

    # --- writing

    def draft(self, number: int, steps: Sequence[Step]) -> Draft:
        told = [(int(step.kind), step.right, step.value, list(step.fingerprints)) for step in steps]
        return self._draft_call("carryOut", number, told)

    def admit(self, account: str) -> Draft:
        return self._draft_call("admit", account)

    # --- setting up

    def is_admitted(self) -> bool:
        if not self._is_deployed():
            return False
        with self._talking():
            return bool(self._deployed.functions.admitted(self._account.address).call())
