"""The confirmation desk, in the browser: from the queue to one signature over many, and a dispute talked out."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from abs_platform.config.demo import cast
from abs_platform.config.sample import make
from abs_platform.config.sample.make import SampleLine
from tests.browser.conftest import SignIn
from tests.browser.rows import open_row

ORDERS = ("LY-PO-2026-2101", "LY-PO-2026-2102", "LY-PO-2026-2103")
ARRIVES = 30_000

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three orders of the core enterprise."""
    folder = tmp_path_factory.mktemp("papers")
    line = SampleLine("1", "线束", Decimal(100), Decimal("80.00"), unit="SET", seller_item_id="YL-1")
    sides: Any = {"seller": cast.HARNESS, "buyer": cast.GROUP}
    paths = []
    for number in ORDERS:
        paths.append(folder / f"{number}.xml")
        paths[-1].write_bytes(make.order_xml(**sides, number=number, issue_date=date(2026, 11, 2), lines=[line]))
    return paths


def test_many_are_confirmed_at_once_and_one_is_talked_about(visit: SignIn, papers: list[Path], picture: Any) -> None:
    supplier = visit("supplier3", "/documents")
    supplier.get_by_test_id("upload-input").set_input_files(papers)
    core = visit("core", "/confirmations")
    for number in ORDERS:
        expect(_row(core, number)).to_be_visible(timeout=ARRIVES)

    _confirm_together(core, ORDERS[:2], picture)
    _dispute(core, ORDERS[2])
    _answer(supplier, ORDERS[2], "The drawing was revised on the 3rd; please see revision C.")
    _confirm_in_part(core, ORDERS[2], picture)


def _row(page: Page, number: str) -> Any:
    return page.get_by_test_id("queue-row").filter(has=page.get_by_role("link", name=re.compile(f" {number}$")))


def _confirm_together(page: Page, numbers: tuple[str, ...], picture: Any) -> None:
    _row(page, numbers[0]).get_by_test_id("queue-select").check()
    # The second one by keyboard: its link has the focus, x selects it.
    _row(page, numbers[1]).get_by_role("link").first.focus()
    page.keyboard.press("x")
    expect(page.get_by_test_id("selection")).to_contain_text("2")
    picture(page, "desk-selection")
    page.get_by_test_id("bulk-open").click()
    for number in numbers:
        expect(page.get_by_test_id("bulk-list")).to_contain_text(number)
    page.get_by_test_id("bulk-sign").click()
    for number in numbers:
        expect(_row(page, number)).to_have_count(0)
    page.goto("/confirmations?state=confirmed")
    open_row(_row(page, numbers[0]))
    expect(page.get_by_test_id("signature")).to_contain_text("一次签名")


def _dispute(page: Page, number: str) -> None:
    page.goto("/confirmations")
    open_row(_row(page, number))
    page.get_by_test_id("dispute-button").click()
    page.get_by_test_id("dispute-code").select_option("quality")
    page.get_by_test_id("dispute-reason").fill("图纸与约定不符")
    page.get_by_test_id("dispute-submit").click()
    expect(page.get_by_test_id("thread-message")).to_have_count(1)


def _answer(page: Page, number: str, words: str) -> None:
    page.goto("/trades")
    open_row(page.get_by_test_id("trade-row").filter(has_text=number))
    expect(page.get_by_test_id("thread")).to_contain_text("图纸与约定不符")
    page.get_by_test_id("thread-text").fill(words)
    page.get_by_test_id("thread-send").click()
    expect(page.get_by_test_id("thread-message")).to_have_count(2)


def _confirm_in_part(page: Page, number: str, picture: Any) -> None:
    page.goto("/confirmations?state=disputed")
    open_row(_row(page, number))
    expect(page.get_by_test_id("thread")).to_contain_text("revision C")
    page.get_by_test_id("part-button").click()
    page.get_by_test_id("part-quantity").fill("60")
    picture(page, "desk-part")
    page.get_by_test_id("part-sign").click()
    expect(page.get_by_test_id("confirmation-partial").first).to_be_visible()
    expect(page.get_by_test_id("signature").last).to_contain_text("60")


def test_an_own_key_is_made_here_and_a_colleague_approves_it(visit: SignIn) -> None:
    page = visit("core", "/desk")
    page.get_by_test_id("make-key").click()
    page.get_by_test_id("new-passphrase").fill("correct horse battery")
    with page.expect_download() as download:
        page.get_by_test_id("key-make").click()
    assert re.fullmatch(r"sm2-key-[0-9a-f]{8}\.json", download.value.suggested_filename)
    change = page.get_by_test_id("settings-change")
    expect(change).to_have_count(1)
    # Whoever asked for it does not approve it.
    expect(page.get_by_test_id("change-approve")).to_have_count(0)
