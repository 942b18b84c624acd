"""A whole stack of its own, driven through a real browser as its users would."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = [sys.executable, "-m", "abs_platform.launch"]
OWN = ("ABS_", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

expect.set_options(timeout=20_000)  # what is waited for comes at once or, on a busy machine, later


@dataclass(frozen=True)
class Stack:
    """A running product: its address, and its demo accounts' passwords."""

    web: str
    passwords: dict[str, str]
    state: Path


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`./abs up` on a fresh state folder, as a newcomer would start it."""
    state = tmp_path_factory.mktemp("stack")
    env = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    chosen = ["--state", str(state)]
    subprocess.run([*LAUNCHER, "up", "--detach", "--port", "0", *chosen], cwd=ROOT, env=env, check=True)
    try:
        web = json.loads((state / "stack.json").read_text())["web"]
        accounts = json.loads((state / "demo-accounts.json").read_text())
        yield Stack(web, {account["username"]: account["password"] for account in accounts}, state)
    finally:
        subprocess.run([*LAUNCHER, "down", *chosen], cwd=ROOT, env=env, check=True)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """pytest-playwright's own fixture: Debian's Chromium, or the one that `./abs test` unpacked."""
    program = os.environ.get("ABS_CHROMIUM")
    assert program, "ABS_CHROMIUM is not set: run browser tests by `./abs test tests/browser`"
    return {"executable_path": program, "args": FLAGS}


SignIn = Callable[..., Page]


@pytest.fixture
def visit(stack: Stack, browser: Browser) -> Iterator[SignIn]:
    """visit("supplier", "/documents"): a page signed in as a demo account; any error on it fails the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(who: str | None, path: str = "/", *, language: str = "zh-CN", size: dict[str, int] = DESK) -> Page:
        context = browser.new_context(locale=language, viewport=size, base_url=stack.web, accept_downloads=True)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        # A refused or unreachable address is part of some stories; the browser reports each. Anything else is a fault.
        page.on(
            "console",
            lambda message: (
                troubles.append(f"{page.url}: {message.text}")
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        if who:
            page.goto("/login")
            page.get_by_test_id("login-username").fill(who)
            page.get_by_test_id("login-password").fill(stack.passwords[who])
            page.get_by_test_id("login-submit").click()
            page.get_by_test_id("sign-out").wait_for()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not troubles, troubles


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """picture(page, "trade"): keep a screenshot, where --pictures names a folder."""
    folder = request.config.getoption("--pictures")

    def take(page: Page, name: str) -> None:
        if folder:
            page.wait_for_timeout(400)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take
