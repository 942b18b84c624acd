"""The main job, played in the browser by its people: steps 1 to 6 of the story."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from abs_platform.config.demo import cast
from abs_platform.config.sample import make
from abs_platform.config.sample.make import SampleLine
from tests.browser.conftest import SignIn, Stack
from tests.browser.rows import open_row

ORDER = "LY-PO-2026-0977"
INVOICE = "26502000000009770031"
FIRST = date(2026, 11, 2)
ANCHORED = 30_000

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The harness maker's documents: 100 ordered, 90 received, 100 invoiced, one yuan dearer."""
    folder = tmp_path_factory.mktemp("papers")
    line = SampleLine("1", "变桨控制线束", Decimal(100), Decimal("1280.00"), unit="SET", seller_item_id="YL-BJ36")
    arrived = SampleLine(
        "1", "变桨控制线束", Decimal(90), Decimal("1280.00"), unit="SET", seller_item_id="YL-BJ36", short=Decimal(10)
    )
    billed = SampleLine("1", "变桨控制线束", Decimal(100), Decimal("1281.00"), unit="SET", seller_item_id="YL-BJ36")
    sides: Any = {"seller": cast.HARNESS, "buyer": cast.GROUP}
    files = {
        "order": make.order_xml(**sides, number=ORDER, issue_date=FIRST, lines=[line]),
        "despatch": make.despatch_xml(
            **sides, number="FH-0977", issue_date=FIRST + timedelta(3), order_number=ORDER, lines=[line]
        ),
        "receipt": make.receipt_xml(
            **sides,
            number="RK-0977",
            issue_date=FIRST + timedelta(5),
            order_number=ORDER,
            despatch_number="FH-0977",
            lines=[arrived],
        ),
        "invoice": make.invoice_xml(
            **sides,
            number=INVOICE,
            issue_date=FIRST + timedelta(7),
            order_number=ORDER,
            lines=[billed],
            due_date=date(2027, 1, 4),
        ),
    }
    files["invoice-again"] = make.in_other_bytes(files["invoice"])
    paths = {}
    for name, content in files.items():
        paths[name] = folder / f"{name}.xml"
        paths[name].write_bytes(content)
    return paths


def test_the_main_job(stack: Stack, visit: SignIn, papers: dict[str, Path], tmp_path: Path, picture: Any) -> None:
    supplier = visit("supplier3", "/")
    expect(supplier.get_by_test_id("next-step").first).to_be_visible()
    _upload(supplier, papers, picture)
    bundle = _document_page(supplier, tmp_path)

    core = visit("core", "/confirmations")
    _confirm(core, picture)
    _see_the_right(supplier, picture)
    _verify(visit(None, "/verify"), papers["invoice"], bundle, picture)

    financier = visit("financier2", "/trades")
    expect(financier.get_by_text(ORDER)).to_have_count(0)
    _ask(financier)
    _grant(supplier)
    _look(financier)
    _revoke(supplier)
    financier.goto("/trades")
    expect(financier.get_by_test_id("trade-row").filter(has_text=ORDER)).to_have_count(0)

    supplier.goto("/documents")
    supplier.get_by_test_id("upload-input").set_input_files(papers["invoice-again"])
    expect(supplier.get_by_test_id("duplicate-link").first).to_be_visible(timeout=ANCHORED)
    _alerts(visit("risk", "/alerts"))


def _upload(page: Page, papers: dict[str, Path], picture: Any) -> None:
    page.goto("/documents")
    page.get_by_test_id("upload-input").set_input_files(
        [papers[name] for name in ("invoice", "order", "receipt", "despatch")]
    )
    expect(page.get_by_test_id("upload-row")).to_have_count(4)
    for name in ("order", "despatch", "receipt", "invoice"):
        row = page.get_by_test_id("document-row").filter(has_text=papers[name].name)
        expect(row.get_by_test_id("state-anchored")).to_be_visible(timeout=ANCHORED)
    picture(page, "intake")


def _document_page(page: Page, folder: Path) -> Path:
    open_row(page.get_by_test_id("document-row").filter(has_text="invoice.xml"))
    expect(page.get_by_test_id("digest").first).to_contain_text(re.compile("[0-9a-f]{8}"))
    expect(page.get_by_test_id("fields")).to_contain_text(INVOICE)
    expect(page.get_by_test_id("preview")).to_contain_text("Invoice")
    expect(page.get_by_test_id("anchor").first).to_contain_text("业务链")
    with page.expect_download() as download:
        page.get_by_test_id("download-bundle").click()
    bundle = folder / "invoice.proof.json"
    download.value.save_as(bundle)
    assert json.loads(bundle.read_text())["anchors"], "the bundle carries the anchor"
    return bundle


def _confirm(page: Page, picture: Any) -> None:
    for kind in ("order", "receipt", "invoice"):
        page.goto("/confirmations?state=pending")
        number = {"order": ORDER, "receipt": "RK-0977", "invoice": INVOICE}[kind]
        # By the document's own link: every row of the trade shows the order's number.
        page.get_by_test_id("queue-row").get_by_role("link", name=re.compile(f" {number}$")).first.click()
        expect(page.get_by_test_id("sheet-statement")).to_contain_text(number)
        if kind == "invoice":
            expect(page.get_by_test_id("difference")).to_have_count(2)
            picture(page, "confirmation")
        page.get_by_test_id("confirm-button").click()
        expect(page.get_by_test_id("signature")).to_be_visible()


