"""From an offer to money and back, in the browser, by its people: two on each side of every move of money."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from abs_platform.config.sample import trade as sample
from abs_platform.core import clock
from tests.browser.conftest import DESK, PHONE, SignIn
from tests.browser.rows import open_row
from tests.browser.test_pages import AXE, SETTLING

pytestmark = pytest.mark.browser

ASKED = "100,000.00"
ANOTHER_ORDER = "LY-PO-2026-0431"
REGISTERED = 60_000  # ms: several pledges' way to the chain and its answer back

Picture = Callable[[Page, str], None]


def clean(page: Page) -> None:
    """Nothing that axe finds, and nothing wider than the window, on a phone and on a desk."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(SETTLING)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found = [(rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in result["violations"]]
        assert not found, (page.url, found)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url


def type_amount(page: Page, amount: str) -> None:
    """The amount is typed back; another one does not do."""
    confirm = page.get_by_test_id("typed-amount-confirm")
    page.get_by_test_id("typed-amount").fill("1")
    expect(confirm).to_be_disabled()
    page.get_by_test_id("typed-amount").fill(amount)
    confirm.click()
    expect(page.get_by_test_id("typed-amount")).to_have_count(0)


def open_request(page: Page) -> None:
    page.goto("/financing/requests")
    open_row(page.get_by_test_id("request-row").filter(has_text=ASKED))
    expect(page.get_by_test_id("offer-card")).to_have_count(1)


def open_loan(page: Page) -> None:
    page.goto("/loans")
    open_row(page.get_by_test_id("loan-row").filter(has_text=ASKED))
    expect(page.get_by_test_id("loan-state")).to_be_visible()


def test_from_an_offer_to_money_and_back(visit: SignIn, picture: Picture) -> None:
    supplier, director = visit("supplier", "/"), visit("supplier-director", "/")
    open_request(supplier)
    picture(supplier, "offer")
    clean(supplier)
    supplier.get_by_test_id("offer-propose-acceptance").click()
    expect(supplier.get_by_text("大写").first).to_be_visible()
    type_amount(supplier, ASKED)
    expect(supplier.get_by_test_id("offer-state")).to_have_text("待第二人接受")
    expect(supplier.get_by_test_id("offer-accept")).to_have_count(0)  # the same person is not two

    open_request(director)
    director.get_by_test_id("offer-accept").click()
    type_amount(director, ASKED)
    expect(director.get_by_test_id("request-state")).to_have_text("已接受报价")

    financier, head = visit("financier", "/"), visit("financier-head", "/")
    open_loan(financier)
    expect(financier.get_by_test_id("pledge-row")).to_contain_text("生效", timeout=REGISTERED)
    financier.get_by_test_id("loan-propose-disbursement").click()
    financier.get_by_test_id("payee-account").fill("江南示例银行 6222 0000")
    financier.get_by_test_id("bank-reference").fill("FK-2026-0001")
    financier.get_by_test_id("record-save").click()
    expect(financier.get_by_test_id("loan-state")).to_have_text("放款待复核")
    expect(financier.get_by_test_id("loan-disburse")).to_have_count(0)
    open_loan(head)
    head.get_by_test_id("loan-disburse").click()
    head.route("**/disburse", lambda route: (route.fetch(), route.abort()), times=1)  # the answer is lost on its way
    head.get_by_test_id("typed-amount").fill(ASKED)
    head.get_by_test_id("typed-amount-confirm").click()
    expect(head.get_by_test_id("inline-failure")).to_be_visible()
    head.get_by_test_id("typed-amount-confirm").click()  # and what was done already is answered, not done again
    expect(head.get_by_test_id("typed-amount")).to_have_count(0)
    expect(head.get_by_test_id("loan-state")).to_have_text("还款中")
    expect(head.get_by_test_id("movement").first).to_contain_text("100,100.00")  # with the fee of 0.1 %
    picture(head, "loan")
    clean(head)

    head.goto("/portfolio")
    expect(head.get_by_test_id("portfolio-outstanding")).to_contain_text(
        "148,160.00"
    )  # with the demonstration's own loan
    picture(head, "portfolio")
    clean(head)
    head.get_by_test_id("portfolio-outstanding").get_by_role("link").click()
    expect(head.get_by_test_id("loan-row")).to_have_count(2)

    _told(visit("core", "/notices"), picture)
    _in_order(visit("financier", "/rights?state=encumbered"), picture)
    _paid_back(financier, head, picture)
    open_loan(supplier)
    expect(supplier.get_by_test_id("payment-row")).to_contain_text("90,000.00")


