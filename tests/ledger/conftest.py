"""A ledger with committed data on a real chain, fresh for each test."""

import re
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from django.db import connection, transaction

from abs_platform.core import crashpoints, jobs
from abs_platform.core.subjects import SubjectRef
from abs_platform.integrations.kms import kms
from abs_platform.ledger import services, setup
from abs_platform.ledger.models import Chain, Record
from abs_platform.parties.actor import PLATFORM
from tests.ledger.nodes import Anvil, Proxy

PATIENCE = timedelta(seconds=20)


class Crash(BaseException):
    """The process died here. Not an Exception, so that nothing on the way catches it."""


@dataclass
class Ledger:
    """Shorthands for what the tests do to the ledger."""

    url: str

    def append(self, count: int = 1) -> list[Record]:
        """Records in one transaction."""
        entries = [
            services.Entry(SubjectRef("document", uuid.uuid4()), "document/v1", secrets.token_bytes(32))
            for _ in range(count)
        ]
        with transaction.atomic():
            return services.append_all(entries, actor=PLATFORM)

    def settle(self) -> None:
        """Run the jobs until nothing is left to do."""
        jobs.drain(patience=PATIENCE)

    def rpc(self, method: str, *parameters: Any) -> Any:
        body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        answer = requests.post(self.url, json=body, timeout=10).json()
        assert "error" not in answer, answer
        return answer["result"]

    @contextmanager
    def tampered(self, sql: str, *parameters: Any) -> Iterator[None]:
        """As `tamper`, undone at the end of the block. Only for a ledger on no chain: a transaction is open."""
        with transaction.atomic():
            self.tamper(sql, *parameters)
            yield
            transaction.set_rollback(True)

    def tamper(self, sql: str, *parameters: Any) -> None:
        """Change what must not change, as whoever owns the tables can: with their triggers switched off."""
        table = re.search(r"ledger_\w+", sql)
        assert table is not None
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table[0]} DISABLE TRIGGER USER")
            cursor.execute(sql, parameters)
            assert cursor.rowcount > 0, "nothing was tampered with"
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table[0]} ENABLE TRIGGER USER")

    @property
    def chain(self) -> Chain:
        return Chain.objects.get()


@pytest.fixture
def keys(settings: Any, tmp_path: Path) -> Iterator[None]:
    """State and keys of this test alone, so that its publisher's account is new on the chain."""
    settings.STATE_DIR = tmp_path
    settings.MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    settings.CHAIN_KEY_FILE = tmp_path / "keys" / "publisher.key"
    settings.TRUST_FILE = tmp_path / "trust.json"
    kms.cache_clear()
    yield
    kms.cache_clear()


@pytest.fixture
def unanchored(committed: None, keys: None, settings: Any) -> Ledger:
    """A ledger whose channel goes to no chain."""
    settings.CHAINS = []
    Chain.objects.update(contract="", chain_id=None)
    setup.prepare(say=lambda text: None)
    return Ledger(url="")


@pytest.fixture
def ledger(committed: None, keys: None, settings: Any) -> Ledger:
    """A ledger on the first chain of ABS_CHAINS, with a contract of its own."""
    if not django_settings.CHAINS:
        pytest.skip("no chain: set ABS_CHAINS, as `./abs test` does")
    Chain.objects.update(contract="", chain_id=None)
    settings.CHAINS = [{**django_settings.CHAINS[0], "contract": ""}]
    assert setup.prepare(say=lambda text: None) == []
    return Ledger(url=settings.CHAINS[0]["url"])


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """crash("anchor.stored"): the process dies the next time it comes to that point."""

    def arm(point: str) -> None:
        def reach(name: str) -> None:
            if name == point:
                monkeypatch.setattr(crashpoints, "reach", lambda name: None)
                raise Crash(point)

        monkeypatch.setattr(crashpoints, "reach", reach)

    return arm


@pytest.fixture
def node() -> Iterator[Anvil]:
    """A chain of this test's own."""
    chain = Anvil(31400)
    yield chain
    chain.stop()


@pytest.fixture
def proxy(node: Anvil) -> Iterator[Proxy]:
    """What stands between the ledger and that chain, and may lie."""
    between = Proxy(node.url)
    yield between
    between.stop()


@pytest.fixture
def held(committed: None, keys: None, settings: Any, node: Anvil, proxy: Proxy) -> Ledger:
    """A ledger on the test's own chain, which mines only when it is told to; the ledger asks it through `proxy`."""
    settings.CHAINS = [{"name": "business", "kind": "evm", "url": proxy.url, "confirmations": 1}]
    assert setup.prepare(say=lambda text: None) == []
    node.hold()
    return Ledger(url=node.url)