def _see_the_right(page: Page, picture: Any) -> None:
    page.goto("/trades")
    open_row(page.get_by_test_id("trade-row").filter(has_text=ORDER))
    # 90 accepted × 1280.00, the lower price, + 13 % tax = 130,176.00; × 80 % = 104,140.80
    expect(page.get_by_test_id("supported-amount")).to_contain_text("104,140.80", timeout=ANCHORED)
    expect(page.get_by_test_id("days-earlier")).to_be_visible()
    expect(page.get_by_test_id("missing-sentence")).to_be_visible()
    expect(page.get_by_test_id("mismatch")).to_have_count(2)
    expect(page.get_by_test_id("open-quantity")).to_have_count(1)
    picture(page, "trade")


def _verify(page: Page, file: Path, bundle: Path, picture: Any) -> None:
    page.get_by_test_id("verify-input").set_input_files([file, bundle])
    expect(page.get_by_test_id("verdict-kind")).to_have_attribute("data-verdict", "valid", timeout=ANCHORED)
    picture(page, "verify")
    changed = file.with_name("changed.xml")
    changed.write_bytes(file.read_bytes() + b"<!-- -->")
    page.goto("/verify")
    page.get_by_test_id("verify-input").set_input_files([changed, bundle])
    expect(page.get_by_test_id("verdict-kind")).to_have_attribute("data-verdict", "invalid")
    pending = file.with_name("pending.proof.json")
    pending.write_text(json.dumps({**json.loads(bundle.read_text()), "anchors": []}))
    page.goto("/verify")
    page.get_by_test_id("verify-input").set_input_files([file, pending])
    expect(page.get_by_test_id("verdict-kind")).to_have_attribute("data-verdict", "pending")


def test_a_chain_that_does_not_answer_is_told_from_a_failure(stack: Stack, visit: SignIn, tmp_path: Path) -> None:
    note = tmp_path / "signed delivery note.txt"
    note.write_text("90 sets received")
    page = visit("supplier", "/documents")
    page.get_by_test_id("upload-input").set_input_files(note)
    row = page.get_by_test_id("document-row").filter(has_text=note.name).first
    expect(row.get_by_test_id("state-anchored")).to_be_visible(timeout=ANCHORED)
    open_row(row)
    with page.expect_download() as download:
        page.get_by_test_id("download-bundle").click()
    bundle = tmp_path / "note.proof.json"
    download.value.save_as(bundle)
    outside = visit(None, "/verify")
    trust = json.loads((stack.state / "trust.json").read_text())
    chains = [chain["rpc"] for chain in trust["chains"]]
    for address in chains:
        outside.route(f"{address.rstrip('/')}/**", lambda route: route.abort())
        outside.route(address, lambda route: route.abort())
    outside.get_by_test_id("verify-input").set_input_files([note, bundle])
    expect(outside.get_by_test_id("verdict-kind")).to_have_attribute("data-verdict", "unreachable", timeout=ANCHORED)


def _ask(page: Page) -> None:
    page.goto("/suppliers")
    row = page.get_by_test_id("supplier-row").filter(has_text="渝联")
    row.get_by_test_id("request-access").click()
    page.get_by_test_id("ask-order").fill(ORDER)
    page.get_by_test_id("ask-submit").click()
    expect(page.get_by_test_id("ask-submit")).to_have_count(0)  # sent, before the page is left
    page.goto("/access")
    expect(page.get_by_test_id("own-request-row").filter(has_text="渝联").first).to_be_visible()


def _grant(page: Page) -> None:
    page.goto("/consents")
    page.get_by_test_id("access-request").filter(has_text=ORDER).get_by_test_id("answer-button").click()
    expect(page.get_by_test_id("candidate").filter(has_text=ORDER)).to_be_visible()
    page.get_by_test_id("grant-button").click()
    expect(page.get_by_test_id("grant-row").filter(has_text="启明").first).to_be_visible()


def _look(page: Page) -> None:
    page.goto("/trades")
    open_row(page.get_by_test_id("trade-row").filter(has_text=ORDER))
    expect(page.get_by_test_id("supported-amount")).to_contain_text("104,140.80")
    page.get_by_test_id("trade-document").first.get_by_role("link").first.click()
    expect(page.get_by_test_id("digest").first).to_be_visible()


def _revoke(page: Page) -> None:
    page.goto("/consents")
    expect(page.get_by_test_id("access-log-row").filter(has_text="启明").first).to_be_visible()
    page.get_by_test_id("grant-row").filter(has_text="启明").first.get_by_test_id("revoke-button").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("撤销")).last.click()
    expect(page.get_by_test_id("grant-row").filter(has_text="启明").first).to_contain_text("已撤销")


def _alerts(page: Page) -> None:
    rows = page.get_by_test_id("alert-row")
    expect(rows.first).to_be_visible()
    text = page.get_by_test_id("alert-row").filter(has_text=re.compile(f"{ORDER}|{INVOICE}")).all_inner_texts()
    assert len(text) >= 3, text  # the same invoice twice, more invoiced than received, another price
