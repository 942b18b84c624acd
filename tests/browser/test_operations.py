"""The operator has the ledger audited, and learns what the change of a key brings before it happens."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SignIn

AUDITED = 60_000

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_an_audit_on_request_says_that_all_is_in_order(visit: SignIn, mode: str) -> None:
    page = visit("operator", "/operations")
    page.get_by_test_id("ledger-operations").click()
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and "/ledger/audits" in answer.url
    ) as asked:
        page.get_by_test_id(f"audit-now-{mode}").click()
    assert asked.value.status == 202, asked.value.text()
    run = page.locator(f"[data-testid='audit-row'][data-id='{asked.value.json()['id']}']")
    expect(run.get_by_test_id("audit-in_order")).to_be_visible(timeout=AUDITED)
    expect(page.get_by_test_id("audit-wrong")).to_have_count(0)


@pytest.mark.parametrize(("algorithm", "signed"), [("SM2", "main"), ("secp256k1", "监管链")])
def test_a_key_is_changed_only_by_who_has_read_what_follows(visit: SignIn, algorithm: str, signed: str) -> None:
    page = visit("operator", "/operations/ledger")
    row = page.get_by_test_id("key-row").filter(has_text=algorithm).first
    expect(row).to_contain_text(signed)
    row.get_by_test_id("rotate-key").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    expect(dialog.get_by_test_id("rotate-submit")).to_be_disabled()
    dialog.get_by_test_id("rotate-read").check()
    expect(dialog.get_by_test_id("rotate-submit")).to_be_enabled()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_file_key_is_changed_while_the_page_shows_how_far_it_is(visit: SignIn) -> None:
    page = visit("operator", "/operations/ledger")
    row = page.get_by_test_id("storage-key-row").last
    row.get_by_test_id("key-rotate").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_test_id("key-submit")).to_be_disabled()
    dialog.get_by_test_id("key-read").check()
    with page.expect_response(lambda answer: answer.request.method == "POST") as asked:
        dialog.get_by_test_id("key-submit").click()
    assert asked.value.status == 202, asked.value.text()
    expect(dialog).to_be_hidden()
    expect(row).to_contain_text("第 2 版")


def test_a_key_is_not_destroyed_without_its_organisation_s_name(visit: SignIn) -> None:
    page = visit("operator", "/operations/ledger")
    row = page.get_by_test_id("storage-key-row").first
    row.get_by_test_id("key-request_destruction").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(4)
    dialog.get_by_test_id("key-read").check()
    dialog.get_by_label("理由").fill("合同终止")
    dialog.get_by_test_id("key-name").fill("另一家企业")
    expect(dialog.get_by_test_id("key-submit")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
