"""A supplier imports a list that its ERP exported: columns recognised, two wrong cells mended by keyboard, imported, undone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, SignIn
from tests.browser.rows import open_row
from tests.browser.test_pages import AXE, SETTLING
from tests.imports import sheets

DONE = 60_000
ROWS, NUMBER, DATE, PRICE = slice(2, 5), 0, 1, 9

pytestmark = pytest.mark.browser


def invoices(folder: Path, prefix: str, *, price: str = "十元") -> Path:
    """The list of invoices of 用友 U8 with a day that does not exist in one, and a price that is none in the other."""
    rows = [list(row) for row in sheets.u8_invoices()]
    for row in rows[ROWS]:
        if row[NUMBER]:
            row[NUMBER] = prefix + str(row[NUMBER])[len(prefix) :]
    rows[1].append("车间")  # which is no field of ours
    rows[4][DATE] = "2026-02-30"
    rows[2][PRICE] = price
    path = folder / "销售发票列表.xlsx"
    path.write_bytes(sheets.as_xlsx(rows))
    return path


def send(page: Page, file: Path) -> None:
    """Upload the table and wait for its preview."""
    page.goto("/imports")
    page.get_by_test_id("import-input").set_input_files(file)
    expect(page.get_by_test_id("kind-invoice")).to_be_checked()
    page.get_by_test_id("import-send").click()
    expect(page.get_by_test_id("preview")).to_be_visible(timeout=DONE)


def faults(page: Page, width: int) -> list[Any]:
    """What axe finds, and whether the page is wider than the window."""
    page.wait_for_timeout(SETTLING)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found: list[Any] = [
        (rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in result["violations"]
    ]
    needed = page.evaluate("document.documentElement.scrollWidth")
    return [*found, ("scrolls sideways", needed)] if needed > width else found


def test_from_upload_to_undo(visit: SignIn, tmp_path: Path, picture: Any) -> None:
    page = visit("supplier")
    send(page, invoices(tmp_path, "24322000000000009"))
    expect(page.get_by_test_id("preview-counts")).to_have_attribute("data-wrong", "2")

    page.get_by_test_id("remap-button").click()
    expect(page.get_by_test_id("map-0")).to_have_value("number")
    expect(page.get_by_test_id("map-columns")).to_contain_text("用友")
    expect(page.get_by_test_id("preset")).to_have_value("guess")
    page.get_by_test_id("map-0").select_option("")
    page.get_by_test_id("preset").select_option(label="SAP")
    expect(page.get_by_test_id("preset-fit")).to_have_attribute("data-own", "0")
    expect(page.get_by_test_id("map-0")).to_have_value("number")
    page.get_by_test_id("preset").select_option(label="用友 U8")
    expect(page.get_by_test_id("preset-fit")).to_have_attribute("data-own", "10")
    expect(page.get_by_test_id("preset-fit")).to_contain_text("车间")
    picture(page, "import-preset")
    page.get_by_test_id("map-0").select_option("")
    expect(page.get_by_test_id("map-missing")).to_have_attribute("data-missing", "number")
    expect(page.get_by_test_id("map-submit")).to_be_disabled()
    page.get_by_test_id("map-0").select_option("number")
    page.get_by_test_id("map-keep").check()
    page.get_by_test_id("map-name").fill("岚岳集团")
    picture(page, "import-map")
    page.get_by_test_id("map-submit").click()
    expect(page.get_by_test_id("preview-counts")).to_have_attribute("data-wrong", "2", timeout=DONE)

    page.get_by_test_id("segment-wrong").click()
    expect(page.get_by_test_id("sheet-row")).to_have_count(2)
    page.get_by_test_id("next-error").click()
    expect(page.get_by_test_id("cell-bar")).to_contain_text("十元")
    picture(page, "import-error")
    page.keyboard.press("Enter")
    page.get_by_test_id("cell-input").fill("99")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("cell-bar")).to_contain_text("十元")
    page.keyboard.press("Enter")
    page.get_by_test_id("cell-input").fill("10")
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("cell-input")).to_have_value("2026-02-30")
    expect(page.get_by_test_id("preview-counts")).to_have_attribute("data-wrong", "1")
    page.get_by_test_id("cell-input").fill("2026-02-28")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("preview-counts")).to_have_attribute("data-wrong", "0")
    expect(page.locator("[data-state=mended]")).to_have_count(2)
    expect(page.get_by_test_id("cell-bar")).to_contain_text("2026-02-30")  # what the file says

    with page.expect_response(lambda answer: answer.url.endswith("/import")):
        page.get_by_test_id("import-button").click()
    page.reload()
    expect(page.get_by_test_id("import-imported")).to_be_visible(timeout=DONE)
    expect(page.get_by_test_id("entry-row")).to_have_count(2)
    picture(page, "import-result")
    open_row(page.get_by_test_id("entry-row").first)
    expect(page.locator("h1")).to_contain_text("24322000000000009")
    page.go_back()

    page.get_by_test_id("undo-button").click()
    expect(page.get_by_test_id("undo-follows")).to_be_visible()
    picture(page, "import-undo")
    page.get_by_test_id("undo-confirm").click()
    expect(page.get_by_test_id("import-undone")).to_be_visible(timeout=DONE)
    expect(page.get_by_test_id("entry-row").first.get_by_role("link")).to_have_count(0)
    page.goto("/documents?search=24322000000000009")
    expect(page.get_by_test_id("document-row")).to_have_count(0)

    send(page, invoices(tmp_path, "24322000000000008", price="10"))
    expect(page.get_by_test_id("preview")).to_contain_text("岚岳集团")  # the saved mapping was taken
    page.get_by_test_id("remap-button").click()
    expect(page.get_by_test_id("preset").locator("option:checked")).to_have_text("已存：岚岳集团")
    page.get_by_test_id("map-back").click()
    page.get_by_test_id("import-button").click()
    page.get_by_test_id("leave-wrong").click(trial=True)
    page.keyboard.press("Escape")
    page.get_by_test_id("discard-button").click()
    page.get_by_test_id("discard-confirm").click()
    expect(page.get_by_test_id("preview")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_its_pages_are_accessible_and_fit(visit: SignIn, tmp_path: Path, language: str, picture: Any) -> None:
    page = visit("supplier", language=language)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = []

    def look(name: str, ready: str) -> None:
        for size in (DESK, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            expect(page.get_by_test_id(ready).first).to_be_visible()
            found.extend((name, size["width"], *fault) for fault in faults(page, size["width"]))
            picture(page, f"import-{name}-{language}-{size['width']}")
        page.set_viewport_size(DESK)  # type: ignore[arg-type]

    send(page, invoices(tmp_path, "2432200000000000" + ("6" if language == "zh-CN" else "7")))
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for size, row in ((DESK, "sheet-row"), (PHONE, "row-card")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        expect(page.get_by_test_id(row).first).to_be_visible()
        found += [("preview", size["width"], *fault) for fault in faults(page, size["width"])]
        picture(page, f"import-preview-{language}-{size['width']}")
    card = page.locator("[data-testid=row-card][data-number='3']")
    card.get_by_role("button", name=re.compile("十元")).click()
    page.get_by_test_id("card-input").fill("10")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("preview-counts")).to_have_attribute("data-wrong", "1")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.get_by_test_id("remap-button").click()
    look("map", "map-0")
    page.get_by_role("link", name=re.compile("返回导入列表|Back to imports")).click()
    look("list", "import-row")
    assert not found, "\n".join(map(str, found))