def _told(core: Page, picture: Picture) -> None:
    """The debtor reads whom to pay, on paper too, and signs that it was told."""
    open_row(core.get_by_test_id("notice-row").first)
    with core.expect_download() as paper:
        core.get_by_test_id("notice-pdf").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF-")
    picture(core, "notice")
    clean(core)
    core.get_by_test_id("notice-acknowledge").click()
    core.get_by_test_id("acknowledge-confirm").click()
    expect(core.get_by_test_id("notice-state")).to_have_text("已签收")


def _in_order(holder: Page, picture: Picture) -> None:
    """From the pledge over the chain and 中登 to the debtor's receipt; and who would win, before and after a rival is known."""
    open_row(holder.get_by_test_id("right-row").filter(has_text=sample.ORDER_NUMBER))
    expect(holder.get_by_test_id("chain-done")).to_be_visible()
    expect(holder.get_by_test_id("effect-notice")).to_contain_text("已签收")
    expect(holder.get_by_test_id("recorded-notice")).to_have_count(1)
    _record_search(holder, picture)
    wins = holder.get_by_test_id("who-wins")
    expect(wins).to_contain_text("尚未在中登登记")
    _record(holder, "12345678901234567890", days=2)
    expect(wins).to_contain_text("已于")
    _record(holder, "22345678901234567890", days=9, rival="另一家保理有限公司")
    expect(wins).to_contain_text("另一家保理有限公司优先")
    expect(holder.get_by_test_id("claimant")).to_have_count(2)
    picture(holder, "order-of-effect")
    clean(holder)


