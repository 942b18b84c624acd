"""What becomes of pledges: registered on chain, refused there, released, settled. The platform moves them, nobody by hand.

`register` is where acceptance hands them over to the registry of rights; its answers come back to `registered` and
`refused`. Money asks for `release` and `settle` as a loan ends.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from abs_platform.core import audit, clock, crashpoints, events
from abs_platform.core.currencies import minor_unit
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.financing import notices, requests
from abs_platform.financing.lending.models import PROPOSED, Loan, Payment
from abs_platform.financing.models import Pledge, Request
from abs_platform.financing.states import COUNTING, HOLDING, LOAN_TRANSITIONS, PLEDGE_TRANSITIONS, PledgeState
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.rights import encumbrance
from abs_platform.rights.encumbrance import PLATFORM_ROLES
from abs_platform.rights.registry import services as registry

ZERO = Decimal(0)


def register(*, actor: Actor, pledges: Sequence[Pledge]) -> None:
    """Have new pledges registered on chain; `registered` or `refused` follows for each. In the caller's transaction."""
    for pledge in pledges:
        registry.register(right_id=pledge.right_id)
        registry.pledge(actor=actor, right_id=pledge.right_id, pledge_id=pledge.id, holder_id=pledge.holder_id)


@transaction.atomic
def registered(*, pledge_id: UUID) -> None:
    """The registry holds a pledge. Once it holds all of the loan's, the debtor is told. Idempotent."""
    loan, pledges = _locked(Pledge.objects.values_list("loan", flat=True).get(id=pledge_id))
    [pledge] = [each for each in pledges if each.id == pledge_id]
    if pledge.state != PledgeState.REGISTERING:
        return
    pledge.registered_at = clock.now()
    _move(PLATFORM, pledge, "register", "pledge.registered")
    crashpoints.reach("pledge.registered")
    if all(each.state == PledgeState.ACTIVE for each in pledges):
        notices.send(loan)


@transaction.atomic
def refused(*, pledge_id: UUID, reason: str) -> None:
    """Another platform holds the right of a pledge: its loan is cancelled, its other pledges released, the request over.

    Idempotent.
    """
    loan, pledges = _locked(Pledge.objects.values_list("loan", flat=True).get(id=pledge_id))
    [pledge] = [each for each in pledges if each.id == pledge_id]
    if pledge.state != PledgeState.REGISTERING:
        return
    _end(PLATFORM, [pledge], "refuse", "pledge.refused", {"reason": reason})
    crashpoints.reach("pledge.refused")
    row = LOAN_TRANSITIONS["refuse"]
    if loan.state in row.sources:
        loan.state, loan.ended_at = row.target, clock.now()
        loan.take_proposal_back()
        loan.save(update_fields=["state", "ended_at", *PROPOSED])
        audit.record(
            actor=PLATFORM, verb="loan.cancelled", subject=SubjectRef("loan", loan.id), detail={"reason": reason}
        )
        events.notify([loan.funder_id, loan.supplier_id], "loan", loan.id)
        release(actor=PLATFORM, loan=loan)


def release(*, actor: Actor, loan: Loan) -> None:
    """A locked loan was cancelled: nothing is held for it any more, and its request is over. In the caller's transaction."""
    _, pledges = _locked(loan.id)
    holding = [each for each in pledges if each.state in HOLDING]
    _end(actor, holding, "release", "pledge.released", {})
    notices.lift(loan, actor=actor)
    request = _locked_request(loan)
    requests.move(request, "cancel", roles=PLATFORM_ROLES)
    requests.end(actor, request, "financing_request.cancelled")


def settle(*, actor: Actor, loan: Loan) -> None:
    """A locked loan is paid back: rights of which their debtor has paid all that there is by now are over, the others free again, its request is settled.

    In the caller's transaction.
    """
    _, pledges = _locked(loan.id)
    holding = [each for each in pledges if each.state in HOLDING]
    paid = _paid_by_debtor(loan)
    over = [each for each in holding if paid.get(each.right_id, ZERO) > 0 and each.right.base <= 0]
    _end(actor, over, "settle", "pledge.settled", {})
    _end(actor, [each for each in holding if each not in over], "release", "pledge.released", {})
    notices.lift(loan, actor=actor)
    request = _locked_request(loan)
    requests.move(request, "settle", roles=PLATFORM_ROLES)
    requests.end(actor, request, "financing_request.settled")


