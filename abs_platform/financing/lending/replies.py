"""How loans, payments and pay-outs look in replies."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from rest_framework import serializers

from abs_platform.core import clock
from abs_platform.core.rest.fields import Body, Named, money, named, number, time
from abs_platform.core.transitions import Table, allowed_actions
from abs_platform.financing import history, two_people
from abs_platform.financing.history import HistoryOut
from abs_platform.financing.lending import ageing, owing, services
from abs_platform.financing.lending.allocation import PARTS
from abs_platform.financing.lending.models import PAYEES, PAYERS, Loan, Payment, Payout
from abs_platform.financing.lending.owing import Owed
from abs_platform.financing.lending.payments import TAKING
from abs_platform.financing.states import (
    BEFORE_PROPOSAL,
    LENT,
    LOAN_TRANSITIONS,
    PAYMENT_TRANSITIONS,
    PAYOUT_TRANSITIONS,
    LoanState,
    PaymentState,
    PayoutState,
    PledgeState,
)
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role


class OwedOut(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    fee = serializers.CharField()
    interest = serializers.CharField(help_text="Up to that day, whether it is booked yet or not.")
    principal = serializers.CharField()
    total = serializers.CharField()
    recovery = serializers.CharField(help_text="What was written off and has not come back.")
    payable = serializers.CharField(help_text="The supplier's surplus that the funder still has.")
    refundable = serializers.CharField(help_text="What the debtor paid and did not owe, that the funder still has.")


class LoanOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=[str(state) for state in LoanState])
    funder = Named()
    supplier = Named()
    debtor = Named(help_text="The core enterprise of the programme that it was lent under.")
    programme = Named()
    request = serializers.UUIDField()
    offer = serializers.UUIDField()
    principal = serializers.CharField()
    currency = serializers.CharField()
    annual_rate = serializers.CharField()
    fee_rate = serializers.CharField()
    day_count = serializers.CharField()
    recourse = serializers.BooleanField()
    method = serializers.CharField()
    grace_days = serializers.IntegerField()
    due_date = serializers.DateField()
    disbursed_on = serializers.DateField(allow_null=True, help_text="As proposed, until it is disbursed.")
    payee_account = serializers.CharField(allow_blank=True, help_text="To which the money was sent, as proposed.")
    bank_reference = serializers.CharField(allow_blank=True)
    proposal = serializers.CharField(
        allow_null=True, help_text="Of a proposed disbursement, SM3 of all that it says: approving it sends it back."
    )
    claimed_on = serializers.DateField(allow_null=True, help_text="With recourse: since when the supplier has to pay.")
    days_overdue = serializers.IntegerField()
    bucket = serializers.ChoiceField(choices=list(ageing.BUCKETS), allow_null=True)
    owed = OwedOut()
    proposed_by = serializers.CharField(allow_null=True, help_text="Who proposed the disbursement; for its funder.")
    disbursed_by = serializers.CharField(allow_null=True)
    write_off_reason = serializers.CharField(allow_blank=True)
    write_off_proposed_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


class LoanPledgeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    right = serializers.UUIDField()
    trade = serializers.UUIDField()
    order_number = serializers.CharField(allow_blank=True)
    debtor = serializers.CharField()
    base = serializers.CharField()
    state = serializers.ChoiceField(choices=[str(state) for state in PledgeState])
    registered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class LoanFactOut(serializers.Serializer[Any]):
    template = serializers.CharField()
    record = serializers.UUIDField()
    statement = serializers.CharField()
    at = serializers.DateTimeField()


class LoanDetailOut(LoanOut):
    pledges = LoanPledgeOut(many=True)
    facts = LoanFactOut(many=True, help_text="What the ledger holds of it, oldest first.")
    history = HistoryOut(many=True, help_text="What happened, from its offer on, oldest first.")


class AllocationOut(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=list(PARTS))
    amount = serializers.CharField()


class PaymentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    loan = serializers.UUIDField()
    funder = Named()
    supplier = Named()
    payer = serializers.ChoiceField(choices=list(PAYERS))
    right = serializers.UUIDField(allow_null=True)
    order_number = serializers.CharField(allow_blank=True)
    amount = serializers.CharField()
    currency = serializers.CharField()
    received_on = serializers.DateField()
    bank_reference = serializers.CharField()
    state = serializers.ChoiceField(choices=[str(state) for state in PaymentState])
    reason = serializers.CharField(allow_blank=True)
    allocations = AllocationOut(many=True)
    recorded_by = serializers.CharField(allow_null=True)
    confirmed_by = serializers.CharField(allow_null=True)
    reversal_proposed_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    allowed_actions = serializers.ListField(child=serializers.CharField())


class PayoutOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    loan = serializers.UUIDField()
    funder = Named()
    supplier = Named()
    payee = serializers.ChoiceField(choices=list(PAYEES))
    amount = serializers.CharField()
    currency = serializers.CharField()
    paid_on = serializers.DateField()
    bank_reference = serializers.CharField()
    state = serializers.ChoiceField(choices=[str(state) for state in PayoutState])
    reason = serializers.CharField(allow_blank=True)
    recorded_by = serializers.CharField(allow_null=True)
    confirmed_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    allowed_actions = serializers.ListField(child=serializers.CharField())


def day(value: date | None) -> str | None:
    """ISO 8601."""
    return value.isoformat() if value else None


def _actions(
    table: Table, *, state: str, actor: Actor, funder_id: UUID, makers: Mapping[str, UUID | None]
) -> list[str]:
    """What the actor may do; what a second person has to do is not for the one who proposed it, nor for programs."""
    if actor.home != funder_id:
        return []
    found = allowed_actions(table, state=state, roles=actor.roles)
    return [name for name in found if name not in makers or two_people.may_check(actor, makers[name])]


def owed_body(owed: Owed, currency: str) -> Body:
    """What is owed on a day."""
    figures: dict[str, Decimal] = {
        "fee": owed.fee,
        "interest": owed.interest,
        "principal": owed.principal,
        "total": owed.total,
        "recovery": owed.recovery,
        "payable": owed.payable,
        "refundable": owed.refundable,
    }
    return {"as_of": owed.as_of.isoformat(), **{name: money(value, currency) for name, value in figures.items()}}


def loan_bodies(rows: Sequence[Loan], *, actor: Actor, as_of: date | None = None) -> list[Body]:
    """Loans, with what is owed on each `as_of` a day, today if not given."""
    on = as_of or clock.today()
    owed = owing.owed_each(rows, on)
    own = [row for row in rows if row.funder_id == actor.home]
    people = parties.people(id for row in own for id in (row.maker_id, row.checker_id, row.write_off_maker_id))
    return [_loan_body(row, owed[row.id], actor=actor, people=people, on=on) for row in rows]


def _loan_body(row: Loan, owed: Owed, *, actor: Actor, people: Mapping[UUID, str], on: date) -> Body:
    terms, programme = row.offer, row.offer.invitation.programme
    is_lent, is_own = row.state in LENT, row.funder_id == actor.home
    is_told = is_own or row.state != LoanState.DISBURSEMENT_PROPOSED
    return {
        "id": str(row.id),
        "state": _shown(row.state, is_own=is_own),
        "funder": named(row.funder_id, row.funder.name),
        "supplier": named(row.supplier_id, row.supplier.name),
        "debtor": named(programme.core_enterprise_id, programme.core_enterprise.name),
        "programme": named(programme.id, programme.name),
        "request": str(terms.invitation.request_id),
        "offer": str(terms.id),
        "principal": money(row.principal, row.currency),
        "currency": row.currency,
        "annual_rate": number(terms.annual_rate),
        "fee_rate": number(terms.fee_rate),
        "day_count": terms.day_count,
        "recourse": terms.recourse,
        "method": terms.method,
        "grace_days": terms.grace_days,
        "due_date": day(row.due_date),
        "disbursed_on": day(row.disbursed_on) if is_told else None,
        "payee_account": row.payee_account if is_told else "",
        "bank_reference": row.bank_reference if is_told else "",
        "proposal": services.proposal_of(row) if is_own and row.state == LoanState.DISBURSEMENT_PROPOSED else None,
        "claimed_on": day(row.claimed_on),
        "days_overdue": max((on - row.due_date).days, 0) if is_lent else 0,
        "bucket": ageing.bucket_of(row.due_date, on) if is_lent else None,
        "owed": owed_body(owed, row.currency),
        "proposed_by": people.get(row.maker_id) if row.maker_id else None,
        "disbursed_by": people.get(row.checker_id) if row.checker_id else None,
        "write_off_reason": row.write_off_reason if is_own or row.state == LoanState.WRITTEN_OFF else "",
        "write_off_proposed_by": people.get(row.write_off_maker_id) if row.write_off_maker_id else None,
        "created_at": time(row.created_at),
        "ended_at": time(row.ended_at),
        "allowed_actions": loan_actions(row, owed, actor=actor),
    }


def _shown(state: str, *, is_own: bool) -> str:
    """The state of a loan or a payment as its funder, or else its supplier, is told it."""
    return state if is_own else BEFORE_PROPOSAL.get(state, state)


def loan_actions(row: Loan, owed: Owed, *, actor: Actor) -> list[str]:
    """What the actor may do with a loan, moves of money on it included."""
    makers = {"disburse": row.maker_id, "write_off": row.write_off_maker_id}
    found = _actions(LOAN_TRANSITIONS, state=row.state, actor=actor, funder_id=row.funder_id, makers=makers)
    if "propose_write_off" in found and row.due_date >= clock.today():
        found.remove("propose_write_off")
    if actor.home == row.funder_id and actor.has(Role.FINANCIER):
        found += ["record_payment"] if row.state in TAKING else []
        found += ["record_payout"] if owed.payable > 0 or owed.refundable > 0 else []
    return found


def loan_detail(row: Loan, *, actor: Actor) -> Body:
    """A loan with the rights that it was given on and what the ledger holds of it."""
    [body] = loan_bodies([row], actor=actor)
    pledges = row.pledges.select_related("right__trade__buyer").order_by("id")
    return {
        **body,
        "pledges": [
            {
                "id": str(each.id),
                "right": str(each.right_id),
                "trade": str(each.right.trade_id),
                "order_number": each.right.trade.order_number,
                "debtor": each.right.trade.buyer_called,
                "base": money(each.base, row.currency),
                "state": each.state,
                "registered_at": time(each.registered_at),
                "ended_at": time(each.ended_at),
            }
            for each in pledges
        ],
        "facts": [
            {
                "template": each.template,
                "record": str(each.record_id),
                "statement": each.statement,
                "at": time(each.at),
            }
            for each in row.facts.order_by("id")
        ],
        "history": history.of_loan(row, actor=actor),
    }


def _people_of(rows: Sequence[Payment | Payout], actor: Actor) -> dict[UUID, str]:
    own = [row for row in rows if row.loan.funder_id == actor.home]
    ids = [id for row in own for id in (row.maker_id, row.checker_id, getattr(row, "reversal_maker_id", None))]
    return parties.people(ids)


def _moved(row: Payment | Payout, people: Mapping[UUID, str], actor: Actor) -> Body:
    state = _shown(row.state, is_own=row.loan.funder_id == actor.home)
    return {
        "id": str(row.id),
        "loan": str(row.loan_id),
        "funder": named(row.loan.funder_id, row.loan.funder.name),
        "supplier": named(row.loan.supplier_id, row.loan.supplier.name),
        "amount": money(row.amount, row.loan.currency),
        "currency": row.loan.currency,
        "bank_reference": row.bank_reference,
        "state": state,
        "reason": row.reason if state == row.state else "",
        "recorded_by": people.get(row.maker_id),
        "confirmed_by": people.get(row.checker_id) if row.checker_id else None,
        "created_at": time(row.created_at),
    }


def payment_bodies(rows: Sequence[Payment], *, actor: Actor) -> list[Body]:
    """Payments, each with what it was used for."""
    people = _people_of(rows, actor)
    return [
        {
            **_moved(row, people, actor),
            "payer": row.payer,
            "right": str(row.right_id) if row.right_id else None,
            "order_number": row.right.trade.order_number if row.right else "",
            "received_on": day(row.received_on),
            "allocations": [
                {"part": each.part, "amount": money(each.amount, row.loan.currency)}
                for each in sorted(row.allocations.all(), key=lambda each: PARTS.index(each.part))
            ],
            "reversal_proposed_by": people.get(row.reversal_maker_id) if row.reversal_maker_id else None,
            "allowed_actions": _actions(
                PAYMENT_TRANSITIONS,
                state=row.state,
                actor=actor,
                funder_id=row.loan.funder_id,
                makers={"confirm": row.maker_id, "reject": row.maker_id, "reverse": row.reversal_maker_id},
            ),
        }
        for row in rows
    ]


def payout_bodies(rows: Sequence[Payout], *, actor: Actor) -> list[Body]:
    """Pay-outs."""
    people = _people_of(rows, actor)
    return [
        {
            **_moved(row, people, actor),
            "payee": row.payee,
            "paid_on": day(row.paid_on),
            "allowed_actions": _actions(
                PAYOUT_TRANSITIONS,
                state=row.state,
                actor=actor,
                funder_id=row.loan.funder_id,
                makers={"confirm": row.maker_id, "reject": row.maker_id},
            ),
        }
        for row in rows
    ]
