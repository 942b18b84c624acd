"""Whoever gets a document's proof bundle gets its certificate, once the document is anchored, and nobody else."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import override_settings
from pypdf import PdfReader

from abs_platform.consent.models import Access
from abs_platform.core import jobs
from abs_platform.integrations.pdf import typesetter
from abs_platform.ledger import selectors, setup
from abs_platform.ledger.models import Chain
from abs_platform.verifier import abs_verify
from tests.api.matrix import ROWS, callers_of
from tests.ledger.conftest import keys
from tests.support.fixtures import QUICK_HASHER, storage_folder
from tests.support.papers import Papers, line
from tests.support.stage import Stage, make_stage
from tests.support.world import World

__all__ = ["keys", "storage_folder"]

PAPERS = Papers(number="PO-9")
BUNDLE = next(row for row in ROWS if row.path == "documents/{document}/bundle")


@pytest.fixture
def on_chain(committed: None, keys: None, storage_folder: Path, settings: Any) -> Iterator[None]:
    """A platform whose log goes to a real chain, to a contract of its own."""
    cache.clear()
    Chain.objects.update(contract="", chain_id=None)
    settings.CHAINS = [{**django_settings.CHAINS[0], "contract": ""}]
    assert setup.prepare(say=lambda text: None) == []
    with override_settings(PASSWORD_HASHERS=QUICK_HASHER):
        yield


def settle() -> None:
    """Have everything read, recorded and anchored."""
    jobs.drain(patience=timedelta(seconds=20))


def attached(pdf: bytes) -> Any:
    [content] = PdfReader(io.BytesIO(pdf)).attachments["proof.json"]
    return json.loads(content)


def test_who_gets_the_bundle_gets_the_certificate_once_it_is_anchored(on_chain: None) -> None:
    stage = make_stage(World())
    address = f"documents/{stage.document.id}/certificate"
    check_answers(stage, address, once_allowed=409)
    settle()
    check_answers(stage, address, once_allowed=200)
    looks = Access.objects.filter(action="proof", owner=stage.world.supplier.organisation)
    assert {look.organisation_id for look in looks} == {stage.world.bank.organisation.id}


def check_answers(stage: Stage, address: str, *, once_allowed: int) -> None:
    for by in ("browser", "program"):
        for column, caller in callers_of(stage, by=by).items():
            answer = caller.send("GET", address)
            expected = BUNDLE.expected[column]
            assert answer.status_code == (once_allowed if expected == 200 else expected), (by, column)
            if expected == 404:
                missing = caller.send("GET", f"documents/{uuid4()}/certificate")
                assert (answer.content, answer.headers) == (missing.content, missing.headers), (by, column)


def test_a_certificate_from_upload_to_the_verifier(on_chain: None, settings: Any, tmp_path: Path) -> None:
    world = World()
    browser = world.supplier.browser
    invoice = PAPERS.invoice()
    [document] = browser.upload({"发票 9.xml": invoice})["documents"]
    address = f"documents/{document['id']}/certificate"

    assert browser.get(address, status=409)["code"] == "not_recorded"
    jobs.drain(kinds=("documents.extract", "ledger.seal"))
    waiting = browser.get(address, status=409)
    assert (waiting["code"], waiting["params"]["anchored"], waiting["params"]["required"]) == ("not_anchored", 0, 1)
    assert "certificate" not in browser.get(f"documents/{document['id']}")["allowed_actions"]
    settle()

    assert "certificate" in browser.get(f"documents/{document['id']}")["allowed_actions"]
    bundle = browser.get(f"documents/{document['id']}/bundle")
    for query, words in (({}, "存证证明"), ({"lang": "zh"}, "存证证明"), ({"lang": "en"}, "Certificate of Evidence")):
        answer = browser.send("GET", address, **query)
        assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment") and "no-store" in answer["Cache-Control"]
        assert words in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
        assert attached(answer.content) == bundle
    assert browser.get(address, status=422, lang="fr")["code"] == "invalid_input"

    verdict = abs_verify.verify(attached(answer.content), selectors.trust(), io.BytesIO(invoice))
    assert (verdict.verdict, verdict.file_checked) == ("valid", True)
    assert abs_verify.verify(attached(answer.content), selectors.trust(), io.BytesIO(b"x")).verdict == "invalid"

    settings.FONTS_DIR = tmp_path
    typesetter.cache_clear()
    try:
        assert browser.get(address, status=503)["code"] == "certificate_unavailable"
    finally:
        typesetter.cache_clear()


def test_a_disclosure_verifies_on_the_chain(on_chain: None) -> None:
    world = World()
    *_, invoice = world.supplier.submit(PAPERS.all())
    settle()
    bundle = world.supplier.browser.post(
        f"documents/{invoice.id}/disclosure", {"paths": ["/number", "/totals/payable"]}
    )
    verdict = abs_verify.verify(bundle, selectors.trust())
    assert verdict.verdict == "valid"
    assert verdict.disclosed == [("/number", "I-PO-9"), ("/totals/payable", "1130.00")]
    bundle["fields"]["disclosed"][1]["value"] = "2130.00"
    assert abs_verify.verify(bundle, selectors.trust()).verdict == "invalid"


def test_the_largest_disclosure_is_read_by_the_verifier(on_chain: None) -> None:
    """As many fields as one may hold, with texts full of brackets."""
    world = World()
    brackets = "[{" * 200
    papers = Papers(number="PO-9", lines=tuple(line(str(n), name=brackets) for n in range(40)))
    [order] = world.supplier.submit({"order.xml": papers.order()})
    settle()
    paths = [field["path"] for field in world.supplier.browser.get(f"documents/{order.id}/fields")["fields"]]
    assert len(paths) > 400
    bundle = world.supplier.browser.post(f"documents/{order.id}/disclosure", {"paths": paths[:400]})
    data = json.dumps(bundle).encode()
    read = abs_verify.load_json(data, abs_verify.MAX_BUNDLE_BYTES, "bundle")
    verdict = abs_verify.verify(read, selectors.trust())
    assert (verdict.verdict, len(verdict.disclosed)) == ("valid", 400)
    assert any(brackets in value for _, value in verdict.disclosed)
