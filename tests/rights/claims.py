"""A right to record claims on, and who may see it."""

from datetime import timedelta

from abs_platform.consent import services as consent
from abs_platform.consent.states import Purpose
from abs_platform.core import clock
from abs_platform.rights.models import Right
from abs_platform.trade import selectors as trades
from tests.support.papers import Papers
from tests.support.world import World


def accepted_right(world: World) -> Right:
    """Of an order and a receipt that the core enterprise confirmed, and an invoice."""
    papers = Papers(number="PO-1")
    order, receipt, _ = world.supplier.submit(
        {"o.xml": papers.order(), "r.xml": papers.receipt(), "i.xml": papers.invoice()}
    )
    for document in (order, receipt):
        world.core.decide(document)
    return Right.objects.get(trade__seller=world.supplier.organisation)


def open_to_bank(world: World, right: Right) -> None:
    """Let the bank see the right, as it does once it is asked to lend on it."""
    consent.open_unasked(
        actor=world.supplier.actor,
        items=[(trades.subject_of(right.trade), "PO-1")],
        valid_until=clock.now() + timedelta(days=1),
        grantee_id=world.bank.organisation.id,
        purpose=Purpose.FINANCING,
    )
