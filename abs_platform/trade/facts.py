"""A document as the rules see it: what it says, and how it stands with the core enterprise."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from abs_platform.integrations.formats.model import TRADE_KINDS, Extracted, Line, Totals
from abs_platform.integrations.formats.remarks import ARITHMETIC

DocumentId = UUID | str

PENDING = "pending"
CONFIRMED = "confirmed"
DISPUTED = "disputed"
NOT_REQUIRED = "not_required"

# The ladder's sequence: what comes first explains what comes later.
KIND_SEQUENCE = TRADE_KINDS


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """One document of a trade. `confirmation` is pending, confirmed, disputed or not_required.

    `is_sound`: whether its own sums hold; of one whose sums do not, nobody knows what it means to bill.
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
    order_number: str | None = None

    @property
    def counts(self) -> bool:
        """Whether its quantities count."""
        return self.confirmation != DISPUTED

    def sort_key(self) -> tuple[int, date, str, str]:
        """By kind along the ladder, then date, number and id: the same whatever the order of arrival."""
        return KIND_SEQUENCE.index(self.kind), self.issue_date or date.max, self.number, str(self.id)


def facts_of(extracted: Extracted, *, id: DocumentId, confirmation: str) -> DocumentFacts:
    """The facts of an extracted document."""
    return DocumentFacts(
        id=id,
        kind=extracted.kind,
        number=extracted.number,
        issue_date=extracted.issue_date,
        currency=extracted.currency,
        due_date=extracted.due_date,
        confirmation=confirmation,
        lines=extracted.lines,
        totals=extracted.totals,
        is_sound=not any(remark.rule in ARITHMETIC for remark in extracted.remarks),
        order_number=extracted.trade_order_number,
    )


def unit_code(unit: str | None) -> str:
    """A unit of measure code (UN/ECE Recommendation 20) for comparing; "" where none is stated."""
    return (unit or "").strip().upper()
