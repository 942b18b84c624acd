"""The confirmation ladder: which rung a trade's facts reach, and what the next one needs. Pure Python.

1 ordered: the core enterprise confirmed the order, and nothing changed or cancelled it since. 2 despatched: and goods of
it left. 3 accepted (业务确权): it confirmed a receipt that accepts something. 4 invoiced: and an invoice over accepted goods is
not disputed, and the tax office says nothing against it (where it must be verified: confirms it).
5 it confirmed the payment (付款确认书). Source: DOMAIN "The confirmation ladder".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import cached_property

from abs_platform.integrations.formats.model import fold
from abs_platform.trade.facts import CONFIRMED, PENDING, PRECISION, RED_LETTER, VERIFIED, DocumentFacts, DocumentId
from abs_platform.trade.joining import Part, Row, join
from abs_platform.trade.rules import OVERTAKING

NOT_VERIFIED = "not_verified"
NONE, ORDERED, DESPATCHED, ACCEPTED, INVOICED, PAYMENT_CONFIRMED = range(6)

ZERO = Decimal(0)
STATE_AMOUNTS = ("order", "invoice", "credit_note")


@dataclass(frozen=True, slots=True)
class PaymentConfirmation:
    """付款确认书. `amount` includes tax. `considers`: ids of the credit notes already in the amount."""

    amount: Decimal
    currency: str
    due_date: date
    considers: frozenset[DocumentId] = frozenset()


@dataclass(frozen=True)
class Standing:
    """The facts of a trade in one currency. `rows`: its lines, joined. `documents` are along the ladder.

    `verified_only`: an invoice that the tax office can know of lifts nothing before it is verified.
    """

    rows: tuple[Row, ...]
    documents: tuple[DocumentFacts, ...]
    currency: str | None
    payment_confirmation: PaymentConfirmation | None
    has_other_currency: bool
    verified_only: bool = False
    overtaken_orders: frozenset[str] = frozenset()
    """Numbers, folded, of orders that a later document changes or cancels: what was ordered of them is not certain."""

    def of(self, kind: str) -> list[DocumentFacts]:
        """The documents of a kind; of those that state amounts, the ones in the trade's currency."""
        return [each for each in self.documents if each.kind == kind and self.is_own(each)]

    def is_own(self, document: DocumentFacts) -> bool:
        return document.kind not in STATE_AMOUNTS or document.currency in (None, "", self.currency)

    @property
    def counting_invoices(self) -> list[DocumentFacts]:
        return [each for each in self.of("invoice") if each.counts]

    @property
    def lifting_invoices(self) -> list[DocumentFacts]:
        """Those that lift to rung 4."""
        return [each for each in self.counting_invoices if self.lifts(each)]

    def lifts(self, invoice: DocumentFacts) -> bool:
        """Whether the tax office's word on an invoice, if it can have one, lets it lift; one claimed before never does."""
        status = invoice.tax.status if invoice.tax else VERIFIED
        return status in (VERIFIED, RED_LETTER) or (status == NOT_VERIFIED and not self.verified_only)

    def invoice_parts(self, row: Row) -> list[Part]:
        return [
            part
            for part in row.parts
            if part.document.kind == "invoice"
            and part.document.counts
            and self.is_own(part.document)
            and self.lifts(part.document)
        ]

    @cached_property
    def quantities(self) -> Mapping[int, Mapping[Row, Decimal]]:
        """By rung, the rows of which any quantity counts on it, in `unit_of` the row, and how much."""
        found: dict[int, dict[Row, Decimal]] = {rung: {} for rung in (ORDERED, DESPATCHED, ACCEPTED, INVOICED)}
        with localcontext() as context:
            context.prec = PRECISION
            for row in self.rows:
                for rung, quantity in _quantities(row, self).items():
                    if quantity > 0:
                        found[rung][row] = quantity
        return found

    @property
    def is_accepted(self) -> bool:
        """Whether the core enterprise confirmed that it accepted anything: 业务确权."""
        return bool(self.quantities[ACCEPTED])


