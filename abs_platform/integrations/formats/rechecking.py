"""A document whose fields a person wrote, against itself: every check of its kind that does not need the file.

What its reading was held to, what is written over it is held to as well: sums, dates, identifiers of parties, and of a VAT
invoice its number, its taxes and its amount in words. A rule of EN 16931 on a sum stands here as our own remark on it
(`en16931.SAME`); the others need the file.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import localcontext

from stdnum.cn import uscc

from abs_platform.integrations.formats import remarks as sums
from abs_platform.integrations.formats import vat
from abs_platform.integrations.formats.model import Extracted, Level, Remark, fold

TYPED = "typed"
"""The syntax of a document whose fields no file states."""

DIGITAL = "数电票"
WORDS, LINE_TAX = "amount_in_words", "line_tax_arithmetic"
# Made anew each time: what a day or a figure of now decides, even where the reading found nothing of it any more.
RULES = frozenset({"date_in_future", "date_long_ago", "due_before_issue", "amount_in_words"})
# A number of so many digits and more is meant for a VAT invoice's, which has 18 or 20.
MANY_DIGITS = re.compile(r"[0-9]{16,}", re.ASCII)
LEGACY_LENGTHS = (18, 20)


def remarks_of(document: Extracted, read: Extracted | None, today: date) -> tuple[Remark, ...]:
    """What holds for the fields now. `read`: what the file itself said; None where it had no fields.

    What was remarked on the same figures when the file was read is as grave as it was then: its profile may have told.
    """
    as_read = {_key(remark): remark for remark in read.remarks} if read else {}
    found = (*_of_kind(document, read), *vat.party_remarks(document), *vat.date_remarks(document, today))
    return tuple(as_read.get(_key(remark), remark) for remark in found)


def _key(remark: Remark) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return remark.rule, remark.field, tuple(sorted(remark.params.items()))


def _of_kind(document: Extracted, read: Extracted | None) -> tuple[Remark, ...]:
    if vat.is_chinese(document):
        return vat.remarks_of(document, check_of(document, read))
    if document.syntax == TYPED and _is_of_chinese_seller(document):
        with localcontext() as context:
            context.prec = vat.PRECISION
            check = check_of(document, read)
            return (*_number(document), *sums.remarks_of(document), *vat.tax_remarks(document, check))
    return sums.remarks_of(document)


def check_of(document: Extracted, read: Extracted | None) -> vat.Check:
    """What a VAT invoice states beside its fields, as far as these and the remarks on its reading tell."""
    is_legacy = not document.syntax.startswith(DIGITAL) and len(document.number) in LEGACY_LENGTHS
    words = next((each.params.get("found", "") for each in read.remarks if each.rule == WORDS), "") if read else ""
    return vat.Check(
        legacy_code=document.number[:-8] if is_legacy else "",
        legacy_number=document.number[-8:] if is_legacy else "",
        check_code=vat.check_code_of(document),
        words=words,
        margin_taxed=_is_margin_taxed(document, read),
    )


def _is_margin_taxed(document: Extracted, read: Extracted | None) -> bool:
    """A note says so (差额征税), or the reading passed over taxes that are not amount × rate."""
    if any("差额征税" in note for note in document.notes):
        return True
    if read is None or any(remark.rule == LINE_TAX for remark in read.remarks):
        return False
    return any(remark.rule == LINE_TAX for remark in vat.tax_remarks(read, vat.Check()))


def _is_of_chinese_seller(document: Extracted) -> bool:
    seller = fold(document.seller.company_id).upper() if document.seller else ""
    return document.kind in sums.BILLS and document.currency == "CNY" and bool(uscc.is_valid(seller))


def _number(document: Extracted) -> Iterator[Remark]:
    """A slip in a typed number. Where somebody typed another kind of number, nothing is known of its shape."""
    if MANY_DIGITS.fullmatch(document.number) and len(document.number) not in LEGACY_LENGTHS:
        detail = (
            f"“{document.number[:40]}” has {len(document.number)} digits; a 数电票 has 20, a VAT invoice of before a code "
            "of 10 or 12 and a number of 8."
        )
        params = {"found": document.number[:40], "count": str(len(document.number))}
        yield Remark("number_digits", detail, params, Level.ATTENTION, "number")
