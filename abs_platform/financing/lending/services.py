"""Writes of loans: pay out what was lent, cancel before that, write off what will not come back.

One person proposes a move of money, another carries it out; the state, the entry in the journal, the trail, the ledger's
record and the job that seals it are one transaction.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from abs_platform.core import clock, crashpoints
from abs_platform.core.errors import Conflict, Invalid
from abs_platform.core.rest.fields import money
from abs_platform.core.transitions import target_of
from abs_platform.crypto import sm3
from abs_platform.crypto.canonical import canonical_json
from abs_platform.financing import pledging, requests, selectors, two_people
from abs_platform.financing import rules as rules_of_lending
from abs_platform.financing.lending import interest, journal, locking, owing, rules
from abs_platform.financing.lending.models import PROPOSED, Loan
from abs_platform.financing.lending.recording import attest, tell
from abs_platform.financing.models import Pledge
from abs_platform.financing.states import HOLDING, LOAN_TRANSITIONS, PledgeState
from abs_platform.parties.actor import Actor
from abs_platform.rights import services as computing
from abs_platform.rights.models import Right

ZERO = Decimal(0)


def _move(actor: Actor, loan: Loan, action: str) -> None:
    loan.state = target_of(LOAN_TRANSITIONS, action=action, state=loan.state, roles=actor.roles)


def propose_disbursement(
    *, actor: Actor, loan_id: UUID, payee_account: str, bank_reference: str, disbursed_on: date
) -> Loan:
    """Say that the money was sent: to which account, the bank's reference and day. Another person looks at it and disburses.

    Raises NotFound, Forbidden, Conflict (also for a reference that the funder used before, or where a right carries less than
    is lent on it by now), Invalid for a day that was not yet, is before the loan or after it is due, and where
    something came up against a right since it is held.
    """
    try:
        with transaction.atomic():
            loan = locking.loan(actor, loan_id)
            _move(actor, loan, "propose_disbursement")
            earliest = clock.day_of(loan.created_at)
            rules.check_day(disbursed_on, earliest=earliest, latest=min(clock.today(), loan.due_date))
            _check_rights(loan, sent_on=disbursed_on)
            if not payee_account.strip():
                raise Invalid("payee_account_missing", "Give the account to which the money was sent.")
            loan.maker_id, loan.payee_account = two_people.maker(actor), payee_account.strip()
            loan.bank_reference, loan.disbursed_on = bank_reference, disbursed_on
            loan.save(update_fields=["state", *PROPOSED])
            tell(actor, loan, "loan.disbursement_proposed", _transfer(loan))
    except IntegrityError as error:
        raise _reference_used(error) from error
    return loan


def _transfer(loan: Loan) -> dict[str, str]:
    """Which transfer pays a loan out."""
    return {
        "payee_account": loan.payee_account,
        "bank_reference": loan.bank_reference,
        "disbursed_on": loan.lent_since.isoformat(),
    }


def proposal_of(loan: Loan) -> str:
    """The digest of all that a proposed disbursement says: who approves it sends it back, so that it approves what it read."""
    said = {
        "format": "abs-disbursement/v1",
        "loan": str(loan.id),
        "supplier": str(loan.supplier_id),
        "principal": money(loan.principal, loan.currency),
        "currency": loan.currency,
        **_transfer(loan),
    }
    return sm3.sm3(canonical_json(said)).hex()


def _reference_used(error: IntegrityError) -> Exception:
    if "bank_reference_once" not in str(error):
        return error
    return Conflict(
        "bank_reference_used",
        "This bank reference is recorded already. If it is the same money, nothing is left to do; if not, check it.",
    )


@transaction.atomic
def take_back_disbursement(*, actor: Actor, loan_id: UUID) -> Loan:
    """Take a proposed disbursement back. Raises NotFound, Forbidden, Conflict."""
    loan = locking.loan(actor, loan_id)
    _move(actor, loan, "take_back_disbursement")
    loan.take_proposal_back()
    loan.save(update_fields=["state", *PROPOSED])
    tell(actor, loan, "loan.disbursement_taken_back")
    return loan


def disburse(*, actor: Actor, loan_id: UUID, amount: Decimal, proposal: str) -> Loan:
    """Confirm what another person proposed: the principal is lent, the fee falls due, both stand in the journal.

    `amount`: the principal, typed back. `proposal`: `proposal_of` what was read; Conflict where it says something else by now,
    of account, day or reference. Raises NotFound, Forbidden, Invalid (also where something came up against a right since
    it is held), Conflict while a pledge is not registered, or where a right carries less than is lent on it by now.
    """
    with transaction.atomic():
        loan = locking.loan(actor, loan_id)
        _move(actor, loan, "disburse")
        loan.checker_id = two_people.checker(actor, loan.maker_id)
        rules.check_typed(amount, loan.principal, loan.currency)
        if proposal != proposal_of(loan):
            raise Conflict(
                "proposal_changed", "The disbursement was proposed anew since you read it. Read it again, then approve."
            )
        _check_pledges(loan)
        _check_rights(loan, sent_on=loan.lent_since)
        loan.save(update_fields=["state", "checker_id"])
        crashpoints.reach("disburse.moved")
        fee = interest.fee(loan.principal, loan.offer.fee_rate, loan.currency)
        journal.book(
            loan=loan,
            effect=f"disbursement:{loan.id}",
            kind="disbursement",
            booked_on=loan.lent_since,
            lines=[
                journal.debit("principal_receivable", loan.principal),
                journal.credit("cash", loan.principal),
                journal.debit("fee_receivable", fee),
                journal.credit("fee_income", fee),
            ],
        )
        crashpoints.reach("disburse.booked")
        detail = {
            "principal": str(loan.principal),
            "fee": str(fee),
            "due_date": loan.due_date.isoformat(),
            **_transfer(loan),
        }
        attest(actor, loan, "loan.disbursed", detail)
        crashpoints.reach("disburse.recorded")
    crashpoints.reach("disburse.committed")
    return loan


def _check_pledges(loan: Loan) -> None:
    """Nothing is lent on what is not held yet: every right of the loan is registered for it, and there is one at least."""
    states = list(loan.pledges.values_list("state", flat=True))
    waiting = sum(state != PledgeState.ACTIVE for state in states)
    if waiting or not states:
        raise Conflict(
            "pledges_not_active",
            f"{waiting} of {len(states)} pledges of this loan are not registered. Pay out once they are.",
            waiting=waiting,
            pledges=len(states),
        )


def _check_rights(loan: Loan, *, sent_on: date) -> None:
    """Nothing is lent on what is not there any more, or what would not be accepted any more: a document may have been
    corrected, disputed or credited since, and its right wait to be computed; somebody may have found a rival at 中登.
    """
    computing.bring_up_to_date(right_ids=list(loan.pledges.values_list("right_id", flat=True)))
    pledging.lock_rights(loan)
    pledges = list(loan.pledges.filter(state__in=HOLDING).select_related("right__trade").order_by("id"))
    _check_carried(loan, pledges)
    rights, programme = [each.right for each in pledges], loan.offer.invitation.programme
    conditions = selectors.conditions(programme)
    found = [
        [
            each
            for each in rules_of_lending.obstacles(claim, conditions, until=loan.due_date, today=sent_on)
            if each in rules_of_lending.SINCE_HELD
        ]
        for claim in selectors.claims(rights)
    ]
    requests.check_rights(rights, programme, found)


def _check_carried(loan: Loan, pledges: Sequence[Pledge]) -> None:
    for pledge in pledges:
        carried = _carried(loan, pledge.right)
        if carried < pledge.held_for:
            raise Conflict(
                "right_shrank",
                f"The right of order {pledge.right.trade.order_number} carries {carried} by now, and {pledge.held_for} "
                "is to be lent on it. Have it mended, or cancel the loan.",
                order_number=pledge.right.trade.order_number,
                carried=money(carried, loan.currency),
                held_for=money(pledge.held_for, loan.currency),
                currency=loan.currency,
            )


def _carried(loan: Loan, right: Right) -> Decimal:
    """What a right carries by now; below the rung that it was lent on, no more than the programme lends
    there.
    """
    carried = right.carried_by_now
    if right.held_rung is None or right.rung >= right.held_rung:
        return carried
    conditions = selectors.conditions(loan.offer.invitation.programme)
    return min(carried, rules_of_lending.carried(selectors.claim(right), conditions))


@transaction.atomic
def cancel(*, actor: Actor, loan_id: UUID, reason: str) -> Loan:
    """Give up a loan before it is paid out; its rights become free. Raises NotFound, Forbidden, Conflict."""
    loan = locking.loan(actor, loan_id)
    _move(actor, loan, "cancel")
    loan.ended_at = clock.now()
    loan.save(update_fields=["state", "ended_at"])
    pledging.release(actor=actor, loan=loan)
    tell(actor, loan, "loan.cancelled", {"reason": reason})
    return loan


@transaction.atomic
def propose_write_off(*, actor: Actor, loan_id: UUID, reason: str) -> Loan:
    """Say why an overdue loan will not come back. Raises NotFound, Forbidden, Conflict."""
    loan = locking.loan(actor, loan_id)
    _move(actor, loan, "propose_write_off")
    if loan.due_date >= clock.today():
        raise Conflict(
            "not_overdue",
            "This loan is not overdue, so nothing is lost yet.",
            due_date=loan.due_date.isoformat(),
        )
    loan.write_off_maker_id, loan.write_off_reason = two_people.maker(actor), reason
    loan.save(update_fields=["state", "write_off_maker_id", "write_off_reason"])
    tell(actor, loan, "loan.write_off_proposed", {"reason": reason})
    return loan


@transaction.atomic
def take_back_write_off(*, actor: Actor, loan_id: UUID) -> Loan:
    """Take a proposed write-off back. Raises NotFound, Forbidden, Conflict."""
    loan = locking.loan(actor, loan_id)
    _move(actor, loan, "take_back_write_off")
    loan.write_off_maker_id, loan.write_off_reason = None, ""
    loan.save(update_fields=["state", "write_off_maker_id", "write_off_reason"])
    tell(actor, loan, "loan.write_off_taken_back")
    return loan


@transaction.atomic
def write_off(*, actor: Actor, loan_id: UUID, amount: Decimal) -> Loan:
    """Book as a loss what is owed today, as another person proposed. The rights stay pledged: what comes in later comes back.

    `amount`: what is owed in all, typed back. Raises NotFound, Forbidden, Conflict, Invalid.
    """
    loan = locking.loan(actor, loan_id)
    written_off = target_of(LOAN_TRANSITIONS, action="write_off", state=loan.state, roles=actor.roles)
    checker_id = two_people.checker(actor, loan.write_off_maker_id)
    today = max(clock.today(), owing.settled_until(loan))
    owed = owing.book_interest(loan, until=today, cause=f"write_off:{loan.id}")
    if owed.total <= 0:
        raise Invalid("nothing_owed", "Nothing is owed on this loan.")
    rules.check_typed(amount, owed.total, loan.currency)
    loan.state, loan.write_off_checker_id, loan.ended_at = written_off, checker_id, clock.now()
    loan.save(update_fields=["state", "write_off_checker_id", "ended_at"])
    journal.book(
        loan=loan,
        effect=f"write_off:{loan.id}",
        kind="write_off",
        booked_on=today,
        lines=[
            journal.debit("loss", owed.total),
            journal.credit("fee_receivable", owed.fee),
            journal.credit("interest_receivable", owed.interest),
            journal.credit("principal_receivable", owed.principal),
        ],
    )
    detail = {"loss": str(owed.total), "principal": str(owed.principal), "reason": loan.write_off_reason}
    attest(actor, loan, "loan.written_off", detail)
    return loan
