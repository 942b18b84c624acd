"""What is asked of whoever knows the tax office's books, and what can be answered."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Status(StrEnum):
    """An invoice's standing with the tax office. Source: DOMAIN "Invoice status", whose numbers are in CODES."""

    NOT_VERIFIED = "not_verified"  # not asked yet, or the tax office knows no such invoice
    VERIFIED = "verified"  # as issued
    DUPLICATE = "duplicate"  # claimed by somebody before
    VOIDED = "voided"  # 作废
    LOST_CONTROL = "lost_control"  # 失控
    RED_LETTER = "red_letter"  # 红冲, in full or in part
    ABNORMAL = "abnormal"  # 异常


CODES = {
    0: Status.NOT_VERIFIED,
    1: Status.VERIFIED,
    3: Status.DUPLICATE,
    4: Status.VOIDED,
    6: Status.LOST_CONTROL,
    7: Status.RED_LETTER,
    8: Status.ABNORMAL,
}
FIGURE_LIMIT = Decimal(10) ** 15
MAX_RED_NUMBERS = 50


@dataclass(frozen=True, slots=True)
class Query:
    """Which invoice is meant. `code` and `check_code` are empty for 数电票, which have a number of 20 digits alone.

    `amount` is before tax, `total` with it; ids are 统一社会信用代码. None: the invoice does not state it.
    """

    number: str
    code: str = ""
    check_code: str = ""
    issue_date: date | None = None
    amount: Decimal | None = None
    total: Decimal | None = None
    seller_id: str = ""
    buyer_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The standing. With RED_LETTER: `red_amount`, tax included, above zero (None: all of it), and the red invoices.

    `said`: what the other side said that is worth keeping, as short texts.
    """

    status: Status
    red_amount: Decimal | None = None
    red_numbers: tuple[str, ...] = ()
    said: dict[str, str] = field(default_factory=dict)


class TaxStatusError(Exception):
    """No standing could be learnt, so that the one known stays. `reason` is for programs."""

    reason = "failed"


class NotConfigured(TaxStatusError):
    """Nobody was named who could be asked."""

    reason = "not_configured"


class Unreachable(TaxStatusError):
    """No answer, or none in time."""

    reason = "unreachable"


class Rejected(TaxStatusError):
    """The other side refuses us: credentials, a quota, a request that it does not like."""

    reason = "rejected"


class Malformed(TaxStatusError):
    """An answer that makes no sense, or that is about another invoice. It is not believed."""

    reason = "malformed"


class TaxStatusProvider(Protocol):
    """Who is asked."""

    name: str
    """As it stands in an invoice's history."""

    def status(self, query: Query) -> Answer:
        """The standing of an invoice now. Call it outside transactions. Raises TaxStatusError."""
        ...


class Null:
    """Nobody is asked: every invoice stays as it is. For development; in production it refuses."""

    name = "none"

    def __init__(self, *, production: bool) -> None:
        self._production = production

    def status(self, query: Query) -> Answer:
        if self._production:
            raise NotConfigured("nobody can be asked for tax statuses: set ABS_TAX_STATUS_URL")
        return Answer(Status.NOT_VERIFIED)
