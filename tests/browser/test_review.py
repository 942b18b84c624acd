"""The review desk worked by keyboard: a photograph typed in, put right, taken back; nothing unsaved is lost by a key."""

import io
import re
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, SignIn
from tests.browser.rows import open_row
from tests.browser.test_pages import AXE, SETTLING
from tests.browser.test_story import ANCHORED

pytestmark = pytest.mark.browser

NAME = "IMG_20260313_岚岳智能装备股份有限公司_三月第二批轴承发票照片（财务扫描件）.jpg"


def photograph() -> bytes:
    picture = Image.new("RGB", (1200, 800), "#efe9dc")
    ImageDraw.Draw(picture).rectangle((100, 100, 1100, 700), outline="#554433", width=4)
    made = io.BytesIO()
    picture.save(made, "JPEG")
    return made.getvalue()


def field(page: Page, path: str) -> Any:
    return page.locator(f'[data-path="{path}"]')


def faults(page: Page) -> list[Any]:
    """What axe finds at both widths, and what is wider than the window."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(SETTLING)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found += [(rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in result["violations"]]
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            found.append(("scrolls sideways", size["width"]))
    return found


def save(page: Page, reason: str, version: int) -> None:
    """Say why and save, all by keyboard."""
    page.get_by_test_id("reason").fill(reason)
    page.keyboard.press("Control+Enter")
    expect(page.locator(f'[data-testid=version][data-number="{version}"]')).to_be_visible(timeout=ANCHORED)


def test_a_photograph_is_typed_in_by_keyboard(visit: SignIn, picture: Any) -> None:
    page = visit("supplier", "/documents")
    number = "26332000000012345678"
    page.get_by_test_id("upload-input").set_input_files(
        [{"name": NAME, "mimeType": "image/jpeg", "buffer": photograph()}]
    )
    row = page.get_by_test_id("document-row").filter(has_text=NAME).first
    expect(row).to_contain_text(re.compile("作为附件保存|Kept as attachment"), timeout=ANCHORED)
    open_row(row)
    page.get_by_test_id("review-link").click()
    expect(page.get_by_test_id("preview-page")).to_be_visible(timeout=ANCHORED)
    assert page.get_by_test_id("preview-page").evaluate("image => image.naturalWidth") == 1200

    page.keyboard.press("?")
    expect(page.get_by_test_id("key-help-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("key-help-list")).to_be_hidden()

    # `e` goes to the first field; typing there is typing, whatever the letters.
    page.keyboard.press("e")
    expect(field(page, "kind")).to_be_focused()
    field(page, "kind").select_option("invoice")
    page.keyboard.press("Tab")
    page.keyboard.type(number)
    page.keyboard.press("Tab")
    page.keyboard.type("2026-03-13")
    page.keyboard.press("Tab")
    page.keyboard.type("CNY")
    page.get_by_test_id("seller-is-us").click()
    field(page, "buyer.name").fill("jjkke?")
    expect(field(page, "buyer.name")).to_have_value("jjkke?")
    field(page, "buyer.name").fill("岚岳智能装备股份有限公司")
    for line, (name, quantity, price) in enumerate(
        [("深沟球轴承 6205-2RS 高速静音型（出口包装，含检测报告）", "120000", "9.8"), ("x", "1", "1")]
    ):
        page.get_by_test_id("add-line").click()
        expect(field(page, f"lines.{line}.item_name")).to_be_focused()
        page.keyboard.type(name)
        field(page, f"lines.{line}.quantity").fill(quantity)
        field(page, f"lines.{line}.price").fill(price)
    # The second line was none: picked and deleted.
    page.get_by_test_id("desk-line").nth(1).get_by_role("checkbox").check()
    page.get_by_test_id("delete-picked").click()
    expect(page.get_by_test_id("desk-line")).to_have_count(1)
    # Nothing is filled in by itself; what the figures make is offered.
    assert field(page, "lines.0.amount").input_value() == ""
    page.get_by_test_id("desk-line").get_by_role("button", name=re.compile("采用|Use")).click()
    expect(field(page, "lines.0.amount")).to_have_value("1176000.00")
    field(page, "lines.0.tax").fill("152880.00")
    field(page, "totals.payable").fill("1328880.00")
    expect(page.locator("main")).to_contain_text("壹佰叁拾贰万捌仟捌佰捌拾元整")
    picture(page, "review")

    # A key never throws away what is not saved: it asks.
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_test_id("guard-stay")).to_be_visible()
    page.get_by_test_id("guard-stay").click()
    expect(field(page, "number")).to_have_value(number)

    # Without a reason nothing is saved, and the cursor goes where it belongs.
    field(page, "totals.payable").press("Control+Enter")
    expect(page.get_by_test_id("reason")).to_be_focused()
    save(page, "照原件录入", 1)
    expect(page.get_by_test_id("typed-in")).to_be_visible()
    expect(page.get_by_test_id("finding").and_(page.locator("[data-code=typed_in]"))).to_be_visible()

    # A remark leads to its field; the correction is a version, and can be taken back.
    field(page, "lines.0.amount").fill("1276000.00")
    save(page, "数量看错", 2)
    finding = page.locator("[data-testid=finding][data-code=line_arithmetic]")
    finding.get_by_role("button").click()
    expect(field(page, "lines.0.amount")).to_be_focused()
    expect(field(page, "lines.0.amount")).to_have_attribute("aria-invalid", "true")
    assert not faults(page)
    picture(page, "review-remark")
    page.get_by_test_id("undo").click()
    expect(page.locator('[data-testid=version][data-number="3"]')).to_be_visible(timeout=ANCHORED)
    expect(field(page, "lines.0.amount")).to_have_value("1176000.00")

    # On to the next document without a question, and back.
    here = page.url
    page.locator("h1").click()
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != here)
    expect(page.get_by_test_id("previous")).to_be_visible()  # the newest document has none before it
    page.keyboard.press("k")
    page.wait_for_url(here)

    english = visit("supplier", here, language="en-US")
    expect(english.get_by_test_id("typed-in")).to_contain_text("Typed in by")
    assert not faults(english)
    picture(english, "review-en")


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_a_duplicate_beside_its_original(visit: SignIn, picture: Any, language: str) -> None:
    page = visit("supplier", "/documents?state=duplicate", language=language)
    open_row(page.get_by_test_id("document-row").first)
    page.get_by_test_id("attention").get_by_role("link").last.click()
    expect(page.get_by_test_id("differences")).to_be_visible()
    assert not faults(page)
    picture(page, f"compare-{language}")
