"""Whoever stands outside checks a rung's fact with the bundle, the trust file and a chain: no code or database of ours."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import override_settings

from abs_platform.core import jobs
from abs_platform.ledger import selectors, setup
from abs_platform.ledger.models import Chain
from abs_platform.rights.models import Right
from abs_platform.trade.models import SignedDecision
from abs_platform.verifier import abs_verify
from tests.ledger.conftest import keys
from tests.support.fixtures import QUICK_HASHER, storage_folder
from tests.support.papers import Papers
from tests.support.world import World

__all__ = ["keys", "storage_folder"]

PAPERS = Papers(number="PO-8")


@pytest.fixture
def on_chain(committed: None, keys: None, storage_folder: Path, settings: Any) -> Iterator[None]:
    """A platform whose log goes to a real chain, to a contract of its own."""
    cache.clear()
    Chain.objects.update(contract="", chain_id=None)
    settings.CHAINS = [{**django_settings.CHAINS[0], "contract": ""}]
    assert setup.prepare(say=lambda text: None) == []
    with override_settings(PASSWORD_HASHERS=QUICK_HASHER):
        yield


def test_a_rung_s_fact_verifies_from_outside(on_chain: None) -> None:
    world = World()
    [order, receipt] = world.supplier.submit({"o.xml": PAPERS.order(), "r.xml": PAPERS.receipt()})
    for document in (order, receipt):
        world.core.decide(document)
    jobs.drain(patience=timedelta(seconds=20))

    browser = world.supplier.browser
    right = browser.get(f"rights/{Right.objects.get().id}")
    [fact] = [rung["fact"] for rung in right["rungs"] if rung["rung"] == 3]
    assert (fact["state"], fact["event"]) == ("anchored", "reached")
    assert [anchor["chain"] for anchor in fact["anchors"]] == [django_settings.CHAINS[0]["name"]]
    assert "rung_anchored" in {event["kind"] for event in right["timeline"]}
    address = f"rights/{right['id']}/facts/{fact['id']}"
    statement = browser.send("GET", f"{address}/statement").content
    bundle = browser.get(f"{address}/bundle")

    trust = selectors.trust()
    verdict = abs_verify.verify(bundle, trust, io.BytesIO(statement))
    assert (verdict.verdict, verdict.file_checked) == ("valid", True)
    forged = statement.replace(b'"rung":3', b'"rung":4')
    assert forged != statement
    assert abs_verify.verify(bundle, trust, io.BytesIO(forged)).verdict == "invalid"
    check_signatures(statement, fact, trust)


def check_signatures(statement: bytes, fact: dict[str, Any], trust: dict[str, Any]) -> None:
    """The platform's, by the key of the trust file; the core enterprise's, over the words that it signed."""
    [key] = [key["public"] for key in trust["keys"] if key["type"] == "sm2-sm3"]
    assert fact["public_key"] == key
    assert abs_verify.sm2_verify(bytes.fromhex(key), statement, bytes.fromhex(fact["signature"]))
    agreed = json.loads(statement)["agreed"]
    assert len(agreed) == 2
    for each in agreed:
        words = SignedDecision.objects.get(id=each["decision"]).statement.encode()
        assert abs_verify.sm3(words).hex() == each["sm3"]
        public, signature = bytes.fromhex(each["public_key"]), bytes.fromhex(each["signature"])
        assert abs_verify.sm2_verify(public, words, signature)
