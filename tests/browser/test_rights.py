"""A right's page: the ladder as evidence, and every number opens to the lines it came from."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, SignIn
from tests.browser.rows import open_row
from tests.browser.test_pages import AXE, SETTLING, _faults

pytestmark = pytest.mark.browser

Picture = Callable[[Page, str], None]


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_right_opens_to_its_evidence_and_its_lines(visit: SignIn, picture: Picture, language: str) -> None:
    page = visit("supplier", "/rights?sort=amount", language=language)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rows = page.get_by_test_id("right-row")
    expect(rows.first).to_be_visible()
    picture(page, f"rights-{language}")
    open_row(rows.first)
    expect(page).to_have_url(re.compile("/rights/[0-9a-f-]+"))
    expect(page.get_by_test_id("rung-5")).to_be_visible()
    assert {page.get_by_test_id(f"rung-{rung}").get_attribute("data-state") for rung in range(1, 6)} >= {"reached"}
    expect(page.get_by_test_id("fact-state").first).to_be_visible()
    expect(page.get_by_test_id("criterion")).to_have_count(8)
    picture(page, f"right-{language}")
    for size in (DESK, PHONE):
        _check_sources(page, size, picture, language)


def _check_sources(page: Page, size: Any, picture: Picture, language: str) -> None:
    """The drawer behind the supported amount: its lines, and nothing that axe objects to or that scrolls sideways."""
    page.set_viewport_size(size)
    page.get_by_test_id("open-supported").click()
    expect(page.get_by_test_id("source-row").first).to_be_visible()
    page.wait_for_timeout(SETTLING)
    picture(page, f"right-sources-{language}-{size['width']}")
    assert not _faults(page, size["width"])
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("source-row").first).not_to_be_visible()
    expect(page.get_by_test_id("open-supported")).to_be_focused()
    page.wait_for_timeout(SETTLING)
    picture(page, f"right-{language}-{size['width']}")
    assert not _faults(page, size["width"])


def test_the_list_narrows_by_rung_and_state(visit: SignIn) -> None:
    page = visit("supplier", "/rights")
    expect(page.get_by_test_id("right-row").first).to_be_visible()
    page.get_by_test_id("filter-state").select_option("settled")
    expect(page).to_have_url(re.compile("state=settled"))
    expect(page.get_by_test_id("right-row")).to_have_count(0)
    page.get_by_test_id("filter-state").select_option("")
    page.get_by_test_id("filter-poolable").select_option("yes")
    expect(page.get_by_test_id("right-row").first).to_be_visible()


def test_both_sides_record_payments_and_say_which_are_the_same(visit: SignIn, picture: Picture) -> None:
    supplier = visit("supplier2", "/rights?search=LY-PO-2026-0409")
    open_row(supplier.get_by_test_id("right-row").first)
    _record_payment(supplier, "1,234.50", "BC-1")

    core = visit("core", re.sub(r"^https?://[^/]+", "", supplier.url), language="en-GB")
    expect(_told(core, "BC-1")).to_be_visible()
    core.evaluate(AXE.read_text(encoding="utf-8"))
    core.get_by_test_id("record-payment").click()
    core.get_by_test_id("money-amount").fill("1234.50")
    expect(core.get_by_test_id("alike-payment")).to_contain_text("BC-1")
    core.get_by_test_id("alike-choice").select_option("another")
    core.get_by_test_id("bank-reference").fill("LY-8")
    for size in (DESK, PHONE):
        core.set_viewport_size(size)
        core.wait_for_timeout(SETTLING)
        picture(core, f"record-payment-{size['width']}")
        assert not _faults(core, size["width"])
    core.get_by_test_id("record-save").click()
    expect(_told(core, "LY-8")).to_contain_text("said to be another")
    picture(core, "payments-en")
    _told(core, "LY-8").get_by_test_id("take-back-payment").click()
    expect(_told(core, "LY-8")).to_contain_text("taken back")

    _told(supplier, "BC-1").get_by_test_id("take-back-payment").click()
    expect(_told(supplier, "BC-1")).to_contain_text("已撤回")
    picture(supplier, "payments-zh")


def _record_payment(page: Page, amount: str, reference: str) -> None:
    page.get_by_test_id("record-payment").click()
    page.get_by_test_id("money-amount").fill(amount)
    page.get_by_test_id("bank-reference").fill(reference)
    page.get_by_test_id("record-save").click()
    expect(_told(page, reference)).to_be_visible()


def _told(page: Page, reference: str) -> Locator:
    """The row of a payment on the right's page, by its reference."""
    return page.get_by_test_id("told-payment").filter(has_text=reference)
