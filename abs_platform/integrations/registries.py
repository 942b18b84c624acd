"""The registry of rights that a consortium's platforms share, behind one Protocol: see RightsRegistry.sol.

Steps are carried out many at a time: `draft` makes a transaction of them, which goes its way as `chains` describes, and
`refusals` tells from its receipt which of them the registry refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Any, Protocol, cast

from django.utils.module_loading import import_string

from abs_platform.integrations.chains import (
    BlockReader,
    Draft,
    NotConfigured,
    TransactionSender,
    configuration,
)
from abs_platform.integrations.kms import kms

ADAPTERS = {"evm": "abs_platform.integrations.evm_registry.EvmRegistry"}
"""Chain kind → adapter class, named for the same reason as in `chains`."""

KEY = "registry"
"""The key of our account there. Another than the log's publisher, so that neither waits for the other's nonces."""

NOBODY = bytes(32)
"""No pledge, no right."""


class Kind(IntEnum):
    """What a step does, numbered as in the contract."""

    REGISTER = 0
    ATTEST = 1
    PLEDGE = 2
    RELEASE = 3
    SETTLE = 4
    CLAIM = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step for a right's 32-byte digest. `value`: the rung to attest, or the pledge's digest as a number."""

    kind: Kind
    right: bytes
    value: bytes = NOBODY
    fingerprints: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisteredRight:
    """A right as the registry holds it. `platform` is the account that registered it, empty where nobody did; `claims` how
    many fingerprints are claimed for it now; `pledge` the active one, NOBODY where there is none.
    """

    platform: str
    rung: int
    is_settled: bool
    claims: int
    pledge: bytes


class RegistryReader(BlockReader, Protocol):
    """What anybody may ask of the registry. Raises and must be called as `BlockReader`."""

    def carried(self, platform: str) -> int:
        """How many transactions of steps an account has carried out."""
        ...

    def state(self, rights: Sequence[bytes]) -> list[RegisteredRight]:
        """How each right stands."""
        ...

    def taken(self, right: bytes, fingerprints: Sequence[bytes]) -> list[bool]:
        """Whether each fingerprint backs a right that is pledged or settled, other than this one."""
        ...

    def claimants(self, fingerprints: Sequence[bytes]) -> list[bytes]:
        """Which right each fingerprint is claimed for, NOBODY for none."""
        ...

    def registered(self, platform: str, first: int, most: int) -> list[bytes]:
        """An account's rights from number `first` on, `most` at most, in the order of their registration."""
        ...

    def refusals(self, transaction: bytes) -> list[str]:
        """For each step of a transaction that succeeded: empty, or the name of the error that it was refused with."""
        ...


class RegistryClient(RegistryReader, TransactionSender, Protocol):
    """What a platform asks of the registry."""

    @property
    def address(self) -> str:
        """Our account."""
        ...

    def draft(self, number: int, steps: Sequence[Step]) -> Draft:
        """A transaction that carries out steps as our account's `number`; refused when that is not the next."""
        ...

    def is_admitted(self) -> bool:
        """Whether the registry is there and takes our steps."""
        ...

    def admit(self, account: str) -> Draft:
        """A transaction by the registry's owner that lets an account in."""
        ...


def client(chain: str, *, contract: str = "", timeout: float = 5.0) -> RegistryClient:
    """A client of the registry on a configured chain, with our key. Raises NotConfigured."""
    entry = configuration(chain)
    adapter = ADAPTERS.get(entry["kind"])
    if adapter is None:
        raise NotConfigured(
            f"chain {chain!r} is of kind {entry['kind']!r}; a registry needs one of {', '.join(ADAPTERS)}"
        )
    made: Any = partial(import_string(adapter), url=entry["url"])(  # Any: a class that is named, not imported
        contract=contract, key=kms().chain_key(KEY), timeout=timeout
    )
    return cast(RegistryClient, made)
