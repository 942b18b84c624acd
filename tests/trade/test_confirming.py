"""The core enterprise signs exactly what it was shown; the financial confirmation comes last."""

import json
import re
import shutil
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from abs_platform.core import clock
from abs_platform.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from abs_platform.core.models import AuditEntry
from abs_platform.crypto import sm2, sm3
from abs_platform.crypto.commitments import commit
from abs_platform.ledger.models import Record
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import ALL_ROLES
from abs_platform.trade import signing
from abs_platform.trade.models import PaymentConfirmation, SignedDecision, TradeDocument
from abs_platform.trade.states import TRANSITIONS, Confirmation, first_state
from tests.support.database import rolled_back
from tests.support.papers import Papers, line
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-3", lines=(line("1", "100", "10.00"),))
TERMS = {"amount": Decimal("900.00"), "due_date": date(2027, 1, 31), "account": "6200 0001"}


def test_a_confirmation_signs_the_statement_that_the_sheet_showed(world: World) -> None:
    [order, *_] = world.supplier.submit(PAPERS.all())
    sheet = world.core.browser.get(f"confirmations/{order.id}")
    assert sheet["content_digest"] == sm3.sm3(sheet["statement"].encode()).hex()
    shown = json.loads(sheet["statement"])
    assert shown["document"]["sm3"] == order.digest
    assert [item["quantity"] for item in shown["document"]["lines"]] == ["100"]

    done = world.core.browser.post(f"confirmations/{order.id}/confirm", {"content_digest": sheet["content_digest"]})
    assert done["state"] == "confirmed"
    [signature] = done["signatures"]
    signed = json.loads(signature["statement"])
    assert signed["content"] == sheet["statement"], "to the letter"
    assert (signed["decision"], signed["person"]) == ("confirm", "core person")
    assert signature["custodial"] is True
    assert sm2.verify(
        bytes.fromhex(signature["public_key"]), signature["statement"].encode(), bytes.fromhex(signature["signature"])
    )
    assert not sm2.verify(
        bytes.fromhex(signature["public_key"]),
        signature["statement"].replace("confirm", "dispute").encode(),
        bytes.fromhex(signature["signature"]),
    )
    key = world.core.organisation.keys.get(purpose="signing")
    assert signature["public_key"] == bytes(key.public).hex(), "with the organisation's own key"


