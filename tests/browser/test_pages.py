"""Every page of every persona: accessible (axe-core), no sideways scrolling on a phone, both languages, by keyboard."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, ROOT, SignIn

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHINESE = re.compile("[\u4e00-\u9fff]")
SETTLING = 300  # ms: what fades in or slides is where it stays

PAGES: dict[str | None, tuple[str, ...]] = {
    None: ("/login", "/verify"),
    "supplier": (
        "/",
        "/documents",
        "/documents/*",
        "/imports",
        "/trades",
        "/trades/*",
        "/rights",
        "/rights/*",
        "/expected",
        "/financing/new",
        "/financing/requests",
        "/financing/requests/*",
        "/loans",
        "/notices",
        "/consents",
        "/nowhere",
        "/ledger",
        "/ledger?q=1",
        "/ledger/channels/main",
        "/ledger/checkpoints/main/*",
        "/ledger/records",
        "/ledger/records/*",
    ),
    "core": (
        "/",
        "/confirmations",
        "/confirmations/*",
        "/desk",
        "/desk/proposals",
        "/documents/*",
        "/trades",
        "/trades/*",
        "/rights",
        "/rights/*",
        "/obligations",
        "/ledger/records",
    ),
    "financier": (
        "/",
        "/financing/requests",
        "/financing/requests/*",
        "/loans",
        "/portfolio",
        "/programmes",
        "/programmes/*",
        "/notices",
        "/suppliers",
        "/access",
        "/documents/*",
        "/trades",
        "/trades/*",
        "/rights",
        "/rights/*",
        "/ledger",
    ),
    "risk": ("/", "/alerts", "/alerts/*", "/ledger"),
    "operator": ("/", "/operations", "/operations/ledger", "/organisations", "/ledger"),
    "nobody": ("/",),
}
CASES = [(who, language) for who in PAGES for language in ("zh-CN", "en-GB")]

pytestmark = pytest.mark.browser


def _open(page: Page, path: str) -> None:
    """The page, as a link leads to it, once it has settled; "/trades/*" is the first entry of the list."""
    page.evaluate(
        "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')) }",
        path.removesuffix("/*"),
    )
    expect(page.locator("main h1")).to_be_visible()
    if path.endswith("/*"):
        link = page.locator(f"main a[href^='{path.removesuffix('*')}']").first
        link.click()
        expect(page).to_have_url(re.compile(f"{path.removesuffix('*')}[0-9a-f-]+"))
        expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("[aria-busy='true']")).to_have_count(0)


def _faults(page: Page, width: int) -> list[Any]:
    """What axe finds on the page as it stands, and whether it is wider than the window."""
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found: list[Any] = [
        (rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in result["violations"]
    ]
    needed = page.evaluate("document.documentElement.scrollWidth")
    return [*found, ("scrolls sideways", needed)] if needed > width else found


@pytest.mark.parametrize(("who", "language"), CASES)
def test_pages_are_accessible_and_fit(visit: SignIn, who: str | None, language: str) -> None:
    page = visit(who, "/login" if who is None else "/", language=language)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = []
    for path in PAGES[who]:
        _open(page, path)
        language_of_page = page.evaluate("document.documentElement.lang")
        assert language_of_page.startswith(language[:2]), (path, language_of_page)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.wait_for_timeout(SETTLING)
            found += [(path, size["width"], *fault) for fault in _faults(page, size["width"])]
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
    assert not found, "\n".join(map(str, found))


def test_the_language_follows_the_browser_and_the_switch_persists(visit: SignIn) -> None:
    page = visit(None, "/login", language="en-US")
    expect(page.get_by_test_id("login-submit")).to_have_text(re.compile("Sign in"))
    page.get_by_test_id("language-switch").click()
    expect(page.get_by_test_id("login-submit")).to_have_text(CHINESE)
    page.reload()
    expect(page.get_by_test_id("login-submit")).to_have_text(CHINESE)
    doubtful = visit(None, "/login", language="fr-FR")
    expect(doubtful.get_by_test_id("login-submit")).to_have_text(CHINESE)


def test_the_queue_is_worked_by_keyboard(visit: SignIn) -> None:
    page = visit("core", "/confirmations")
    expect(page.get_by_test_id("queue-row").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/confirmations/[0-9a-f-]+"))


def test_signing_in_by_keyboard_alone(visit: SignIn, stack: Any) -> None:
    page = visit(None, "/login")
    page.get_by_test_id("login-username").focus()
    page.keyboard.type("supplier")
    page.keyboard.press("Tab")
    page.keyboard.type(stack.passwords["supplier"])
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("next-step").first).to_be_visible()
