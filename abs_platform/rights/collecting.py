"""What the debtor pays on a right: told by whoever holds it, by the supplier or by the debtor. It reduces the right."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from abs_platform.core import audit, clock
from abs_platform.core.currencies import check_amount
from abs_platform.core.errors import Conflict, Forbidden, Invalid, NotFound
from abs_platform.core.ids import uuid7
from abs_platform.core.subjects import SubjectRef
from abs_platform.integrations.formats.model import fold
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import Role
from abs_platform.rights import payments, reading, selectors, services
from abs_platform.rights.models import Collection, Right
from abs_platform.rights.payments import DEBTOR, HOLDER, SUPPLIER
from abs_platform.rights.states import RightState
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation
from abs_platform.trade import encumbering
from abs_platform.trade import selectors as trades

ZERO = Decimal(0)
# By each side, of one right: its computation compares each of them with every other.
MOST_TOLD = 500


def collections(*, actor: Actor, right_id: UUID) -> QuerySet[Collection]:
    """What was told of a right that the actor may see, newest first. Raises NotFound."""
    right = selectors.right(actor=actor, right_id=right_id)
    return Collection.objects.filter(right=right, reverses=None).select_related("reversed_by").order_by("-id")


@transaction.atomic
def tell(
    *, actor: Actor, right_id: UUID, amount: Decimal, received_on: date, reference: str, is_another: bool = False
) -> Collection:
    """The supplier says that it was paid, or the debtor that it paid, past whoever may hold the right.

    Raises NotFound, Forbidden for others than these two, Conflict for a reference that it told already, Invalid.
    """
    actor.require(Role.SUPPLIER, Role.CORE_ENTERPRISE)
    right = _locked(actor, right_id)
    source = _source(actor, right)
    if not right.currency:
        raise Conflict("trade_not_known", "The order or the currency of this trade is not known yet.")
    check_amount(amount, right.currency)
    if received_on > clock.today():
        raise Invalid("day_not_yet", "A payment is recorded once it has been made.", field="received_on")
    told = {fold(each) for each in _standing(right, source).values_list("reference", flat=True)}
    if fold(reference) in told:
        raise Conflict(
            "bank_reference_used",
            "This bank reference is recorded already. If it is the same money, nothing is left to do; if not, check it.",
        )
    if _standing(right, source).count() >= MOST_TOLD:
        raise Conflict(
            "too_many_payments",
            f"Of one right {MOST_TOLD} payments are told. Sum up what is left in one.",
            limit=MOST_TOLD,
        )
    return collect(
        actor=actor,
        right_id=right.id,
        amount=amount,
        currency=right.currency,
        received_on=received_on,
        reference=reference,
        is_another=is_another,
        source=source,
        cause=f"told:{uuid7()}",
        is_past_holder=right.state == RightState.ENCUMBERED,
    )


def own_source(*, actor: Actor, right_id: UUID) -> str | None:
    """As whom the actor tells of payments on a right that it may see; None where it is neither party. Raises NotFound."""
    return party(actor, selectors.right(actor=actor, right_id=right_id))


def _locked(actor: Actor, right_id: UUID) -> Right:
    """A right that the actor may see, as it is once its trade is locked: one telling of it at a time. Raises NotFound."""
    encumbering.lock([selectors.right(actor=actor, right_id=right_id).trade_id])
    return selectors.right(actor=actor, right_id=right_id)


def _source(actor: Actor, right: Right) -> str:
    source = party(actor, right)
    if source is None:
        raise Forbidden("not_a_party", "Only the supplier and the debtor of a right record what was paid on it.")
    return source


def party(actor: Actor, right: Right) -> str | None:
    """As whom the actor tells of payments on a right: its supplier or its debtor; None where it is neither."""
    if actor.has(Role.SUPPLIER) and actor.home == right.trade.seller_id:
        return SUPPLIER
    if actor.has(Role.CORE_ENTERPRISE) and actor.home == right.trade.buyer_id:
        return DEBTOR
    return None


def _standing(right: Right, source: str) -> QuerySet[Collection]:
    return Collection.objects.filter(right=right, source=source, reverses=None, reversed_by=None)


def _report_paid_past_holder(right: Right, row: Collection) -> None:
    """The debtor paid somebody else than the one who holds the right: the money that was lent on it went elsewhere."""
    trade = right.trade
    seen = Observation(
        rule="held_right_paid_elsewhere",
        severity=Severity.CRITICAL,
        key=f"held_right_paid_elsewhere:{right.id}:{row.reference}",
        subject=trades.subject_of(trade),
        subject_label=trades.label_of(trade),
        organisation_ids=(trade.seller_id, trade.buyer_id),
        amount=row.amount,
        currency=row.currency,
        detail={"reference": row.reference, "received_on": row.received_on.isoformat(), "told_by": row.source},
    )
    risk.report(actor=PLATFORM, network_id=trade.network_id, observations=[seen])


def overpaid(*, right_id: UUID, amount: Decimal, currency: str, received_on: date, reference: str) -> Decimal:
    """What of a payment to its holder the debtor did not owe on a right any more, which is up to date and locked: the part above
    its base that nobody else told of yet. Of one that is in another currency by now nobody can tell: nothing.
    """
    right = Right.objects.select_related("trade", "trade__seller", "trade__buyer").get(id=right_id)
    if right.currency != currency:
        return ZERO
    told = reading.read(right.trade).told
    both = payments.payments([*told, payments.Told(HOLDER, reference, amount, received_on)])
    before = sum((each.amount for each in payments.payments(told)), ZERO)
    base: Decimal = right.base
    return max(sum((each.amount for each in both), ZERO) - before - base, ZERO)


@transaction.atomic
def collect(
    *,
    actor: Actor,
    right_id: UUID,
    amount: Decimal,
    currency: str,
    received_on: date,
    reference: str,
    source: str,
    cause: str,
    is_another: bool = False,
    is_past_holder: bool = False,
) -> Collection:
    """Add what was paid and compute the right anew, for services that know that it was. `cause` is used once.

    `is_past_holder`: an alert tells whoever holds the right that the money went elsewhere.
    """
    encumbering.lock(Right.objects.filter(id=right_id).values_list("trade_id", flat=True))
    right = Right.objects.get(id=right_id)
    encumbering.mark(right.trade_id, encumbered=True)
    row = Collection.objects.create(
        right=right,
        amount=amount,
        currency=currency,
        received_on=received_on,
        reference=reference,
        is_another=is_another,
        source=source,
        cause=cause,
        person=actor.label,
    )
    _told(actor, row, "right.paid")
    services.compute(trade_id=right.trade_id)
    if is_past_holder:
        _report_paid_past_holder(right, row)
    return row


@transaction.atomic
def withdraw(*, actor: Actor, right_id: UUID, collection_id: UUID) -> Collection:
    """Take back what the actor's own organisation told wrongly. Raises NotFound, Forbidden, Conflict."""
    actor.require(Role.SUPPLIER, Role.CORE_ENTERPRISE)
    right = _locked(actor, right_id)
    row = Collection.objects.filter(right=right, id=collection_id, reverses=None).first()
    if row is None:
        raise NotFound
    if row.source == HOLDER or row.source != _source(actor, right):
        raise Conflict("told_by_another", "Only whoever recorded a payment takes it back.")
    if Collection.objects.filter(reverses=row).exists():
        raise Conflict("state_conflict", "This payment was taken back already.")
    take_back(actor=actor, cause=row.cause)
    return row


@transaction.atomic
def take_back(*, actor: Actor, cause: str) -> Collection | None:
    """Undo what `cause` added, by a row against it, and compute the right anew; None where it added nothing."""
    row = Collection.objects.select_related("right").filter(cause=cause).first()
    if row is None:
        return None
    counter = Collection.objects.create(
        right=row.right,
        amount=row.amount,
        currency=row.currency,
        received_on=row.received_on,
        reference=row.reference,
        is_another=row.is_another,
        source=row.source,
        cause=f"reversal:{row.id}",
        reverses=row,
        person=actor.label,
    )
    _told(actor, counter, "right.payment_taken_back")
    services.compute(trade_id=row.right.trade_id)
    return row


def _told(actor: Actor, row: Collection, verb: str) -> None:
    detail: dict[str, object] = {
        "amount": str(row.amount),
        "received_on": row.received_on.isoformat(),
        "reference": row.reference,
        "source": row.source,
    }
    audit.record(actor=actor, verb=verb, subject=SubjectRef("right", row.right_id), detail=detail)
