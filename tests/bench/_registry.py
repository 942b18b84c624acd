"""Reading the registry's contract past the product, as anybody with a node can."""

from django.conf import settings
from hexbytes import HexBytes
from web3 import Web3

from abs_platform.rights.registry.models import Registry


def node_url() -> str:
    """The node of the chain that the registry lives on."""
    return next(str(entry["url"]) for entry in settings.CHAINS if entry["name"] == settings.REGISTRY_CHAIN)


def pledged_events() -> list[bytes]:
    """The right of every pledge that the contract ever took, by its events."""
    node = Web3(Web3.HTTPProvider(node_url()))
    topic = HexBytes(Web3.keccak(text="Pledged(bytes32,bytes32)"))
    address = Web3.to_checksum_address(Registry.objects.get().contract)
    found = node.eth.get_logs({"address": address, "fromBlock": 0, "toBlock": "latest", "topics": [topic]})
    return [bytes(log["topics"][1]) for log in found]
