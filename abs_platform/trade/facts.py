"""A document as the rules see it: what it says, and how it stands with the core enterprise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from uuid import UUID

from abs_platform.integrations.formats.model import TRADE_KINDS, Extracted, Line, Totals, fold
from abs_platform.integrations.formats.remarks import ARITHMETIC

DocumentId = UUID | str

PENDING = "pending"
CONFIRMED = "confirmed"
DISPUTED = "disputed"
NOT_REQUIRED = "not_required"

ZERO = Decimal(0)
# Digits enough for the product of two figures of any document.
PRECISION = 60

# The ladder's sequence: what comes first explains what comes later.
KIND_SEQUENCE = TRADE_KINDS

VERIFIED = "verified"
RED_LETTER = "red_letter"
# With one of these an invoice is worth nothing: 作废, 失控, 异常.
TAKEN_OUT = ("voided", "lost_control", "abnormal")


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """What the tax office says of an invoice (documents.tax). `red_amount`: of a red-letter one, with tax; None: all."""

    status: str
    red_amount: Decimal | None = None
    red_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tolerance:
    """By which share (0.05: 5 %) a document may differ and is not called different; `amount` None: not compared."""

    quantity: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    amount: Decimal | None = None


NO_TOLERANCE = Tolerance()


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """One document of a trade. `confirmation` is pending, confirmed, disputed or not_required.

    `lines`: of one confirmed in part, as far as they were confirmed (see `as_confirmed`). `is_rest_disputed`: and the rest
    of it is disputed. `is_sound`: whether its own sums hold; of one whose sums do not, nobody knows what it means to bill. `tax`: None where
    the tax office cannot know of it. `invoice_numbers`: folded, of the invoices that it refers to.
    """

    id: DocumentId
    kind: str
    number: str
    issue_date: date | None
    currency: str | None
    due_date: date | None
    confirmation: str
    lines: tuple[Line, ...]
    totals: Totals
    is_sound: bool = True
    tax: TaxFacts | None = None
    invoice_numbers: frozenset[str] = frozenset()
    order_number: str | None = None
    tolerance: Tolerance = NO_TOLERANCE
    """In force between the parties on the document's date."""
    is_rest_disputed: bool = False

    @property
    def is_disputed(self) -> bool:
        """Whether a dispute on it, or on the rest of it, is open."""
        return self.confirmation == DISPUTED or self.is_rest_disputed

    @property
    def counts(self) -> bool:
        """Whether its quantities count."""
        return self.confirmation != DISPUTED and not self.is_taken_out

    @property
    def is_taken_out(self) -> bool:
        """Whether the tax office says that it is worth nothing."""
        return self.tax is not None and self.tax.status in TAKEN_OUT

    def sort_key(self) -> tuple[int, date, str, str]:
        """By kind along the ladder, then date, number and id: the same whatever the order of arrival."""
        return KIND_SEQUENCE.index(self.kind), self.issue_date or date.max, self.number, str(self.id)


def facts_of(
    extracted: Extracted,
    *,
    id: DocumentId,
    confirmation: str,
    tax: TaxFacts | None = None,
    tolerance: Tolerance = NO_TOLERANCE,
    confirmed: Mapping[int, Decimal] | None = None,
    is_rest_disputed: bool = False,
) -> DocumentFacts:
    """The facts of an extracted document. `confirmed`: by position, how much of each line, where it was a part only."""
    lines = extracted.lines
    if confirmed is not None:
        lines = tuple(
            as_confirmed(line, confirmed.get(position, ZERO), kind=extracted.kind)
            for position, line in enumerate(lines)
        )
    return DocumentFacts(
        id=id,
        kind=extracted.kind,
        number=extracted.number,
        issue_date=extracted.issue_date,
        currency=extracted.currency,
        due_date=extracted.due_date,
        confirmation=confirmation,
        lines=lines,
        totals=extracted.totals,
        is_sound=not any(remark.rule in ARITHMETIC for remark in extracted.remarks),
        tax=tax,
        invoice_numbers=frozenset(
            fold(number)
            for number in (*extracted.invoice_numbers, *(line.invoice_number for line in extracted.lines))
            if number
        ),
        order_number=extracted.trade_order_number,
        tolerance=tolerance,
        is_rest_disputed=is_rest_disputed,
    )


def stated_amount(line: Line) -> Decimal | None:
    """The line amount; where none is stated, what price and quantity make."""
    if line.amount is not None or line.price is None or line.quantity is None or not line.price_base_quantity:
        return line.amount
    return line.price * line.quantity / line.price_base_quantity


def stated_quantity(line: Line, *, kind: str) -> Decimal | None:
    """What a confirmation of the line is about: of a receipt what it accepts, else the quantity."""
    return line.accepted if kind == "receipt_advice" else line.quantity


def as_confirmed(line: Line, quantity: Decimal, *, kind: str) -> Line:
    """A line of which so much was confirmed: its amounts in proportion, its price as it is.

    What takes back (a quantity or an amount below zero) counts whole, so that leaving it out raises nothing.
    """
    if takes_back(line):
        return line
    stated = stated_quantity(line, kind=kind)
    if stated is None or stated <= 0:
        return replace(line, amount=ZERO, tax=ZERO)
    with localcontext() as context:
        context.prec = PRECISION
        counted = min(max(quantity, ZERO), stated)
        share = counted / stated
        rejected = max(line.rejected, ZERO) if kind == "receipt_advice" else ZERO
        return replace(
            line,
            quantity=counted + rejected,
            amount=None if line.amount is None else line.amount * share,
            tax=None if line.tax is None else line.tax * share,
            allowances=line.allowances * share,
            charges=line.charges * share,
        )


def takes_back(line: Line) -> bool:
    """Whether the line lowers what the document states: a return, a discount."""
    return any(figure is not None and figure < 0 for figure in (line.quantity, line.amount))
