"""A supplier shows some fields and no more, and takes a certificate; who gets them checks them without an account."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import DESK, PHONE, SignIn
from tests.browser.rows import open_row
from tests.browser.test_pages import AXE
from tests.browser.test_story import ANCHORED

pytestmark = pytest.mark.browser


def open_invoice(page: Page) -> None:
    page.goto("/documents?kind=invoice")
    open_row(page.get_by_test_id("document-row").first)
    expect(page.get_by_test_id("certificate-button")).to_be_visible(timeout=ANCHORED)


def test_some_fields_and_no_more(visit: SignIn, tmp_path: Path, picture: Any) -> None:
    page = visit("supplier", "/documents")
    open_invoice(page)
    page.get_by_test_id("disclose-button").click()
    page.get_by_test_id("disclose-common").click()
    page.get_by_role("searchbox").last.fill("SM3")
    page.get_by_test_id("field-/document/sm3").check()
    page.get_by_role("searchbox").last.fill("")
    picture(page, "disclose")
    with page.expect_download() as download:
        page.get_by_test_id("disclose-submit").click()
    file = tmp_path / "fields.json"
    download.value.save_as(file)
    bundle = json.loads(file.read_text())
    shown = {field["path"] for field in bundle["fields"]["disclosed"]}
    assert shown == {"/document/sm3", "/number", "/currency", "/totals/payable", "/issue_date", "/due_date"}

    outside = visit(None, "/verify")
    outside.get_by_test_id("verify-input").set_input_files(file)
    outside.get_by_test_id("record-only").click()
    expect(outside.get_by_test_id("verdict-kind")).to_have_attribute("data-verdict", "valid", timeout=ANCHORED)
    amount = next(field["value"] for field in bundle["fields"]["disclosed"] if field["path"] == "/totals/payable")
    expect(outside.locator("main")).to_contain_text(amount)
    picture(outside, "disclosed")

    bundle["fields"]["disclosed"][1]["value"] += "0"
    file.write_text(json.dumps(bundle))
    outside.goto("/verify")
    outside.get_by_test_id("verify-input").set_input_files(file)
    outside.get_by_test_id("record-only").click()
    expect(outside.get_by_test_id("verdict-kind")).to_have_attribute("data-verdict", "invalid")


def test_a_certificate_in_either_language(visit: SignIn, tmp_path: Path, picture: Any) -> None:
    page = visit("supplier", "/documents")
    open_invoice(page)
    for choice, words in (("中文", "存证证明"), ("英文", "Certificate of Evidence Preservation")):
        page.get_by_test_id("certificate-button").click()
        page.get_by_label(choice).check()
        picture(page, "certificate")
        with page.expect_download() as download:
            page.get_by_test_id("certificate-submit").click()
        file = tmp_path / "certificate.pdf"
        download.value.save_as(file)
        reader = PdfReader(file)
        assert words in reader.pages[0].extract_text()
        assert json.loads(reader.attachments["proof.json"][0])["anchors"]
        expect(page.get_by_test_id("certificate-submit")).to_have_count(0)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_dialogs_are_accessible_and_fit(visit: SignIn, language: str, size: dict[str, int], picture: Any) -> None:
    page = visit("supplier", "/documents", language=language, size=size)
    open_invoice(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for name in ("disclose", "certificate"):
        page.get_by_test_id(f"{name}-button").click()
        expect(page.get_by_test_id(f"{name}-submit")).to_be_visible()
        page.wait_for_timeout(500)  # the dialog has come to rest
        picture(page, f"{name}-{language}-{size['width']}")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.keyboard.press("Escape")
        expect(page.get_by_test_id(f"{name}-submit")).to_have_count(0)
