"""Rights with committed data, and a registry of their own on a real chain for each test."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction

from abs_platform.core import crashpoints, jobs
from abs_platform.core.ids import uuid7
from abs_platform.integrations.evm_registry import EvmRegistry
from abs_platform.integrations.kms import kms
from abs_platform.integrations.registries import RegisteredRight, Step
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights.models import Right
from abs_platform.rights.registry import contract, digests, services
from abs_platform.rights.registry.models import Registry, RegistryBatch, RegistryEntry
from tests.ledger.conftest import Crash
from tests.ledger.nodes import Anvil, Proxy
from tests.support.fixtures import committed_world, storage_folder  # noqa: F401
from tests.support.world import World

CARRYING = ("rights.registry",)
PATIENCE = timedelta(seconds=20)


def wait_for(client: EvmRegistry, transaction_id: bytes) -> None:
    """Until a block took a transaction, which must have succeeded there."""
    deadline = time.monotonic() + 10
    while (receipt := client.receipt(transaction_id)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert receipt.succeeded


@dataclass
class Account:
    """An account of the consortium, one function of the contract at a time."""

    client: EvmRegistry

    @classmethod
    def made(cls, url: str, contract: str = "", key: bytes | None = None) -> "Account":
        client = EvmRegistry(url=url, contract=contract, key=key or secrets.token_bytes(32), timeout=5)
        client.fund()
        return cls(client)

    def call(self, function: str, *arguments: object) -> None:
        """Raises Rejected with the contract's error."""
        signed = self.client.sign(self.client._draft_call(function, *arguments))
        self.client.send(signed.raw)
        wait_for(self.client, signed.id)

    def carry_out(self, number: int, steps: Sequence[Step]) -> list[str]:
        signed = self.client.sign(self.client.draft(number, steps))
        self.client.send(signed.raw)
        wait_for(self.client, signed.id)
        return self.client.refusals(signed.id)

    def state(self, right: bytes) -> RegisteredRight:
        return self.client.state([right])[0]


@dataclass
class Book:
    """Shorthands for what the tests do to our side of the registry."""

    world: World
    holder: UUID

    def right(self) -> UUID:
        """A right that is registered and stands on rung 3, with nothing filed."""
        right_id = uuid7()
        with transaction.atomic():
            services.register(right_id=right_id)
            services.attest(right_id=right_id, rung=3)
        return right_id

    def pledge(self, right_id: UUID, pledge_id: UUID | None = None) -> UUID:
        pledge_id = pledge_id or uuid7()
        with transaction.atomic():
            services.pledge(actor=PLATFORM, right_id=right_id, pledge_id=pledge_id, holder_id=self.holder)
        return pledge_id

    def release(self, right_id: UUID, pledge_id: UUID) -> None:
        with transaction.atomic():
            services.release(actor=PLATFORM, right_id=right_id, pledge_id=pledge_id)

    def settle(self, right_id: UUID) -> None:
        with transaction.atomic():
            services.settle(actor=PLATFORM, right_id=right_id)

    def carry(self) -> None:
        """Run the jobs until nothing waits."""
        jobs.drain(kinds=CARRYING, patience=PATIENCE)

    def states(self, right_id: UUID) -> dict[str, str]:
        """The state of each step of a right, by its kind."""
        return dict(RegistryEntry.objects.filter(right_id=right_id).order_by("id").values_list("kind", "state"))

    def there(self, right_id: UUID) -> RegisteredRight:
        return contract.client_of(Registry.objects.get()).state([digests.of_right(right_id)])[0]

    def pledge_digest(self, right_id: UUID, pledge_id: UUID) -> bytes:
        return digests.of_pledge(right_id=right_id, pledge_id=pledge_id, holder_id=self.holder)

    @property
    def batch(self) -> RegistryBatch:
        """The newest one."""
        return RegistryBatch.objects.latest("id")

    def neighbour(self) -> Account:
        """Another platform's account, admitted to the same registry by its owner, which is ours."""
        row = Registry.objects.get()
        other = Account.made(self.url, row.contract)
        Account(EvmRegistry(url=self.url, contract=row.contract, key=kms().chain_key("registry"), timeout=5)).call(
            "admit", other.client.address
        )
        return other

    @property
    def url(self) -> str:
        return str(django_settings.CHAINS[0]["url"])

    def tamper(self, sql: str, *parameters: Any) -> None:
        """Change what must not change, as whoever owns the tables can."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE rights_registryentry DISABLE TRIGGER USER")
            cursor.execute(sql, parameters)
            assert cursor.rowcount > 0, "nothing was tampered with"
            cursor.execute("ALTER TABLE rights_registryentry ENABLE TRIGGER USER")


def right_of(world: World) -> Right:
    return Right.objects.get(trade__seller=world.supplier.organisation)


@pytest.fixture
def keys(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Keys of this test alone, so that its account is new on the chain."""
    settings.MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    kms.cache_clear()
    yield
    kms.cache_clear()


@pytest.fixture
def book(keys: None, committed_world: World, settings: Any) -> Book:  # noqa: F811
    """A registry of this test's own on the first chain of ABS_CHAINS."""
    settings.REGISTRY_CHAIN = django_settings.CHAINS[0]["name"]
    Registry.objects.all().delete()
    contract.prepare(say=lambda text: None)
    return Book(committed_world, committed_world.bank.organisation.id)


@pytest.fixture
def node() -> Iterator[Anvil]:
    """A chain of this test's own."""
    chain = Anvil(31401)
    yield chain
    chain.stop()


@pytest.fixture
def proxy(node: Anvil) -> Iterator[Proxy]:
    """What stands between us and that chain, and may lie."""
    between = Proxy(node.url)
    yield between
    between.stop()


@pytest.fixture
def held(keys: None, committed_world: World, settings: Any, node: Anvil, proxy: Proxy) -> Book:  # noqa: F811
    """A registry on the test's own chain, which mines only when it is told to; we ask it through `proxy`."""
    settings.CHAINS = [{"name": "business", "kind": "evm", "url": proxy.url, "confirmations": 1}]
    settings.REGISTRY_CHAIN = "business"
    Registry.objects.all().delete()
    contract.prepare(say=lambda text: None)
    node.hold()
    return Book(committed_world, committed_world.bank.organisation.id)


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """crash("registry.stored"): the process dies the next time it comes to that point."""

    def arm(point: str) -> None:
        def reach(name: str) -> None:
            if name == point:
                monkeypatch.setattr(crashpoints, "reach", lambda name: None)
                raise Crash(point)

        monkeypatch.setattr(crashpoints, "reach", reach)

    return arm
