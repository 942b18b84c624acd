"""Story 7. From accepted goods to a pledge: a supplier asks for money on its rights, a financier offers, two people on each side
agree, the rights are held once and registered, and the debtor is told to whom it owes now."""

import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader

from abs_platform.core import clock, jobs
from abs_platform.crypto import commitments, sm2, sm3
from abs_platform.financing import offers, pledging
from abs_platform.financing.models import Notice, Pledge
from abs_platform.ledger.models import Record
from abs_platform.rights.models import Right
from tests.support.callers import Body
from tests.support.financing import performed, register, second, until_of
from tests.support.papers import Papers, line
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

PROGRAMME = {
    "name": "岳岚集团供应商应收账款保理",
    "currency": "CNY",
    "limit": "5000000.00",
    "supplier_limit": "1000000.00",
    "min_rung": 3,
    "advance_rates": [{"rung": 3, "rate": "0.70"}, {"rung": 4, "rate": "0.80"}, {"rung": 5, "rate": "0.90"}],
    "max_tenor_days": 180,
    "grace_days": 3,
    "method": "assignment",
    "recourse": True,
    "annual_rate": "0.0435",
    "fee_rate": "0.002",
    "day_count": "ACT/360",
}


class Story:
    """Two people on each side, who act in a browser."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clerk, self.director = world.supplier.browser, second(world.supplier).browser
        self.banker, self.head = world.bank.browser, second(world.bank).browser
        self.rights = [performed(world, "PO-701"), performed(world, "PO-702", price="20.00")]

    def programme(self) -> str:
        """Drafted and proposed by one of the bank, approved by another."""
        body = {**PROGRAMME, "core_enterprise": self.world.core.id}
        row = self.banker.post("financing/programmes", body, status=201)
        assert (row["state"], row["allowed_actions"]) == ("draft", ["change", "propose", "close"])
        assert self.clerk.rows("financing/programmes") == [], "nobody else's business yet"
        address = f"financing/programmes/{row['id']}"
        proposed = self.banker.post(f"{address}/propose")
        assert proposed["allowed_actions"] == ["send_back"], "not one's own proposal"
        seen = self.head.get(address)
        assert "approve" in seen["allowed_actions"]
        # What is approved is what was read: a limit raised in between is seen first.
        self.banker.post(f"{address}/send-back")
        self.banker.post(f"{address}/change", {**body, "limit": "99000000.00"})
        self.banker.post(f"{address}/propose")
        assert self.head.post(f"{address}/approve", {"terms": seen["terms"]}, status=409)["code"] == "terms_changed"
        self.banker.post(f"{address}/send-back")
        self.banker.post(f"{address}/change", body)
        self.banker.post(f"{address}/propose")
        assert self.head.post(f"{address}/approve", {"terms": seen["terms"]})["state"] == "active"
        return str(row["id"])

    def request(self, programme: str, amount: str) -> Body:
        """Asked on both rights, for what was shown that they carry."""
        ids = [str(right.id) for right in self.rights]
        until = until_of(self.rights).isoformat()
        [verdict] = self.clerk.get("financing/eligibility", rights=ids, until=until)["programmes"]
        assert (verdict["eligible"], verdict["obstacles"]) == (True, [])
        self.most = Decimal(verdict["most"])
        assert self.most == sum(Decimal(each["carried"]) for each in verdict["rights"])
        body = {"rights": ids, "programmes": [programme], "until": until}
        above = self.clerk.post("financing/requests", {**body, "amount": str(self.most + 1)}, status=422)
        assert (above["code"], above["params"]["most"]) == ("amount_above_most", verdict["most"])
        row = self.clerk.post("financing/requests", {**body, "amount": amount, "note": "采购钢材"}, status=201)
        assert self.banker.rows("financing/requests") == [], "a draft is the supplier's own"
        return self.clerk.post(f"financing/requests/{row['id']}/submit")

    def offer(self, request: Body, amount: str) -> Body:
        """By two people of the bank."""
        [invitation] = self.banker.get(f"financing/requests/{request['id']}")["invitations"]
        terms = {name: PROGRAMME[name] for name in ("method", "recourse", "annual_rate", "fee_rate", "day_count")}
        valid_until = clock.now().replace(microsecond=0) + timedelta(days=5)
        body = {**terms, "amount": amount, "maturity": request["until"], "valid_until": valid_until.isoformat()}
        row = self.banker.post(f"financing/invitations/{invitation['id']}/offers", body, status=201)
        assert self.clerk.rows("financing/offers") == [], "not before a second person of the bank looked at it"
        return self.head.post(f"financing/offers/{row['id']}/approve")

    def accept(self, offer: Body) -> Body:
        """By two people of the supplier, each typing the amount."""
        address = f"financing/offers/{offer['id']}"
        wrong = self.clerk.post(f"{address}/propose-acceptance", {"amount": "1.00"}, status=422)
        assert wrong["code"] == "amount_not_repeated"
        self.clerk.post(f"{address}/propose-acceptance", {"amount": offer["amount"]})
        alone = self.clerk.post(f"{address}/accept", {"amount": offer["amount"]}, status=403)
        assert alone["code"] == "second_person_needed"
        return self.director.post(f"{address}/accept", {"amount": offer["amount"]})


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_from_accepted_goods_to_a_pledge_and_its_notice(story: Story) -> None:
    world = story.world
    programme = story.programme()
    assert [row["id"] for row in story.clerk.rows("financing/programmes")] == [programme]
    request = story.request(programme, "2000.00")

    # What is asked for opens just the trades that it is about, and each look is on record.
    assert len(world.bank.browser.rows("trades")) == 2
    seen = story.banker.get(f"financing/requests/{request['id']}")
    assert (len(seen["rights"]), seen["hidden_rights"]) == (2, 0)
    assert [row["action"] for row in story.clerk.rows("accesses")].count("viewed") == 2
    assert world.factor.browser.rows("trades") == []
    [grant] = story.banker.rows("grants")
    assert (grant["purpose"], len(grant["trades"]), grant["whole"]) == ("financing", 2, False)

    offer = story.offer(request, "1800.00")
    assert (offer["maker"]["name"], offer["checker"] is not None) == ("bank person", True)
    [shown] = story.clerk.rows("financing/offers")
    assert (shown["amount"], shown["maker"], shown["allowed_actions"]) == (
        "1800.00", None, ["propose_acceptance", "reject"],
    )  # fmt: skip
    accepted = story.accept(offer)
    assert accepted["state"] == "accepted" and accepted["loan"]

    # The rights are held: for their shares, by the bank, and nobody can ask on them again.
    pledges = story.clerk.rows("financing/pledges")
    assert {row["state"] for row in pledges} == {"registering"}
    assert sum(Decimal(row["held_for"]) for row in pledges) == Decimal("1800.00")
    assert story.clerk.get(f"financing/requests/{request['id']}")["state"] == "accepted"
    until = until_of(story.rights).isoformat()
    [verdict] = story.clerk.get("financing/eligibility", rights=[pledges[0]["right"]], until=until)["programmes"]
    assert (verdict["eligible"], verdict["rights"][0]["obstacles"]) == (False, ["not_free"])

    # The debtor hears of it once the registry holds all of it, and not before.
    core = world.core.browser
    assert core.rows("financing/notices") == core.rows("financing/pledges") == []
    register(Pledge.objects.first().loan)  # type: ignore[union-attr]  # there are two
    [notice] = core.rows("financing/notices")
    assert (notice["state"], notice["holder"]["id"], notice["total"]) == ("sent", world.bank.id, "3390.00")
    assert len(core.rows("financing/pledges")) == 2
    payees = {row["payee"]["id"] for row in core.rows("financing/dues", side="payable")}
    assert payees == {world.bank.id}, "what it owes is the bank's now"
    receipt = core.post(f"financing/notices/{notice['id']}/acknowledge")
    assert (receipt["state"], receipt["acknowledged_by"]) == ("acknowledged", "core person")
    for member in (world.supplier, world.bank):
        assert member.browser.get(f"financing/notices/{notice['id']}")["state"] == "acknowledged"


def test_notice_and_receipt_can_be_checked_by_anybody(story: Story) -> None:
    request = story.request(story.programme(), "1000.00")
    story.accept(story.offer(request, "1000.00"))
    register(Pledge.objects.first().loan)  # type: ignore[union-attr]  # there are two
    core = story.world.core.browser
    [row] = core.rows("financing/notices")
    core.post(f"financing/notices/{row['id']}/acknowledge")
    shown = core.get(f"financing/notices/{row['id']}")
    statement = shown["statement"].encode()
    assert sm2.verify(bytes.fromhex(shown["public_key"]), statement, bytes.fromhex(shown["signature"]))
    assert sm3.sm3(statement).hex() == shown["statement_sm3"]
    assert json.loads(shown["acknowledgement"])["notice_sm3"] == shown["statement_sm3"]
    notice = Notice.objects.get()
    record = Record.objects.get(id=shown["record"])
    assert bytes(record.commitment) == commitments.commit("abs/notice/v1", bytes(notice.salt), statement)
    said = json.loads(statement)
    assert {each["order_number"] for each in said["rights"]} == {"PO-701", "PO-702"}
    for language, title, words in (
        ("zh", "债权转让通知书", "人民币叁仟叁佰玖拾元整"),
        ("en", "Notice of assignment", "core person"),
    ):
        paper = core.send("GET", f"financing/notices/{row['id']}/file", lang=language)
        reader = PdfReader(io.BytesIO(paper.content))
        text = "".join(page.extract_text() for page in reader.pages)
        assert title in text and words in text and "PO-701" in text, text
        [attached] = reader.attachments["notice.json"]
        assert json.loads(attached)["statement"] == shown["statement"]


def test_what_another_platform_holds_is_lent_on_by_nobody(story: Story) -> None:
    request = story.request(story.programme(), "1000.00")
    story.accept(story.offer(request, "1000.00"))
    taken, other = Pledge.objects.order_by("id")
    pledging.registered(pledge_id=other.id)
    pledging.refused(pledge_id=taken.id, reason="already pledged")
    pledging.refused(pledge_id=taken.id, reason="told twice")
    assert dict(Pledge.objects.values_list("id", "state")) == {taken.id: "refused", other.id: "released"}
    assert {right.state for right in Right.objects.all()} == {"free"}
    assert taken.loan.__class__.objects.get().state == "cancelled"
    assert story.clerk.get(f"financing/requests/{request['id']}")["state"] == "cancelled"
    assert story.world.core.browser.rows("financing/notices") == [], "the debtor never heard of it"
    assert [grant["state"] for grant in story.banker.rows("grants")] == ["revoked"]


def test_consent_that_is_revoked_ends_what_the_financier_may_do(story: Story) -> None:
    request = story.request(story.programme(), "1000.00")
    [grant] = story.clerk.rows("grants")
    story.clerk.post(f"grants/{grant['id']}/revoke")
    seen = story.banker.get(f"financing/requests/{request['id']}")
    assert (seen["rights"], seen["hidden_rights"]) == ([], 2)
    [invitation] = seen["invitations"]
    terms = {name: PROGRAMME[name] for name in ("method", "recourse", "annual_rate", "fee_rate", "day_count")}
    valid_until = (clock.now() + timedelta(days=1)).isoformat()
    body = {**terms, "amount": "1000.00", "maturity": request["until"], "valid_until": valid_until}
    refused = story.banker.post(f"financing/invitations/{invitation['id']}/offers", body, status=409)
    assert refused["code"] == "consent_ended"
    answer = story.banker.post(f"financing/invitations/{invitation['id']}/decline", {"reason": "看不到单据"})
    assert answer["state"] == "declined"


def test_a_credit_note_after_the_pledge_raises_one_alert(story: Story) -> None:
    request = story.request(story.programme(), "2600.00")
    story.accept(story.offer(request, "2600.00"))
    papers = Papers(number="PO-702", lines=(line(price="20.00"),))
    story.world.supplier.submit({"credit.xml": papers.credit()})
    drain()
    alerts = [row for row in story.world.officer.browser.rows("alerts") if row["rule"] == "encumbered_right_shrank"]
    assert [(row["severity"], row["currency"]) for row in alerts] == [("critical", "CNY")]
    tasks = {each["code"]: each["link"] for each in story.banker.get("home")["tasks"]}
    assert tasks["rights_shrank"].startswith("/loans/"), "who lent on it hears of it too"
    jobs.drain(kinds=["rights.compute"])
    story.world.supplier.submit({"credit2.xml": papers.credit(number="C-2")})
    drain()
    alerts = [row for row in story.world.officer.browser.rows("alerts") if row["rule"] == "encumbered_right_shrank"]
    assert len(alerts) == 1, "once for each pledge"


def test_what_was_offered_lapses_with_its_time(story: Story) -> None:

    request = story.request(story.programme(), "1000.00")
    offer = story.offer(request, "1000.00")
    with clock.at(clock.now() + timedelta(days=6)):
        late = story.clerk.post(f"financing/offers/{offer['id']}/propose-acceptance", {"amount": "1000.00"}, status=409)
        assert late["code"] == "offer_expired"
        assert offers.expire() == 1
        assert offers.expire() == 0
    assert story.clerk.get(f"financing/offers/{offer['id']}")["state"] == "expired"
    [invitation] = story.banker.get(f"financing/requests/{request['id']}")["invitations"]
    assert (invitation["state"], invitation["allowed_actions"]) == ("open", ["offer", "decline"])
    with clock.at(clock.now() + timedelta(days=400)):
        assert offers.expire() == 1
    assert story.clerk.get(f"financing/requests/{request['id']}")["state"] == "expired"


def test_lists_leave_as_tables(story: Story) -> None:
    request = story.request(story.programme(), "1000.00")
    story.accept(story.offer(request, "1000.00"))
    for path, needle in (("financing/requests/export", request["id"]), ("financing/pledges/export", "PO-701")):
        for language in ("zh", "en"):
            answer = story.clerk.send("GET", path, file="csv", lang=language)
            assert answer.status_code == 200
            assert needle in b"".join(answer).decode("utf-8-sig")
