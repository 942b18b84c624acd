"""The list of documents as a file that opens rightly in Excel."""

from collections.abc import Iterator

from django.db.models import QuerySet

from abs_platform.core.errors import Invalid
from abs_platform.core.rest.fields import Body
from abs_platform.documents import replies, services
from abs_platform.documents.export_words import COLUMNS, KINDS, STATES, STEM, VERDICTS, word
from abs_platform.documents.models import Document
from abs_platform.integrations.tables.writing import TableFile, table_file
from abs_platform.parties.actor import Actor

MAX_ROWS = 100_000
CHUNK = 500
"""Rows of an export at most, and of one look at them."""
FIGURES = frozenset({"total"})


def export(*, actor: Actor, rows: QuerySet[Document], form: str, language: str) -> TableFile:
    """`rows`, which the actor may see, newest first, as `form` (xlsx or csv) in `language` (zh or en).

    Disclosed ones go into their owners' access logs as when they are listed. Raises Invalid beyond MAX_ROWS.
    """
    if rows.order_by()[: MAX_ROWS + 1].count() > MAX_ROWS:
        raise Invalid(
            "export_too_long", f"An export has {MAX_ROWS} rows at most. Narrow the list down first.", limit=MAX_ROWS
        )
    headers = [word(pair, language) for pair in COLUMNS.values()]
    texts = frozenset(at for at, name in enumerate(COLUMNS) if name not in FIGURES)
    lines = (_line(body, language) for body in _bodies(actor, rows))
    return table_file(word(STEM, language), form, headers, lines, text_columns=texts)


def _bodies(actor: Actor, rows: QuerySet[Document]) -> Iterator[Body]:
    """What the actor sees of each, chunk by chunk; what a revocation hides meanwhile is left out."""
    rows, left = rows.order_by("-id"), MAX_ROWS
    chunk = list(rows[:CHUNK])
    while chunk and left > 0:
        yield from replies.document_bodies(services.listed(actor=actor, rows=chunk[:left]), actor=actor)
        left -= len(chunk)
        chunk = list(rows.filter(id__lt=chunk[-1].id)[:CHUNK])


def _line(body: Body, language: str) -> list[str]:
    cells = {
        **body,
        "kind": _said(KINDS, body["kind"], language),
        "state": _said(STATES, body["state"], language),
        "verdict": _said(VERDICTS, body["verdict"], language),
        "owner": body["owner"]["name"],
        "trade": body["trade"]["order_number"] if body["trade"] else None,
        "duplicate_of": body["duplicate_of"]["filename"] if body["duplicate_of"] else None,
    }
    return [str(cells[name] or "") for name in COLUMNS]


def _said(words: dict[str, tuple[str, str]], code: str | None, language: str) -> str:
    return word(words[code], language) if code in words else code or ""
