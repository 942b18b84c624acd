"""One invoice in several views within one file: data attached, tags, print. They must say the same."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from abs_platform.integrations.formats.cn import values
from abs_platform.integrations.formats.cn.printed import Print
from abs_platform.integrations.formats.keys import contradicts
from abs_platform.integrations.formats.model import Extracted, Level, Remark, fold
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.remarks import ALREADY_FINANCED

NO_STRUCTURED_DATA = "no_structured_data"
SEEN_DIFFERS = "seen_differs_from_stated"


def no_data() -> Remark:
    """That a file is kept for a person to enter."""
    detail = "The file holds no structured data. It is kept as an attachment; enter its fields beside it."
    return Remark(NO_STRUCTURED_DATA, detail, level=Level.ATTENTION)


def best_of(documents: Sequence[Extracted]) -> Extracted | None:
    """The view that says most: one with lines before one without, the first of those."""
    return next((each for each in documents if each.lines), documents[0] if documents else None)


def with_lines_of(document: Extracted, printed: Extracted | None) -> Extracted:
    """With the lines that only the print has, where the two agree on everything else."""
    if document.lines or printed is None or not printed.lines or contradicts(document, printed):
        return document
    totals = replace(document.totals, lines=printed.totals.lines)
    detail = "The lines were read from the print on the page."
    remark = Remark("lines_from_print", detail, level=Level.NOTICE, field="lines")
    remarks = (*(each for each in document.remarks if each.rule != "lines_missing"), remark)
    return replace(document, lines=printed.lines, totals=totals, remarks=remarks)


def compared(document: Extracted, shown: Print, others: Sequence[Extracted]) -> Iterator[Remark]:
    """What another view of the same file says otherwise, and what only it says of the claim."""
    # Where the page shows no code, the number of a legacy invoice stands alone.
    if shown.number and not fold(document.number).endswith(fold(shown.number)):
        yield _differs("number", document.number, shown.number)
    issued = document.issue_date
    if issued and (date := _readable(shown.date, "date")) and values.day(date, "date") != issued:
        yield _differs("issue_date", issued.isoformat(), date)
    total = document.total
    figure = values.figure(shown.total, "total") if _readable(shown.total, "total") else None
    # A credit note's figures were turned.
    if total is not None and figure is not None and abs(figure) != abs(total):
        yield _differs("totals.payable", f"{total:f}", shown.total)
    for each in others:
        if contradicts(document, each):
            yield _differs("", document.syntax, each.syntax)
        yield from (remark for remark in each.remarks if remark.rule == ALREADY_FINANCED)


def _readable(text: str, name: str) -> str:
    try:
        values.day(text, name) if name == "date" else values.figure(text, name)
    except Refused:
        return ""
    return text


def _differs(field: str, stated: str, found: str) -> Remark:
    detail = f"What is seen on the page ({found}) is not what its data states ({stated})."
    params = {"name": field, "expected": stated, "found": found}
    return Remark(SEEN_DIFFERS, detail, params, Level.ATTENTION, field)