def standing_of(
    documents: Sequence[DocumentFacts],
    confirmation: PaymentConfirmation | None,
    *,
    verified_only: bool = False,
) -> Standing:
    """The facts in one currency: the order's (a confirmed one before others), else the first invoice's or credit
    note's, else the payment confirmation's."""
    known = tuple(sorted(documents, key=DocumentFacts.sort_key))
    rows = tuple(join(documents))
    orders = [part.document for row in rows for part in row.parts if part.document.kind == "order"]
    # An open order must not turn the currency of a confirmed one.
    spine = sorted(orders, key=lambda order: order.confirmation != CONFIRMED)
    stating = [*spine, *(each for each in known if each.kind in STATE_AMOUNTS)]
    currency = next(
        (each.currency for each in stating if each.currency), confirmation.currency if confirmation else None
    )
    others = [each for each in known if each.kind in STATE_AMOUNTS and each.currency not in (None, "", currency)]
    own_confirmation = confirmation if confirmation is not None and confirmation.currency == currency else None
    return Standing(
        rows=rows,
        documents=known,
        currency=currency,
        payment_confirmation=own_confirmation,
        has_other_currency=bool(others) or own_confirmation is not confirmation,
        verified_only=verified_only,
        overtaken_orders=frozenset(
            fold(each.order_number) for each in known if each.kind in OVERTAKING and each.counts and each.order_number
        ),
    )


def rung_of(standing: Standing) -> int:
    """The highest rung that the facts reach."""
    return max(held_rungs(standing), default=NONE)


def held_rungs(standing: Standing) -> tuple[int, ...]:
    """Every rung whose own fact holds, lowest first: goods can be accepted whose order nobody ever confirmed."""
    return tuple(rung for rung in range(ORDERED, PAYMENT_CONFIRMED + 1) if _holds(rung, standing))


def _holds(rung: int, standing: Standing) -> bool:
    if rung == PAYMENT_CONFIRMED:
        return standing.payment_confirmation is not None
    # On rung 4, an invoice over other goods than the accepted ones lifts nothing.
    return bool(standing.quantities[rung])


def _quantities(row: Row, standing: Standing) -> dict[int, Decimal]:
    """What of a row counts on each rung. What states no unit, or another than `unit_of` the row, counts nothing."""
    unit = unit_of(row)
    ordered, accepted = _ordered(row, unit, standing), _accepted(row, unit)
    return {
        # Nothing has left or been accepted yet on this rung, so all that is ordered is open.
        ORDERED: ordered,
        # Only the supplier says what left: it counts as far as it was ordered.
        DESPATCHED: min(_sum(_counting(row, "despatch_advice"), unit), ordered),
        ACCEPTED: accepted,
        INVOICED: min(accepted, _sum(standing.invoice_parts(row), unit)),
    }


def unit_of(row: Row) -> str:
    """The unit in which a row is valued: the order's, be it unstated, else the first that a document states; a credit
    note's does not count, which would leave goods unvalued that were accepted in no unit.
    """
    stated = (part.unit for part in row.parts if part.unit and part.document.kind != "credit_note")
    return next((part.unit for part in row.parts if part.document.kind == "order"), next(stated, ""))


def missing_for_next_rung(standing: Standing, rung: int) -> tuple[str, ...]:
    """Codes of what the next rung needs; a receipt that only waits for its confirmation is named wherever it lifts."""
    receipt_waits = any(each.confirmation == PENDING for each in standing.of("receipt_advice"))
    waiting = ("receipt_confirmation",) if receipt_waits else ()
    if rung == NONE:
        return ("order_confirmation" if standing.of("order") else "order", *waiting)
    if rung == ORDERED:
        return waiting or ("despatch",)
    if rung == DESPATCHED:
        return waiting or ("receipt",)
    if rung == ACCEPTED:
        waits = [each for each in standing.counting_invoices if not standing.lifts(each)]
        return ("invoice_verification",) if waits else ("invoice",)
    return ("payment_confirmation",) if rung == INVOICED else ()


def _ordered(row: Row, unit: str, standing: Standing) -> Decimal:
    if fold(row.order_number) in standing.overtaken_orders:
        return ZERO
    return _sum(_confirmed(row, "order"), unit)


def _accepted(row: Row, unit: str) -> Decimal:
    """What was accepted, as far as it was ordered where an order is known, whatever the order's standing."""
    accepted = _sum(_confirmed(row, "receipt_advice"), unit, of="accepted")
    ordered = [part for part in row.of("order") if part.line.quantity is not None]
    return min(accepted, _sum(ordered, unit)) if ordered else accepted


def _sum(parts: Iterable[Part], unit: str, *, of: str = "quantity") -> Decimal:
    """The sum of a quantity over the parts that state just this unit ("": none)."""
    stated = (getattr(part.line, of) for part in parts if part.unit == unit)
    return sum((quantity for quantity in stated if quantity is not None), ZERO)


def _counting(row: Row, kind: str) -> list[Part]:
    return [part for part in row.of(kind) if part.document.counts]


def _confirmed(row: Row, kind: str) -> list[Part]:
    return [part for part in _counting(row, kind) if part.document.confirmation == CONFIRMED]