def test_the_openssl_program_agrees_with_a_signature(world: World, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl program is not installed")
    [order] = world.supplier.submit({"o": PAPERS.order()})
    world.core.decide(order)
    decision = SignedDecision.objects.get()
    # SubjectPublicKeyInfo of an SM2 key (GM/T 0015): id-ecPublicKey, sm2p256v1, the point.
    algorithm = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
    point = bytes(decision.public_key)
    spki = bytes([0x30, len(algorithm) + 3 + len(point)]) + algorithm + bytes([0x03, len(point) + 1, 0x00]) + point
    (tmp_path / "key.der").write_bytes(spki)
    (tmp_path / "signature").write_bytes(bytes(decision.signature))

    def verified(statement: str) -> bool:
        (tmp_path / "statement").write_text(statement)
        command = [
            openssl, "pkeyutl", "-verify", "-pubin", "-inkey", "key.der", "-keyform", "DER", "-rawin",
            "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-in", "statement", "-sigfile", "signature",
        ]  # fmt: skip
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0

    assert verified(decision.statement)
    assert not verified(decision.statement + " ")


def test_the_signed_statement_is_committed_to_in_the_log(world: World) -> None:
    [order] = world.supplier.submit({"o": PAPERS.order()})
    world.core.decide(order)
    decision = SignedDecision.objects.get()
    record = Record.objects.get(id=decision.record_id)
    assert record.template == "confirmation.confirm/v1"
    assert bytes(record.commitment) == commit("abs/confirmation/v1", bytes(decision.salt), decision.statement.encode())


def test_nobody_signs_what_has_changed_since_it_was_shown(world: World) -> None:
    [invoice] = world.supplier.submit({"i": PAPERS.invoice()})
    before = world.core.browser.get(f"confirmations/{invoice.id}")
    world.supplier.submit({"r": PAPERS.receipt(line("1", "90", short=10)), "o": PAPERS.order()})
    for action, more in (("confirm", {}), ("dispute", {"reason": "too much"})):
        body = {"content_digest": before["content_digest"], **more}
        refused = world.core.browser.post(f"confirmations/{invoice.id}/{action}", body, status=409)
        assert refused["code"] == "content_changed"
    assert not SignedDecision.objects.exists()
    after = world.core.browser.get(f"confirmations/{invoice.id}")
    assert [each["rule"] for each in after["differences"]] == ["invoiced_over_received"]
    world.core.browser.post(f"confirmations/{invoice.id}/confirm", {"content_digest": after["content_digest"]})
    assert '"rule":"invoiced_over_received"' in json.loads(SignedDecision.objects.get().statement)["content"]


def test_a_document_that_changes_nothing_shown_does_not_disturb(world: World) -> None:
    [order] = world.supplier.submit({"o": PAPERS.order()})
    sheet = world.core.browser.get(f"confirmations/{order.id}")
    world.supplier.submit({"d": PAPERS.despatch()})
    world.core.browser.post(f"confirmations/{order.id}/confirm", {"content_digest": sheet["content_digest"]})


def test_a_dispute_needs_a_reason_and_can_be_mended(world: World) -> None:
    [order] = world.supplier.submit({"o": PAPERS.order()})
    digest = world.core.browser.get(f"confirmations/{order.id}")["content_digest"]
    path = f"confirmations/{order.id}/dispute"
    for reason in ("", "   "):
        world.core.browser.post(path, {"content_digest": digest, "reason": reason}, status=422)
    disputed = world.core.browser.post(path, {"content_digest": digest, "reason": "40 of these were cancelled"})
    assert (disputed["state"], disputed["allowed_actions"]) == ("disputed", ["confirm", "confirm_part"])
    told = world.supplier.browser.get(f"trades/{order.filed.trade_id}")
    assert told["timeline"][-1]["kind"] == "disputed"
    assert told["timeline"][-1]["params"]["reason"] == "40 of these were cancelled"
    drain()
    [right] = world.supplier.browser.rows("rights")
    assert (right["rung"], right["supported"]) == (0, "0.00") and "disputed" in right["poolable_reasons"]
    world.core.browser.post(f"confirmations/{order.id}/confirm", {"content_digest": disputed["content_digest"]})
    drain()
    [right] = world.supplier.browser.rows("rights")
    assert (right["rung"], right["supported"]) == (1, "339.00")
    assert [each.decision for each in SignedDecision.objects.order_by("at")] == ["dispute", "confirm"]


def test_the_queue_is_by_deadline_and_tells_the_differences(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=2)):
        world.supplier.submit({"o": PAPERS.order()})
    world.supplier.submit({"r": PAPERS.receipt(line("1", "90", short=10)), "i": PAPERS.invoice()})
    rows = world.core.browser.rows("confirmations")
    assert [row["document"]["kind"] for row in rows] == ["order", "receipt_advice", "invoice"]
    assert [row["mismatches"] for row in rows] == [0, 0, 1]
    assert [row["deadline"] for row in rows] == sorted(row["deadline"] for row in rows)
    world.core.decide(TradeDocument.objects.get(kind="order").document)
    assert len(world.core.browser.rows("confirmations", state="pending")) == 2
    assert len(world.core.browser.rows("confirmations", state="confirmed")) == 1
    assert world.core.browser.get("home")["next_step"]["code"] == "confirm_documents"