def repaid(*, loan: Loan, outstanding: Decimal) -> None:
    """So much of a locked loan's principal is out by now: its rights carry their shares of it, and no more.

    What the debtor paid on one of them to its holder, with all payments that stand, has not to be carried by it any longer,
    whatever it was used for.
    """
    _, pledges = _locked(loan.id)
    lent = sum((each.held_for for each in pledges), ZERO)
    paid, unit = _paid_by_debtor(loan), minor_unit(loan.currency)
    for pledge in pledges:
        if pledge.state not in HOLDING:
            continue
        share = (outstanding * pledge.held_for / lent).quantize(unit, rounding=ROUND_UP) if lent else ZERO
        unpaid = pledge.held_for - paid.get(pledge.right_id, ZERO) * (pledge.right.held_rate or ZERO)
        encumbrance.hold_for(pledge_id=pledge.id, amount=min(share, unpaid.quantize(unit, rounding=ROUND_DOWN)))


def spread(*, loan: Loan, outstanding: Decimal) -> None:
    """What of a locked loan's principal none of its rights is held for, as the debtor paid others of them, those carry that
    carry more by now. So they are held for all that is out, or each for all that it carries.
    """
    _, pledges = _locked(loan.id)
    unit = minor_unit(loan.currency)
    holding = [each for each in pledges if each.state in HOLDING]
    left = outstanding - sum((each.right.held_for or ZERO for each in holding), ZERO)
    for pledge in holding:
        held_for = pledge.right.held_for or ZERO
        carried = pledge.right.carried_by_now.quantize(unit, rounding=ROUND_DOWN)
        more = min(left, carried - held_for)
        if more > 0:
            encumbrance.hold_for(pledge_id=pledge.id, amount=held_for + more)
            left -= more


def _paid_by_debtor(loan: Loan) -> dict[UUID | None, Decimal]:
    """By right, what its debtor paid on it to the funder, by the payments that stand in the books."""
    rows = Payment.objects.filter(loan=loan, payer="debtor", state__in=COUNTING).order_by()
    return dict(rows.values_list("right").annotate(Sum("amount")))


def lock_rights(loan: Loan) -> None:
    """Nobody changes what a locked loan's rights are computed from before the transaction ends."""
    encumbrance.locked(list(loan.pledges.values_list("right_id", flat=True)))


def _locked(loan_id: UUID) -> tuple[Loan, list[Pledge]]:
    """A loan, then its pledges by id."""
    loan = Loan.objects.select_for_update(no_key=True, of=("self",)).get(id=loan_id)
    rows = Pledge.objects.select_for_update(no_key=True, of=("self",)).filter(loan=loan)
    return loan, list(rows.select_related("right__trade").order_by("id"))


def _locked_request(loan: Loan) -> Request:
    return Request.objects.select_for_update(no_key=True).get(invitations__offers__loan=loan)


def _end(actor: Actor, pledges: Sequence[Pledge], action: str, verb: str, detail: dict[str, object]) -> None:
    """These pledges hold nothing any more."""
    if not pledges:
        return
    ids = [each.id for each in pledges]
    ended = encumbrance.settle if action == "settle" else encumbrance.release
    ended(actor=actor, pledge_ids=ids)
    for pledge in pledges:
        if action == "settle":
            registry.settle(actor=actor, right_id=pledge.right_id)
        elif action == "release":
            registry.release(actor=actor, right_id=pledge.right_id, pledge_id=pledge.id)
        pledge.ended_at = clock.now()
        _move(actor, pledge, action, verb, detail)


def _move(actor: Actor, pledge: Pledge, action: str, verb: str, detail: dict[str, object] | None = None) -> None:
    pledge.state = target_of(PLEDGE_TRANSITIONS, action=action, state=pledge.state, roles=PLATFORM_ROLES)
    pledge.save(update_fields=["state", "registered_at", "ended_at"])
    audit.record(actor=actor, verb=verb, subject=SubjectRef("pledge", pledge.id), detail=detail or {})
    trade = pledge.right.trade
    events.notify([pledge.holder_id, trade.seller_id, trade.buyer_id], "pledge", pledge.id)
