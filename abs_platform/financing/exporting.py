"""Lists of requests and pledges as files that open rightly in Excel."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from django.db.models import Model, QuerySet

from abs_platform.core.errors import Invalid
from abs_platform.core.rest.fields import Body
from abs_platform.financing import pledge_replies, replies
from abs_platform.financing.export_words import PLEDGES, REQUESTS, STATES, Columns, word
from abs_platform.financing.models import Pledge, Request
from abs_platform.integrations.tables.writing import TableFile, table_file
from abs_platform.parties.actor import Actor

MAX_ROWS = 100_000
CHUNK = 500
FIGURES = frozenset({"amount", "base", "base_now", "held_for"})
Row = TypeVar("Row", bound=Model)


def requests(*, actor: Actor, rows: QuerySet[Request], form: str, language: str) -> TableFile:
    """Requests that the actor may see, newest first. Raises Invalid beyond MAX_ROWS."""
    bodies = (replies.request_body(row, actor=actor) for row in _all(rows))
    return _file(REQUESTS, ("融资申请", "financing-requests"), bodies, form, language)


def pledges(*, actor: Actor, rows: QuerySet[Pledge], form: str, language: str) -> TableFile:
    """Pledges that the actor may see, newest first. Raises Invalid beyond MAX_ROWS."""
    bodies = (pledge_replies.pledge_body(row, actor=actor) for row in _all(rows))
    return _file(PLEDGES, ("质押与转让", "pledges"), bodies, form, language)


def _all(rows: QuerySet[Row]) -> Iterator[Row]:
    """The rows chunk by chunk, with what belongs to them."""
    if rows.order_by()[: MAX_ROWS + 1].count() > MAX_ROWS:
        raise Invalid(
            "export_too_long", f"An export has {MAX_ROWS} rows at most. Narrow the list down first.", limit=MAX_ROWS
        )
    rows = rows.order_by("-id")
    chunk = list(rows[:CHUNK])
    while chunk:
        yield from chunk
        chunk = list(rows.filter(pk__lt=chunk[-1].pk)[:CHUNK])


def _file(columns: Columns, stem: tuple[str, str], bodies: Iterable[Body], form: str, language: str) -> TableFile:
    headers = [word(pair, language) for pair in columns.values()]
    texts = frozenset(at for at, name in enumerate(columns) if name not in FIGURES)
    lines = ([_cell(body, name, language) for name in columns] for body in bodies)
    return table_file(word(stem, language), form, headers, lines, text_columns=texts)


def _cell(body: Body, name: str, language: str) -> str:
    value = body[name]
    if isinstance(value, Mapping):
        value = value["name"]
    if isinstance(value, list):
        value = "; ".join(str(each["programme"]["name"]) for each in value)
    if name in ("state", "method") and value in STATES:
        value = word(STATES[value], language)
    return "" if value is None else str(value)
