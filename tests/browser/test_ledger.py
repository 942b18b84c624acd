"""The ledger in the interface: found by a file's digest, told to the chains and back, and closed to strangers."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.rows import open_row

ANCHORED = 30_000
CHAINS = ("business", "regulator")

pytestmark = pytest.mark.browser


@pytest.fixture
def slip(tmp_path: Path) -> Path:
    """A delivery slip that nobody has uploaded before."""
    path = tmp_path / "slip-2291.txt"
    path.write_text("40 castings, 2 cracked")
    return path


def test_a_supplier_finds_its_document_s_record_by_digest_on_both_chains(visit: SignIn, slip: Path) -> None:
    page = visit("supplier2", "/documents")
    page.get_by_test_id("upload-input").set_input_files(slip)
    row = page.get_by_test_id("document-row").filter(has_text=slip.name).first
    expect(row.get_by_test_id("state-anchored")).to_be_visible(timeout=ANCHORED)

    digest = _search_by_file(page, slip)
    expect(page.get_by_test_id("found-document")).to_contain_text(slip.name)
    record = page.get_by_test_id("found-record")
    for chain in CHAINS:
        expect(record.get_by_test_id(f"on-{chain}-anchored")).to_be_visible(timeout=ANCHORED)
    open_row(record)

    for chain in CHAINS:
        for kind in ("prepared", "included", "anchored"):
            event = page.locator(f"[data-testid='life-event'][data-kind='{kind}'][data-chain='{chain}']")
            expect(event).to_be_visible(timeout=ANCHORED)
    expect(page.locator("[data-testid='life-event'][data-kind='sealed']")).to_be_visible()

    page.get_by_test_id("open-subject").click()
    expect(page.get_by_test_id("digest").first).to_have_text(digest)
    page.get_by_test_id("ledger-record").click()
    expect(page).to_have_url(re.compile("/ledger/records/[0-9a-f-]+"))
    _strangers_find_nothing(visit, page.url, slip)


def _search_by_file(page: Page, file: Path) -> str:
    """Choose the file in the ledger's search box; its digest, as the box then shows it."""
    page.goto("/ledger")
    page.get_by_test_id("ledger-search-file").set_input_files(file)
    box = page.get_by_test_id("ledger-search")
    expect(box).to_have_value(re.compile("^[0-9a-f]{64}$"))
    return box.input_value()


def _strangers_find_nothing(visit: SignIn, address: str, file: Path) -> None:
    stranger = visit("supplier", address)
    expect(stranger.get_by_test_id("failure")).to_have_attribute("data-code", "not_found")
    _search_by_file(stranger, file)
    results = stranger.get_by_test_id("search-results")
    expect(results.get_by_test_id("empty")).to_be_visible()
    expect(results.get_by_test_id("found-record")).to_have_count(0)


def test_a_checkpoint_is_found_by_its_root_and_walked_by_keyboard(visit: SignIn) -> None:
    page = visit("financier", "/ledger")
    open_row(page.get_by_test_id("checkpoint-row").first)
    root = page.get_by_test_id("root").inner_text()
    expect(page.get_by_test_id("note")).to_contain_text("abs.local/main")
    newest = page.url
    page.keyboard.press("j")
    expect(page).not_to_have_url(newest)
    expect(page.get_by_test_id("next")).to_be_visible()
    page.keyboard.press("k")
    expect(page).to_have_url(newest)

    page.goto("/ledger")
    expect(page.get_by_test_id("ledger-search")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_test_id("ledger-search")).to_be_focused()
    page.keyboard.insert_text(root)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("found-checkpoint")).to_have_count(1)


def test_the_ledger_shows_how_each_chain_does(visit: SignIn) -> None:
    page = visit("operator", "/ledger")
    for chain in CHAINS:
        card = page.locator(f"[data-testid='chain-card'][data-id='{chain}']")
        expect(card.get_by_test_id("chain-ok")).to_be_visible(timeout=ANCHORED)
        expect(card.get_by_test_id("chain-lag")).to_be_visible()
