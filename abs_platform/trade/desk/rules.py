"""How many people a confirmation takes, and whether its amount is typed back. Pure Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

ONE, MAKER_AND_CHECKER, AND_EXECUTIVE = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Limits:
    """An organisation's limits, in one currency; None: no limit."""

    currency: str = ""
    one_person_up_to: Decimal | None = None
    two_people_up_to: Decimal | None = None
    typed_above: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """What a confirmation takes."""

    people: int
    typed: bool


def needs_of(limits: Limits, amounts: Mapping[str, Decimal | None]) -> Needs:
    """What confirming takes whose documents add up to `amounts`, by currency.

    An amount that is not known (None), or in another currency than the limits', is above each of them.
    """

    def above(limit: Decimal | None) -> bool:
        return limit is not None and any(
            amount is None or currency != limits.currency or amount > limit for currency, amount in amounts.items()
        )

    if above(limits.two_people_up_to):
        people = AND_EXECUTIVE
    else:
        people = MAKER_AND_CHECKER if above(limits.one_person_up_to) else ONE
    return Needs(people, above(limits.typed_above))
