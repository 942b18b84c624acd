"""A loan's page, as the demonstration leaves it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from abs_platform.core import clock
from tests.browser.conftest import SignIn
from tests.browser.rows import open_row

pytestmark = pytest.mark.browser

APART = 12  # pixels


def test_what_was_wrong_goes_once_the_field_is_changed(visit: SignIn, picture: Callable[[Page, str], None]) -> None:
    page = visit("financier", "/loans")
    open_row(page.get_by_test_id("loan-row").first)
    statement = page.get_by_test_id("statement")
    table = statement.locator("table").bounding_box()
    days = statement.locator("input[type=date]").first.bounding_box()
    statement.scroll_into_view_if_needed()
    picture(page, "statement")
    assert table and days
    assert table["y"] - days["y"] - days["height"] >= APART

    page.get_by_test_id("loan-record-payment").click()
    page.get_by_test_id("money-amount").fill("1")
    page.get_by_test_id("bank-reference").fill("SK-EARLY")
    page.get_by_test_id("money-day").fill("2020-01-01")
    page.get_by_test_id("record-save").click()
    expect(page.get_by_test_id("inline-failure")).to_be_visible()
    picture(page, "failure")
    page.get_by_test_id("money-day").fill(clock.today().isoformat())
    expect(page.get_by_test_id("inline-failure")).to_have_count(0)
