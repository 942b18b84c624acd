"""The list of documents as a file that opens rightly in Excel."""

from django.db.models import QuerySet

from abs_platform.core.rest.fields import Body
from abs_platform.core.words import said
from abs_platform.documents import replies, services
from abs_platform.documents.export_words import COLUMNS, KINDS, STATES, STEM, VERDICTS
from abs_platform.documents.models import Document
from abs_platform.integrations.tables.lists import list_file
from abs_platform.integrations.tables.writing import TableFile
from abs_platform.parties.actor import Actor

FIGURES = frozenset({"total"})


def export(*, actor: Actor, rows: QuerySet[Document], form: str, language: str) -> TableFile:
    """`rows`, which the actor may see, newest first, as `form` (xlsx or csv) in `language` (zh or en).

    Disclosed ones go into their owners' access logs as when they are listed; what a revocation hides meanwhile is left
    out. Raises Invalid for too many.
    """

    def lines(chunk: list[Document]) -> list[list[str]]:
        bodies = replies.document_bodies(services.listed(actor=actor, rows=chunk), actor=actor)
        return [_line(body, language) for body in bodies]

    return list_file(rows, lines, stem=STEM, columns=COLUMNS, figures=FIGURES, form=form, language=language)


def _line(body: Body, language: str) -> list[str]:
    cells = {
        **body,
        "kind": said(KINDS, body["kind"] or "", language),
        "state": said(STATES, body["state"] or "", language),
        "verdict": said(VERDICTS, body["verdict"] or "", language),
        "owner": body["owner"]["name"],
        "trade": body["trade"]["order_number"] if body["trade"] else None,
        "duplicate_of": body["duplicate_of"]["filename"] if body["duplicate_of"] else None,
    }
    return [str(cells[name] or "") for name in COLUMNS]
