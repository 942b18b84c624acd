"""Statements and lists of loans as files: workbooks and CSV that open rightly in Excel, and statements as PDF."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path

from django.db.models import QuerySet

from abs_platform.core import clock
from abs_platform.core.errors import Invalid, Unavailable
from abs_platform.core.rest.fields import Body, money
from abs_platform.financing.lending import replies
from abs_platform.financing.lending.account_replies import statement_body
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.lending.statements import Statement
from abs_platform.financing.lending.words import (
    BUCKETS,
    KINDS,
    LANGUAGES,
    LOAN_COLUMNS,
    LOANS,
    MOVEMENT_COLUMNS,
    PAGE,
    STATEMENT,
    STATES,
    word,
)
from abs_platform.integrations.pdf import Attachment, PdfError, Typesetter, typesetter
from abs_platform.integrations.tables.writing import FORMS as TABLE_FORMS
from abs_platform.integrations.tables.writing import TableFile, table_file
from abs_platform.parties.actor import Actor

__all__ = ["FORMS", "LANGUAGES", "TABLE_FORMS", "File", "loans_file", "statement_file"]

log = logging.getLogger(__name__)

FORMS = (*TABLE_FORMS, "pdf")
LAYOUT = Path(__file__).with_name("statement.typ")
ATTACHMENT = "statement.json"
MAX_ROWS = 100_000
CHUNK = 500
MOVEMENT_FIGURES = frozenset({"owed_more", "owed_less", "balance"})
LOAN_FIGURES = frozenset({"principal", "annual_rate", "owed_principal", "owed_interest", "owed_fee", "owed_total"})


@dataclass(frozen=True, slots=True)
class File:
    """A file for whoever asked: `size` bytes in `chunks`, which can be gone through once."""

    name: str
    media_type: str
    size: int
    chunks: Iterator[bytes]


def _table(found: TableFile) -> File:
    return File(found.name, found.media_type, found.size, found.chunks)


def statement_file(found: Statement, *, form: str, language: str) -> File:
    """A statement as xlsx, csv or pdf, in zh or en. Runs in no transaction. Raises Unavailable where no PDF can be made."""
    stem = f"{word(STATEMENT, language)} {found.since} {found.until}"
    if form == "pdf":
        try:
            content = typeset(found, language, typesetter())
        except PdfError as error:
            log.error("no statement can be made: %s", error)
            raise Unavailable(
                "statement_unavailable", "The PDF cannot be made now. Try again later, or take the workbook."
            ) from error
        return File(f"{stem}.pdf", "application/pdf", len(content), iter([content]))
    headers = [word(pair, language) for pair in MOVEMENT_COLUMNS.values()]
    texts = frozenset(at for at, name in enumerate(MOVEMENT_COLUMNS) if name not in MOVEMENT_FIGURES)
    return _table(table_file(stem, form, headers, _movement_lines(found, language), text_columns=texts))


def _movement_lines(found: Statement, language: str) -> Iterator[list[str]]:
    """The opening balance, the movements, the closing balance, and what is owed with the interest not booked yet."""
    references = {loan.id: loan.bank_reference for loan, _ in found.loans}

    def closing(name: str, balance: str | None) -> list[str]:
        cells = {"booked_on": found.until.isoformat(), "kind": word(PAGE[name], language), "balance": balance or ""}
        return [cells.get(column, "") for column in MOVEMENT_COLUMNS]

    currency = found.currency
    opening = closing("opening", money(found.opening, currency))
    opening[0] = found.since.isoformat()
    yield opening
    for each in found.movements:
        cells = {
            "booked_on": each.booked_on.isoformat(),
            "kind": word(KINDS[each.kind], language),
            "loan": str(each.loan_id),
            "bank_reference": references[each.loan_id],
            "owed_more": money(each.owed_more, currency) if each.owed_more else "",
            "owed_less": money(each.owed_less, currency) if each.owed_less else "",
            "balance": money(each.balance, currency),
            "entry": str(each.entry_id),
        }
        yield [cells[column] or "" for column in MOVEMENT_COLUMNS]
    yield closing("closing", money(found.closing, currency))
    yield closing("unbooked", money(found.unbooked, currency))
    yield closing("total", money(found.total, currency))


def loans_file(rows: "QuerySet[Loan]", *, actor: Actor, as_of: date | None, form: str, language: str) -> File:
    """A list of loans as xlsx or csv, newest first. Raises Invalid beyond MAX_ROWS."""
    if rows.order_by()[: MAX_ROWS + 1].count() > MAX_ROWS:
        raise Invalid(
            "export_too_long", f"An export has {MAX_ROWS} rows at most. Narrow the list down first.", limit=MAX_ROWS
        )
    headers = [word(pair, language) for pair in LOAN_COLUMNS.values()]
    texts = frozenset(at for at, name in enumerate(LOAN_COLUMNS) if name not in LOAN_FIGURES)
    lines = (_loan_line(body, language) for body in _bodies(rows, actor, as_of))
    return _table(table_file(word(LOANS, language), form, headers, lines, text_columns=texts))


def _bodies(rows: "QuerySet[Loan]", actor: Actor, as_of: date | None) -> Iterator[Body]:
    rows = rows.order_by("-id")
    chunk = list(rows[:CHUNK])
    while chunk:
        yield from replies.loan_bodies(chunk, actor=actor, as_of=as_of)
        chunk = list(rows.filter(id__lt=chunk[-1].id)[:CHUNK])


def _loan_line(body: Body, language: str) -> list[str]:
    cells = {
        **body,
        "state": word(STATES[body["state"]], language),
        "bucket": word(BUCKETS[body["bucket"]], language) if body["bucket"] else "",
        **{side: body[side]["name"] for side in ("funder", "supplier", "debtor")},
        **{f"owed_{part}": body["owed"][part] for part in ("principal", "interest", "fee", "total")},
    }
    return [str(cells[name] or "") for name in LOAN_COLUMNS]


def typeset(found: Statement, language: str, setter: Typesetter) -> bytes:
    """The statement as PDF, its figures for programs attached. Raises PdfError."""
    issued = clock.now()
    attachment = Attachment(
        name=ATTACHMENT,
        media_type="application/json",
        description="abs-statement/v1",
        content=json.dumps(statement_body(found), ensure_ascii=False, indent=1).encode(),
    )
    data = _page(found, language, setter) | {
        "issued": f"{issued.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "issued_parts": {name: getattr(issued, name) for name in ("year", "month", "day", "hour", "minute", "second")},
    }
    return setter.typeset(layout=LAYOUT, data=data, attachments=[attachment], moment=issued)


def _page(found: Statement, language: str, setter: Typesetter) -> Body:
    currency = found.currency
    names = {side: {getattr(loan, side).name for loan, _ in found.loans} for side in ("funder", "supplier")}

    def one_of(side: str) -> str:
        if len(names[side]) == 1:
            return setter.showable(next(iter(names[side])))
        return word(PAGE["several" if names[side] else "none"], language)

    return {
        "lang": language,
        "region": {"zh": "cn", "en": "gb"}[language],
        "words": {name: word(pair, language) for name, pair in PAGE.items()},
        "footer": word(PAGE["footer"], language).format(name=ATTACHMENT),
        "columns": [
            word(MOVEMENT_COLUMNS[name], language)
            for name in ("booked_on", "kind", "bank_reference", "owed_more", "owed_less", "balance")
        ],
        "funder": one_of("funder"),
        "supplier": one_of("supplier"),
        "period": f"{found.since} – {found.until}",
        "currency": currency,
        "opening": _shown(money(found.opening, currency)),
        "closing": _shown(money(found.closing, currency)),
        "unbooked": _shown(money(found.unbooked, currency)),
        "total": _shown(money(found.total, currency)),
        "movements": [
            [each[0], each[1], setter.showable(each[3]), _shown(each[4]), _shown(each[5]), _shown(each[6])]
            for each in list(_movement_lines(found, language))[1:-3]
        ],
        "ageing": [
            [word(BUCKETS[bucket], language), _shown(money(amount, currency))]
            for bucket, amount in found.ageing.items()
        ],
    }


def _shown(amount: str | None) -> str:
    """With thousands apart."""
    if not amount:
        return ""
    whole, point, rest = amount.partition(".")
    return f"{int(whole):,}{point}{rest}"
