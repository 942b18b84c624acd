"""What one person confirms alone, held against the organisation's limits: the act itself, and the day with one supplier.

So an amount above a limit is not confirmed in many small pieces by one person, whichever right it acts in.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from abs_platform.core import clock
from abs_platform.core.errors import Conflict
from abs_platform.trade.desk.authority import Authority, limits_of
from abs_platform.trade.desk.rules import ONE, Act, needs_of, of_a_day
from abs_platform.trade.models import ConfirmationPolicy, LoneConfirmation


def people_of(authority: Authority, acts: Sequence[Act]) -> int:
    """How many people these acts take, with what was confirmed alone before them on the day.

    In the transaction that signs; the organisation's limits are locked, so that two acts at once see each other.
    """
    home = authority.actor.home
    list(ConfirmationPolicy.objects.select_for_update(no_key=True).filter(organisation_id=home))
    limits, _ = limits_of(home)
    sums = of_a_day([*_before(authority, acts), *acts])
    return max((needs_of(limits, amounts).people for amounts in sums.values()), default=ONE)


def check(authority: Authority, acts: Sequence[Act]) -> None:
    """Raises Conflict where these acts, with those of the day before them, take more than one person."""
    people = people_of(authority, acts)
    if people > ONE:
        raise Conflict(
            "day_limit_reached",
            "With what you confirmed alone today, this supplier's documents are above the limit for one person. "
            f"This takes {people} people: propose it instead.",
            people=people,
        )


def _before(authority: Authority, acts: Sequence[Act]) -> list[Act]:
    """What the person, or anybody in the same right, confirmed alone today of these suppliers."""
    voices = {authority.right_of, _person(authority)}
    rows = LoneConfirmation.objects.filter(
        Q(person__in=voices) | Q(right_of__in=voices),
        organisation_id=authority.actor.home,
        seller__in={act.seller for act in acts},
        day=clock.today(),
    )
    return [Act(row.seller_id, row.of_trade, row.subject, row.kind, row.amount, row.currency) for row in rows]


def note(authority: Authority, acts: Sequence[Act]) -> None:
    """Keep what one person has confirmed alone, with limits or without: they may be set later in the day."""
    LoneConfirmation.objects.bulk_create(
        LoneConfirmation(
            organisation_id=authority.actor.home,
            seller_id=act.seller,
            of_trade=act.trade,
            subject=act.subject,
            kind=act.kind,
            amount=act.amount,
            currency=act.currency,
            person=_person(authority),
            right_of=authority.right_of,
            day=clock.today(),
        )
        for act in acts
    )


def _person(authority: Authority) -> UUID:
    return authority.actor.person_id or authority.actor.home