@pytest.mark.parametrize("action", TRANSITIONS)
@pytest.mark.parametrize("state", list(Confirmation))
def test_every_decision_in_every_state_by_every_role(action: str, state: Confirmation, world: World) -> None:
    row = TRANSITIONS[action]
    [order] = world.supplier.submit({"o": PAPERS.order()})
    decided = clock.now() if state in ("confirmed", "partial", "disputed") else None
    TradeDocument.objects.filter(document=order).update(
        confirmation=state, decided_at=decided, **({"deadline": None} if state == "not_required" else {})
    )
    digest = world.core.browser.get(f"confirmations/{order.id}")["content_digest"] if state != "not_required" else "x"
    core = world.core.actor

    def outcome(role: str) -> str:
        actor = Actor("x", core.person_id, core.organisation_id, core.network_id, frozenset({role} & ALL_ROLES))
        with rolled_back():
            try:
                done = signing.decide(
                    actor=actor,
                    document_id=order.id,
                    decision="dispute" if action == "dispute" else "confirm",
                    content_digest=digest,
                    reason="because" if action == "dispute" else "",
                    quantities={0: Decimal(60)} if action == "confirm_part" else None,
                )
            except DomainError as error:
                return error.code
            return done.confirmation

    allowed = row.target if state in row.sources else "state_conflict"
    if state == "not_required":
        allowed = "not_found"  # it is in nobody's queue
    assert {role: outcome(role) for role in (*sorted(ALL_ROLES), "none")} == {
        role: allowed if role in row.by else "role_missing" for role in (*sorted(ALL_ROLES), "none")
    }
    if state != "not_required":
        offered = world.core.browser.get(f"confirmations/{order.id}")["allowed_actions"]
        assert (action in offered) == (state in row.sources)


def test_only_what_the_buyer_answers_for_waits_for_it() -> None:
    waiting = {kind for kind in ("order", "order_response", "despatch_advice", "receipt_advice", "invoice",
                                 "credit_note") if first_state(kind) == Confirmation.PENDING}  # fmt: skip
    assert waiting == {"order", "receipt_advice", "invoice"}


def test_payment_confirmation_is_the_fifth_rung(world: World) -> None:
    world.supplier.submit(PAPERS.all())
    for document in TradeDocument.objects.exclude(confirmation="not_required").order_by("document_id"):
        world.core.decide(document.document)
    [before] = world.supplier.browser.rows("rights")
    assert (before["rung"], before["missing"]) == (4, ["payment_confirmation"])
    body = {"amount": "900.00", "due_date": "2027-01-31", "account": "6200 0001"}
    body["content_digest"] = world.core.payment_digest(UUID(before["trade"]))
    shown = world.core.browser.post(f"trades/{before['trade']}/payment-confirmations", body, status=201)
    confirmation = shown["payment_confirmation"]
    assert (confirmation["amount"], confirmation["currency"], confirmation["due_date"]) == (
        "900.00",
        "CNY",
        "2027-01-31",
    )
    assert shown["allowed_actions"] == []
    assert sm2.verify(
        bytes.fromhex(confirmation["public_key"]),
        confirmation["statement"].encode(),
        bytes.fromhex(confirmation["signature"]),
    )
    assert json.loads(confirmation["statement"])["amount"] == "900.00"
    drain()
    [after] = world.supplier.browser.rows("rights")
    assert (after["rung"], after["base"], after["supported"], after["missing"]) == (5, "900.00", "810.00", [])
    again = world.core.browser.post(f"trades/{before['trade']}/payment-confirmations", body, status=409)
    assert again["code"] == "already_confirmed"


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1e30", "NaN", "Infinity", "", "9" * 17])
def test_an_amount_that_is_none_is_refused(amount: str, world: World) -> None:
    [order] = world.supplier.submit({"o": PAPERS.order()})
    digest = world.core.payment_digest(order.filed.trade_id)
    body = {"amount": amount, "due_date": "2027-01-31", "account": "6200", "content_digest": digest}
    world.core.browser.post(f"trades/{order.filed.trade_id}/payment-confirmations", body, status=422)
    assert not PaymentConfirmation.objects.exists()


