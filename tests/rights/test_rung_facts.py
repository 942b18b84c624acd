"""The ladder as evidence: each rung that is reached, changes or is lost is a signed fact, and says what the right says."""

import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from abs_platform.core import clock
from abs_platform.core.models import AuditEntry
from abs_platform.crypto import commitments, sm2, sm3
from abs_platform.documents.tax import services as tax
from abs_platform.integrations.tax.simulator import Simulator
from abs_platform.integrations.tax.status import Status
from abs_platform.ledger.models import Record
from abs_platform.rights import collecting, rules, services
from abs_platform.rights.models import Right, RungFact
from abs_platform.trade.models import PaymentConfirmation, SignedDecision, Trade, TradeDocument
from tests.support.papers import Papers, line
from tests.support.tax import ANOTHER, NUMBER, drain_all, tax_office
from tests.support.world import World, drain

__all__ = ["tax_office"]

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-7", lines=(line("1", "100", "10.00"), line("2", "40", "25.50")))


def confirm(world: World, kind: str) -> None:
    for row in TradeDocument.objects.filter(kind=kind, confirmation="pending"):
        world.core.decide(row.document)


def told() -> list[tuple[int, str, str]]:
    return list(RungFact.objects.order_by("number").values_list("rung", "event", "reason"))


def newest(rung: int) -> Any:
    return RungFact.objects.filter(rung=rung).latest("number").content


def climb(world: World) -> None:
    """One paper and one decision after the other, up to rung 5."""
    for name, data in PAPERS.all().items():
        world.supplier.submit({name: data})
        for kind in ("order", "receipt_advice", "invoice"):
            confirm(world, kind)
    world.core.confirm_payment(
        Trade.objects.get().id, amount=Decimal("2282.60"), due_date=date(2026, 9, 1), account="6200000000000418018"
    )
    drain()


def test_every_rung_that_is_reached_becomes_a_fact(world: World) -> None:
    climb(world)
    assert told() == [(rung, "reached", "") for rung in (1, 2, 3, 4)] + [
        # The buyer confirmed the invoice, which rung 4 did not wait for.
        (4, "changed", ""),
        (5, "reached", ""),
    ]
    assert [newest(rung)["agreed_by"] for rung in range(1, 6)] == [
        "core_enterprise", "platform", "core_enterprise", "platform", "core_enterprise",
    ]  # fmt: skip
    assert [(each["kind"], each["number"]) for each in newest(3)["evidence"]] == [
        ("order", "PO-7"), ("receipt_advice", "G-PO-7"),
    ]  # fmt: skip
    assert newest(1)["disputable"] == ["delivery", "quality", "amount", "due_date"]
    assert newest(3)["disputable"] == ["due_date", "hidden_defects", "set_off"]
    assert newest(5)["disputable"] == ["hidden_defects", "set_off"]
    verbs = AuditEntry.objects.filter(verb__startswith="rung.").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["rung.reached"] * 4 + ["rung.changed", "rung.reached"]


def test_a_fact_is_signed_and_recorded(world: World) -> None:
    climb(world)
    for fact in RungFact.objects.all():
        statement = fact.statement.encode()
        assert sm2.verify(bytes(fact.public_key), statement, bytes(fact.signature))
        record = Record.objects.get(id=fact.record_id)
        assert (record.template, record.subject_kind, record.subject_id) == ("rung/v1", "right", fact.right_id)
        assert bytes(record.commitment) == commitments.commit_document(bytes(fact.salt), sm3.sm3(statement))


def test_a_fact_carries_the_core_enterprises_own_signatures(world: World) -> None:
    climb(world)
    agreed = newest(3)["agreed"]
    assert [(each["fields"], each["organisation"], each["custodial"]) for each in agreed] == [
        (["items", "ordered_quantities", "unit_prices"], world.core.organisation.name, True),
        (["items", "accepted_quantities"], world.core.organisation.name, True),
    ]
    for each in agreed:
        signed = SignedDecision.objects.get(id=each["decision"])
        check_agreement(each, signed.statement)
        assert json.loads(json.loads(signed.statement)["content"])["document"]["id"] == each["document"]
    [payment] = newest(5)["agreed"]
    assert payment["fields"] == ["amount", "due_date", "account"]
    check_agreement(payment, PaymentConfirmation.objects.get().statement)


def check_agreement(each: dict[str, str], words: str) -> None:
    assert each["sm3"] == sm3.sm3(words.encode()).hex()
    assert sm2.verify(bytes.fromhex(each["public_key"]), words.encode(), bytes.fromhex(each["signature"]))


def test_what_was_computed_again_is_told_once(world: World) -> None:
    climb(world)
    before = told()
    services.compute(trade_id=Trade.objects.get().id)
    assert told() == before


