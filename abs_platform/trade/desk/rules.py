"""How many people a confirmation takes, and whether its amount is typed back. Pure Python."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

ONE, MAKER_AND_CHECKER, AND_EXECUTIVE = 1, 2, 3
PAYMENT = "payment"
ZERO = Decimal(0)


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


@dataclass(frozen=True, slots=True)
class Act:
    """Something that one person confirmed alone: a document of a `kind`, or the payment of a trade (kind "payment").

    `subject`: the document's id, or the trade's. `amount` None: not known.
    """

    seller: UUID
    trade: UUID
    subject: UUID
    kind: str
    amount: Decimal | None
    currency: str


def of_a_day(acts: Iterable[Act]) -> dict[UUID, dict[str, Decimal | None]]:
    """What the acts of a day come to by supplier and currency, so that many small ones weigh what a large one does.

    Order, receipt, invoice and payment of a trade speak of the same money: of a trade the kind counts that adds up to most.
    A document counts once, however often it is confirmed in part.
    """
    trades: dict[tuple[UUID, str, UUID], dict[str, Decimal | None]] = {}
    for act in {act.subject: act for act in acts}.values():
        kinds = trades.setdefault((act.seller, act.currency, act.trade), {})
        kinds[act.kind] = _plus(kinds.get(act.kind, ZERO), act.amount)
    found: dict[UUID, dict[str, Decimal | None]] = {}
    for (seller, currency, _), kinds in trades.items():
        known = [amount for amount in kinds.values() if amount is not None]
        most = max(known) if len(known) == len(kinds) else None
        sums = found.setdefault(seller, {})
        sums[currency] = _plus(sums.get(currency, ZERO), most)
    return found


def _plus(before: Decimal | None, more: Decimal | None) -> Decimal | None:
    return None if before is None or more is None else before + abs(more)
