"""The verify page without a network: all that it needs is there once it is open, and only the chain is missed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, Stack
from tests.browser.rows import open_row

pytestmark = pytest.mark.browser

ANCHORED = 60_000
DISCLOSE = """async (count) => {
  const ask = async (path, options) => {
    const reply = await fetch(path, options);
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  };
  const token = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="))?.split("=")[1] ?? "";
  const { results } = await ask("/api/v1/documents");
  const read = results.find((each) => each.kind === "invoice");
  const body = JSON.stringify({ paths: ["/document/sm3", "/totals/payable", "/lines/0/amount"] });
  return ask(`/api/v1/documents/${read.id}/disclosure`, { method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": token } });
}"""


def states(page: Page) -> dict[str, str]:
    """Each link's result by its name."""
    links = page.get_by_test_id("verify-link")
    found: list[tuple[str, str]] = links.evaluate_all("all => all.map(each => [each.dataset.link, each.dataset.ok])")
    return dict(found)


def opened(visit: SignIn) -> Page:
    """The page, loaded and then cut off."""
    page = visit(None, "/verify")
    expect(page.get_by_test_id("trust-in-use")).to_be_visible()
    page.context.set_offline(True)
    return page


def test_a_file_is_checked_offline_and_then_with_the_chain(visit: SignIn, stack: Stack, tmp_path: Path) -> None:
    trust = stack.state / "trust.json"
    note = tmp_path / "offline.txt"
    note.write_text("12 pallets received")
    supplier = visit("supplier", "/documents")
    supplier.get_by_test_id("upload-input").set_input_files(note)
    row = supplier.get_by_test_id("document-row").filter(has_text=note.name).first
    expect(row.get_by_test_id("state-anchored")).to_be_visible(timeout=ANCHORED)
    open_row(row)
    with supplier.expect_download() as download:
        supplier.get_by_test_id("download-bundle").click()
    bundle = tmp_path / "offline.proof.json"
    download.value.save_as(bundle)

    page = opened(visit)
    page.get_by_test_id("verify-input").set_input_files([note, bundle])
    kind = page.get_by_test_id("verdict-kind")
    expect(kind).to_have_attribute("data-verdict", "unreachable", timeout=ANCHORED)
    expect(page.get_by_test_id("verdict")).to_contain_text("文件与证明均成立")
    found = states(page)
    proof = ("format", "file", "commitment", "log", "leaf", "checkpoint", "inclusion", "signature")
    assert {found[name] for name in proof} == {"true"}
    assert {ok for name, ok in found.items() if name.startswith("chain/")} == {"null"}

    changed = tmp_path / "changed.txt"
    changed.write_text("13 pallets received")
    page.get_by_test_id("verify-input").set_input_files([changed])
    expect(kind).to_have_attribute("data-verdict", "invalid")
    assert states(page)["file"] == "false"

    page.get_by_test_id("verify-input").set_input_files([note])
    expect(kind).to_have_attribute("data-verdict", "unreachable", timeout=ANCHORED)
    page.context.set_offline(False)
    page.get_by_test_id("check-again").click()
    expect(kind).to_have_attribute("data-verdict", "valid", timeout=ANCHORED)
    # Every chain of the trust file is named, also one that the bundle, taken as soon as one chain had it, has no anchor on.
    expect(page.get_by_test_id("verdict-chain")).to_have_count(len(json.loads(trust.read_text())["chains"]))


def test_disclosed_fields_are_shown_in_words(visit: SignIn, tmp_path: Path, picture: Any) -> None:
    supplier = visit("supplier", "/documents")
    expect(supplier.get_by_test_id("document-row").first).to_be_visible()
    made = supplier.evaluate(DISCLOSE)
    bundle = tmp_path / "disclosure.proof.json"
    bundle.write_text(json.dumps(made))

    page = opened(visit)
    page.get_by_test_id("verify-input").set_input_files([bundle])
    page.get_by_test_id("record-only").click()
    kind = page.get_by_test_id("verdict-kind")
    expect(kind).to_have_attribute("data-verdict", "unreachable", timeout=ANCHORED)
    shown = {field["path"]: field["value"] for field in made["fields"]["disclosed"]}
    for path, value in shown.items():
        expect(page.locator(f"[data-testid=disclosed-field][data-path='{path}']")).to_have_text(value)
    expect(page.get_by_text("合计 · 应付金额")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_test_id("check-again").click()
    expect(kind).to_have_attribute("data-verdict", "valid", timeout=ANCHORED)
    expect(page.get_by_test_id("verdict")).to_contain_text(re.compile("仅披露字段有效"))
    page.evaluate("scrollTo(0, 0)")
    picture(page, "verify-fields")

    made["fields"]["disclosed"][1]["value"] += "0"
    bundle.write_text(json.dumps(made))
    page.get_by_test_id("verify-input").set_input_files([bundle])
    expect(kind).to_have_attribute("data-verdict", "invalid")
    expect(page.get_by_test_id("disclosed-field")).to_have_count(0)