def test_what_cannot_be_computed_loses_every_rung_until_it_can(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.supplier.submit({"o.xml": PAPERS.order(), "d.xml": PAPERS.despatch()})
    confirm(world, "order")
    assert told() == [(1, "reached", ""), (2, "reached", "")]

    def broken(*args: object, **options: object) -> rules.Assessment:
        raise ArithmeticError

    with monkeypatch.context() as patch:
        patch.setattr(rules, "assess_standing", broken)
        services.compute(trade_id=Trade.objects.get().id)
    assert told()[2:] == [(1, "lost", "not_computable"), (2, "lost", "not_computable")]
    services.compute(trade_id=Trade.objects.get().id)
    assert told()[4:] == [(1, "reached", ""), (2, "reached", "")]


def test_a_voided_invoice_loses_rung_4_and_a_new_one_regains_it(world: World, tax_office: Simulator) -> None:
    invoice = PAPERS.invoice(number=NUMBER)
    [_, _, document] = world.supplier.submit({"o": PAPERS.order(), "r": PAPERS.receipt(), "i": invoice})
    confirm(world, "order")
    confirm(world, "receipt_advice")
    drain_all()
    assert told()[-1] == (4, "reached", "")
    assert newest(4)["tax"] == [{"document": str(document.id), "status": "verified"}]
    reached = RungFact.objects.latest("number")

    tax_office.tell(NUMBER, Status.VOIDED)
    recheck(document.id)
    # What rests on rung 3 is less now, and its fact says so.
    assert told()[-2:] == [(3, "changed", ""), (4, "lost", "invoice_voided")]
    lost = RungFact.objects.latest("number")
    assert lost.follows == reached
    assert lost.content["follows"] == {"id": str(reached.id), "sm3": sm3.sm3(reached.statement.encode()).hex()}

    world.supplier.submit({"anew.xml": PAPERS.invoice(number=ANOTHER)})
    drain_all()
    assert told()[-1] == (4, "reached", "")
    regained = RungFact.objects.latest("number")
    assert regained.follows == lost


def recheck(document_id: UUID) -> None:
    """The tax office is asked about an invoice now."""
    tax.check(document_id=document_id)
    drain_all()


def test_the_newest_fact_says_what_the_right_says(world: World) -> None:
    """At every step, also where a credit note takes and where an invoice states another price."""
    steps = [
        *PAPERS.all().items(),
        ("cheaper.xml", PAPERS.invoice(line("1", "100", "9.00"), line("2", "40", "25.50"), number="I-2")),
        ("credit.xml", PAPERS.credit(line("1", "30", "10.00"))),
        ("credit2.xml", PAPERS.credit(line("2", "40", "25.50"), number="C-2")),
    ]
    for name, data in steps:
        world.supplier.submit({name: data})
        for kind in ("order", "receipt_advice"):
            confirm(world, kind)
        right = Right.objects.get()
        if right.rung:
            check_figures(right)
    assert Right.objects.get().reductions, "a credit note took something"


def test_what_is_paid_already_stands_on_no_lower_rung(world: World) -> None:
    papers = {name: data for name, data in PAPERS.all().items() if name != "credit"}
    world.supplier.submit(papers)
    for kind in ("order", "receipt_advice"):
        confirm(world, kind)
    right = Right.objects.get()
    assert right.rung == 4
    collecting.tell(
        actor=world.core.actor, right_id=right.id, amount=Decimal(400), received_on=clock.today(), reference="T-1"
    )
    assert newest(4)["figures"]["reductions"] == [{"reason": "payment", "amount": "400.00", "document": "T-1"}]
    whole = Decimal(newest(3)["figures"]["base"])
    world.supplier.submit({"late.xml": PAPERS.receipt(line("1", "1", "10.00"), number="G-LATE")})
    confirm(world, "receipt_advice")
    [*_, last] = RungFact.objects.filter(rung=3).order_by("number")
    assert last.event == "changed"
    assert Decimal(last.content["figures"]["base"]) == whole - 400


def check_figures(right: Right) -> None:
    figures = newest(right.rung)["figures"]
    assert figures["lines"] == right.calculation
    assert figures["reductions"] == right.reductions
    assert Decimal(figures["base"]) == right.base
    value = sum(Decimal(each["value"]) for each in figures["lines"])
    taxes = sum(Decimal(each["tax"]) for each in figures["lines"])
    assert (Decimal(figures["value"]), Decimal(figures["tax"])) == (value, taxes)
    assert value + taxes - sum(Decimal(each["amount"]) for each in figures["reductions"]) == right.base


def test_facts_stay_as_they_were_written(world: World) -> None:
    climb(world)
    for change in (lambda: RungFact.objects.update(rung=2), lambda: RungFact.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_fact_follows_the_former_one_of_its_own_rung(world: World) -> None:
    climb(world)
    first, second, *_ = RungFact.objects.order_by("number")
    template = {
        field.name: getattr(second, field.name)
        for field in RungFact._meta.concrete_fields
        if field.name not in ("id", "record_id", "follows", "number", "event")
    }
    for former, event in ((first, "changed"), (second, "reached")):
        with pytest.raises(DatabaseError, match="follows the former"), transaction.atomic():
            RungFact.objects.create(
                **template, number=99, event=event, follows=former, record_id=Trade.objects.get().id
            )