def _record_search(page: Page, picture: Picture) -> None:
    """What eligibility asks for is recorded, and no longer asked for."""
    rule = page.get_by_test_id("criterion").filter(has_text="中登网无他人登记")
    expect(rule).to_contain_text("30 天内没有查询记录")
    page.get_by_test_id("record-search").click()
    page.get_by_test_id("search-number").fill("CX20261128001")
    page.get_by_test_id("search-at").fill((clock.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    picture(page, "search")
    page.get_by_test_id("record-save").click()
    expect(page.get_by_test_id("search")).to_contain_text("CX20261128001")
    expect(rule).to_contain_text("没有他人登记")


def _record(page: Page, number: str, *, days: int, rival: str = "") -> None:
    """A registration of so many days ago, the pledge's own or a rival's."""
    page.get_by_test_id("record-registration").click()
    if rival:
        page.get_by_test_id("whose").select_option("rival")
        page.get_by_test_id("party").fill(rival)
    page.get_by_test_id("zhongdeng-number").fill(number)
    page.get_by_test_id("zhongdeng-at").fill((clock.now() - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_test_id("zhongdeng-until").fill((clock.today() + timedelta(days=365)).isoformat())
    page.get_by_test_id("record-save").click()
    expect(page.get_by_test_id("record-save")).to_have_count(0)


def _paid_back(financier: Page, head: Page, picture: Picture) -> None:
    """The debtor pays most of it; what it was used for is on the page, and the balance falls."""
    open_loan(financier)
    financier.get_by_test_id("loan-record-payment").click()
    financier.get_by_test_id("money-amount").fill("90,000")
    financier.get_by_test_id("bank-reference").fill("SK-2026-0001")
    financier.get_by_test_id("record-save").click()
    expect(financier.get_by_test_id("payment-state")).to_have_text("待复核")
    expect(financier.get_by_test_id("payment-confirm")).to_have_count(0)
    open_loan(head)
    head.get_by_test_id("payment-confirm").click()
    type_amount(head, "90,000.00")
    expect(head.get_by_test_id("payment-state")).to_have_text("已入账")
    expect(head.get_by_test_id("payment-row")).to_contain_text("本金")
    picture(head, "payment")
    clean(head)


def test_a_request_in_three_steps(visit: SignIn, picture: Picture) -> None:
    page = visit("supplier", "/financing/new")
    page.get_by_role("checkbox", name=re.compile(ANOTHER_ORDER)).check()
    picture(page, "request-rights")
    clean(page)
    page.get_by_test_id("next-step-button").click()
    until = clock.today() + timedelta(days=90)
    page.get_by_test_id("request-until").fill(until.isoformat())
    cards = page.get_by_test_id("programme-card")
    expect(cards).to_have_count(2)
    for card in cards.all():
        card.get_by_role("checkbox").check()
    page.get_by_test_id("request-amount").fill("99,999,999")
    expect(page.get_by_test_id("next-step-button")).to_be_disabled()
    page.get_by_test_id("request-amount").fill("50,000")
    picture(page, "request-terms")
    clean(page)
    page.get_by_test_id("next-step-button").click()
    expect(page.get_by_text("人民币伍万元整")).to_be_visible()
    picture(page, "request-check")
    clean(page)
    page.get_by_test_id("submit-request").click()
    expect(page.get_by_test_id("request-state")).to_have_text("等待报价")

    factor = visit("financier2", "/financing/requests")
    open_row(factor.get_by_test_id("request-row").filter(has_text="50,000.00"))
    expect(factor.get_by_test_id("requested-right")).to_contain_text(ANOTHER_ORDER)
    factor.get_by_test_id("make-offer").click()
    factor.get_by_test_id("offer-rate").fill("5.9")
    factor.get_by_test_id("offer-propose").click()
    expect(factor.get_by_test_id("offer-state")).to_have_text("资金方复核中")
    clean(factor)
    bank = visit("financier", "/financing/requests")
    open_row(bank.get_by_test_id("request-row").filter(has_text="50,000.00"))
    expect(bank.get_by_test_id("offer-card")).to_have_count(0)  # none sees another's offer
    bank.get_by_test_id("decline").click()
    bank.get_by_test_id("reason").fill("额度留给季末")
    bank.get_by_test_id("reason-confirm").click()
    expect(bank.get_by_test_id("invitation-row")).to_contain_text("额度留给季末")


def test_a_programme_is_opened_by_two(visit: SignIn, picture: Picture) -> None:
    maker = visit("financier", "/programmes")
    maker.get_by_test_id("new-programme").click()
    maker.get_by_test_id("programme-name").fill("岳岚集团到货融资（二期）")
    maker.get_by_test_id("programme-core").select_option(index=1)
    for field, value in (("limit", "5,000,000"), ("supplierLimit", "800,000"), ("annual", "4.6"), ("fee", "0.1")):
        maker.get_by_test_id(f"programme-{field}").fill(value)
    picture(maker, "programme")
    maker.get_by_test_id("programme-save").click()
    expect(maker.get_by_test_id("programme-state")).to_have_text("草稿")
    maker.get_by_test_id("programme-propose").click()
    expect(maker.get_by_test_id("programme-state")).to_have_text("待复核")
    expect(maker.get_by_test_id("programme-approve")).to_have_count(0)
    clean(maker)
    head = visit("financier-head", "/programmes")
    open_row(head.get_by_test_id("programme-row").filter(has_text="到货融资"))
    head.get_by_test_id("programme-approve").click()
    expect(head.get_by_test_id("programme-state")).to_have_text("开放")
