"""Rows of lists, opened as a person opens them."""

from playwright.sync_api import Locator, expect


def open_row(row: Locator) -> None:
    """Follow the row's first link; the list, whose rows share words with the page behind, has gone afterwards."""
    row.get_by_role("link").first.click()
    expect(row).to_have_count(0)
