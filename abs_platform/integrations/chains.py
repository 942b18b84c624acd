"""Chains that checkpoints of the log are anchored to, behind one Protocol.

An anchor is made in five steps, so that a crash between any two is harmless: `draft` asks the chain what a
transaction needs, `sign` makes its final bytes without any network, the caller stores and commits them, `send` hands
them over (as often as in doubt), `receipt` tells where they ended up. Whether that place still belongs to the chain is
seen by reading `block` again.

An adapter whose chain has no nonces fits too: for Fabric the signed proposal takes the place of the transaction and
`sequence` stays 0. Time-stamp authorities have no blocks and stand beside this in `timestamps`.
"""

import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from abs_platform.integrations.kms import FIRST_CHAIN_KEY, kms

ADAPTERS = {"evm": "abs_platform.integrations.evm.EvmChain"}
"""Chain kind → adapter class. Named, not imported: web3 takes two seconds to load and most processes never need it."""


MOST_WORDS = 1000


class ChainError(Exception):
    """Something went wrong between us and a chain; `reason` is its code and the message is for operators.

    What the other side says may be in it, so it is cut and freed of controls: the database keeps no NUL.
    """

    reason: ClassVar[str] = "refused"

    def __init__(self, message: str = "") -> None:
        super().__init__("".join(c if c.isprintable() else " " for c in message[:MOST_WORDS]))


def site_of(url: str) -> str:
    """An address as messages may show it: providers put their customers' keys into what stands around host and port."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


class Unreachable(ChainError):
    """No answer, or none that makes sense. Whether the chain took what was sent is unknown: do the same again."""

    reason = "unreachable"


class Contradiction(ChainError):
    """The answers do not fit together: the node lies or is confused. Nothing counts until they do."""

    reason = "contradiction"


class Rejected(ChainError):
    """The chain answered and refused. `code` is the contract's error name, or one of nonce_used, no_funds, underpriced,
    refused.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NotConfigured(ChainError):
    """settings.CHAINS has no chain of that name, or one of an unknown kind."""

    reason = "not_configured"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the chain: number, 32-byte hash, time as the chain states it."""

    number: int
    hash: bytes
    time: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """A checkpoint to be published: the log's 32-byte key, the index it must get, the tree's size and root, and how many
    records the log has taken in, placed in the tree or not.
    """

    log: bytes
    index: int
    size: int
    root: bytes
    records: int


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint as the chain holds it, with its block's number and time and the log's count of records."""

    size: int
    root: bytes
    block: int
    time: datetime
    records: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a transaction says before it is signed. `sequence` is its nonce."""

    sequence: int
    fields: Mapping[str, Any]  # Any: each kind of chain has its own


@dataclass(frozen=True, slots=True)
class Signed:
    """A transaction's final bytes, the 32-byte id by which the chain knows it, and its nonce."""

    raw: bytes
    id: bytes
    sequence: int


@dataclass(frozen=True, slots=True)
class PublisherAccount:
    """The publisher's account: the nonce that its next transaction takes, counting only what is in blocks, and its
    balance in the chain's smallest unit.
    """

    sequence: int
    balance: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A transaction in a block. A transaction that failed there (`succeeded` is False) changed nothing."""

    transaction: bytes
    block: int
    block_hash: bytes
    succeeded: bool


class BlockReader(Protocol):
    """What anybody may ask of a chain, whatever contract is meant. Every method talks to it and raises Unreachable or
    Rejected, and must be called outside database transactions.
    """

    def chain_id(self) -> int:
        """The number that the chain calls itself by."""
        ...

    def head(self) -> Block:
        """The newest block."""
        ...

    def block(self, number: int) -> Block | None:
        """The block that the chain has at that height now."""
        ...

    def receipt(self, transaction: bytes) -> Receipt | None:
        """Where a transaction ended up; None while it is in no block."""
        ...


class TransactionSender(BlockReader, Protocol):
    """Whoever has a key for a contract's transactions. The same holds for every method but `sign`."""

    def raise_fees(self, raw: bytes) -> Draft:
        """A transaction that takes the place of a signed one that the chain leaves lying: the same nonce and content,
        fees raised by at least an eighth and to what the chain asks now.
        """
        ...

    def sign(self, draft: Draft) -> Signed:
        """The draft's final bytes. No network."""
        ...

    def send(self, raw: bytes) -> None:
        """Hand signed bytes over; handing over bytes that the chain already knows is no error."""
        ...

    def account(self) -> PublisherAccount:
        """The account that signs, as of the newest block."""
        ...

    def establish(self) -> str:
        """Deploy the contract. Returns its address; the client uses it from then on."""
        ...

    def fund(self) -> bool:
        """On a development chain, give the account means when it has none. Returns whether it did."""
        ...


class ChainReader(BlockReader, Protocol):
    """What anybody may ask of the log's contract."""

    def count(self, log: bytes) -> int:
        """How many checkpoints of that log the chain holds."""
        ...

    def published(self, log: bytes, index: int) -> Published | None:
        """Checkpoint `index` of that log."""
        ...

    def publisher_of(self, log: bytes, index: int, block: int) -> bytes | None:
        """The id of the transaction that published checkpoint `index` in that block."""
        ...

    def publishers(self, *, depth: int = 1) -> tuple[str, str]:
        """The account that the contract takes checkpoints from, and the one that may take over (all zeros: none), both
        as of the block that is `depth` deep (1: the newest).
        """
        ...


class ChainClient(ChainReader, TransactionSender, Protocol):
    """What the publisher asks of a chain, beside reading it."""

    def draft(self, publication: Publication) -> Draft:
        """A transaction that publishes a checkpoint; refused when the chain would refuse it now."""
        ...

    def draft_successor(self, account: str) -> Draft:
        """A transaction by the publisher that names the account which may take over."""
        ...

    def draft_take_over(self) -> Draft:
        """A transaction by the named account that takes over; refused when it is not the one named."""
        ...

    def is_established(self) -> bool:
        """Whether the chain can take checkpoints: its contract is there and lets us publish."""
        ...


def configuration(name: str) -> dict[str, Any]:  # Any: JSON of ABS_CHAINS
    """The chain's entry in settings.CHAINS. Raises NotConfigured."""
    for entry in settings.CHAINS:
        if entry["name"] == name:
            return entry
    raise NotConfigured(f"ABS_CHAINS has no chain named {name!r}")


def client(name: str, *, contract: str = "", key: str = FIRST_CHAIN_KEY, timeout: float = 5.0) -> ChainClient:
    """A client for the configured chain of that name; `contract` is its contract's address, `key` the name of the key
    that it signs with, `timeout` is in seconds.

    Raises NotConfigured.
    """
    return cast(ChainClient, _adapter(name)(contract=contract, key=kms().chain_key(key), timeout=timeout))


def reader(name: str, *, contract: str = "", timeout: float = 5.0) -> ChainReader:
    """As `client`, for whoever has no key. Raises NotConfigured."""
    return cast(ChainReader, _adapter(name)(contract=contract, key=None, timeout=timeout))


def _adapter(name: str) -> Callable[..., object]:
    entry = configuration(name)
    adapter = ADAPTERS.get(entry["kind"])
    if adapter is None:
        raise NotConfigured(f"chain {name!r} is of kind {entry['kind']!r}; known are {', '.join(sorted(ADAPTERS))}")
    return partial(import_string(adapter), url=entry["url"])