@pytest.mark.parametrize(
    ("papers", "first_day"), [("order", "2026-03-02"), ("all", "2026-03-13")], ids=["ordered", "invoiced"]
)
def test_nothing_is_due_before_it_was_invoiced_or_ordered(papers: str, first_day: str, world: World) -> None:
    submitted = world.supplier.submit({"o": PAPERS.order()} if papers == "order" else PAPERS.all())
    trade = TradeDocument.objects.get(document=submitted[0]).trade_id
    body = {"amount": "900.00", "account": "6200", "content_digest": world.core.payment_digest(trade)}
    before = date.fromisoformat(first_day) - timedelta(days=1)
    for day in ("1900-01-01", before.isoformat()):
        refused = world.core.browser.post(
            f"trades/{trade}/payment-confirmations", {**body, "due_date": day}, status=422
        )
        assert (refused["code"], refused["params"]) == (
            "due_date_before_document", {"field": "due_date", "earliest": first_day},
        )  # fmt: skip
    assert not PaymentConfirmation.objects.exists()
    world.core.browser.post(f"trades/{trade}/payment-confirmations", {**body, "due_date": first_day}, status=201)


def test_days_earlier_run_from_the_first_financeable_moment_to_the_payment_confirmation(world: World) -> None:
    start = clock.now()
    with clock.at(start):
        documents = world.supplier.submit(PAPERS.all())
        assert world.supplier.browser.rows("rights")[0]["days_earlier"] is None
    with clock.at(start + timedelta(days=3)):
        world.core.decide(documents[0])
        assert world.supplier.browser.rows("rights")[0]["days_earlier"] == 0
    with clock.at(start + timedelta(days=10)):
        world.core.decide(documents[2])
        assert world.supplier.browser.rows("rights")[0]["days_earlier"] == 7, "counting on while there is none"
    with clock.at(start + timedelta(days=48, hours=1)):
        world.core.confirm_payment(documents[0].trade_id, **TERMS)
        drain()
    with clock.at(start + timedelta(days=400)):
        [right] = world.supplier.browser.rows("rights")
    assert right["days_earlier"] == 45
    assert right["financeable_since"] < right["payment_confirmed_at"]


@pytest.mark.parametrize("role", sorted(ALL_ROLES - {"core_enterprise"}))
def test_only_the_debtor_confirms_the_payment(role: str, world: World) -> None:
    [order] = world.supplier.submit({"o": PAPERS.order()})
    core = world.core.actor
    for actor, error in (
        (Actor("x", core.person_id, core.organisation_id, core.network_id, frozenset({role})), Forbidden),
        (world.project.actor, NotFound),
    ):
        with pytest.raises(error):
            signing.confirm_payment(
                actor=actor, trade_id=order.trade_id, content_digest=world.core.payment_digest(order.trade_id), **TERMS
            )


def test_a_decision_is_audited_with_who_and_what(world: World) -> None:
    [order] = world.supplier.submit({"o": PAPERS.order()})
    world.core.decide(order, "dispute", "no")
    entry = AuditEntry.objects.get(verb="confirmation.dispute")
    assert (entry.person_id, entry.organisation_id) == (world.core.actor.person_id, world.core.organisation.id)
    assert entry.detail == {"document": str(order.id), "reason": "no"}


def test_a_refused_decision_leaves_no_trace(world: World) -> None:
    [order] = world.supplier.submit({"o": PAPERS.order()})
    before = (AuditEntry.objects.count(), Record.objects.count())
    for decision, digest in (("confirm", "0" * 64), ("dispute", "0" * 64)):
        with pytest.raises((Conflict, Invalid)) as refused:
            signing.decide(actor=world.core.actor, document_id=order.id, decision=decision, content_digest=digest)
        assert isinstance(refused.value, DomainError)
    assert (AuditEntry.objects.count(), Record.objects.count()) == before


def test_a_total_finer_than_is_kept_can_be_confirmed(world: World) -> None:
    """UBL states up to 13 decimals; a list of documents keeps four."""
    order = PAPERS.order()
    [document] = world.supplier.submit({"o": re.sub(rb"(<cbc:PayableAmount[^>]*>)[^<]*", rb"\g<1>1130.00005", order)})
    sheet = world.core.browser.get(f"confirmations/{document.id}")
    body = {"content_digest": sheet["content_digest"]}
    assert world.core.browser.post(f"confirmations/{document.id}/confirm", body)["state"] == "confirmed"
