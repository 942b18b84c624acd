"""By how much the documents of a trading relationship may differ: set by the buyer, from a day on, for ever on record."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from abs_platform.core import audit, clock
from abs_platform.core.errors import Conflict, Invalid, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.trade.models import Tolerance, Trade
from abs_platform.trade.services import changed


def tolerances(*, actor: Actor) -> QuerySet[Tolerance]:
    """Those that the actor's organisation set, and those that are set for what it sells. Raises Forbidden for whoever has none."""
    between = Q(buyer_id=actor.home) | Q(seller_id=actor.home)
    return Tolerance.objects.filter(between).select_related("seller", "buyer")


@transaction.atomic
def add(
    *, actor: Actor, seller_id: UUID, quantity: Decimal, price: Decimal, amount: Decimal | None, effective_from: date
) -> Tolerance:
    """Let documents of a seller, dated `effective_from` or later, differ by these shares until another tolerance holds.

    Never for days that are over: what was different then stays so. Raises Forbidden; NotFound where the actor's organisation
    buys nothing from the seller; Invalid for a day that is over; Conflict where one was set from that very day.
    """
    actor.require(Role.CORE_ENTERPRISE)
    if not Trade.objects.filter(seller_id=seller_id, buyer_id=actor.home).exists():
        raise NotFound
    if effective_from < clock.today():
        raise Invalid("effective_in_the_past", "A tolerance holds from today on or later.", field="effective_from")
    # As filing does, so that no document of the seller is compared by two tolerances.
    Organisation.objects.select_for_update(no_key=True).get(id=seller_id)
    between = {"seller_id": seller_id, "buyer_id": actor.home}
    if Tolerance.objects.filter(**between, effective_from=effective_from).exists():
        raise Conflict("tolerance_set_already", "A tolerance is set from this day on. Choose a later day.")
    row = Tolerance.objects.create(
        **between, quantity=quantity, price=price, amount=amount, effective_from=effective_from, set_by=actor.label
    )
    detail: dict[str, object] = {
        "quantity": str(quantity), "price": str(price), "amount": None if amount is None else str(amount),
        "effective_from": effective_from.isoformat(),
    }  # fmt: skip
    audit.record(actor=actor, verb="tolerance.set", subject=SubjectRef("organisation", seller_id), detail=detail)
    concerned = Trade.objects.filter(**between, documents__issue_date__gte=effective_from).order_by("id").distinct()
    for trade_id in concerned.values_list("id", flat=True):
        trades = Trade.objects.select_for_update(no_key=True, of=("self",))
        trade = trades.select_related("seller", "buyer", "buyer__parent").get(id=trade_id)
        changed(actor, trade, "trade.tolerance_set", {"tolerance": str(row.id)})
    return row
