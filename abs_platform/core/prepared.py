"""Querysets whose text is made once in a process and whose plan once in a session, for the reads of the hottest paths.

Django makes a queryset's text anew each time and the server plans it anew, which costs several times what reading a few rows
by their keys does. Plans are made for any ids (`plan_cache_mode` in the settings), whatever ids come first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Lookup, Model, QuerySet, UUIDField
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)


class _Ids:
    """Stands in a text for the ids that a run asks for."""


IDS: Final = _Ids()


@UUIDField.register_lookup
class Among(Lookup):
    """`id__among=IDS`: the ids that a prepared queryset is run with, as one array."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # Any: Django's own
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY (%s)", [*params, self.rhs]


def cursor() -> CursorWrapper:
    """Django's cursor, whose statements the server keeps prepared once they came a few times."""
    connection.ensure_connection()
    own: Any = connection  # Any: what Django itself opens cursors with
    wrapped: CursorWrapper = own._prepare_cursor(ServerBindingCursor(own.connection))  # type: ignore[call-arg]  # psycopg's
    return wrapped


@contextmanager
def pipeline() -> Iterator[None]:
    """What is asked within goes to the server at once, and is answered once the block ends: one exchange, however much is asked.

    Statements run in their sequence, each seeing what was committed before it. Raises what any of them raises.
    """
    connection.ensure_connection()
    own: Any = connection.connection  # Any: psycopg's
    with connection.wrap_database_errors, own.pipeline():
        yield


@dataclass(frozen=True, slots=True)
class _Form(Generic[M]):
    """What is made of a queryset once. `compiler` makes of rows, by the `converters`, what the fields say."""

    text: str
    params: Sequence[Any]
    compiler: Any  # Any: Django's own, as are the converters and populators
    converters: Any
    model: type[M]
    names: Sequence[str]
    columns: slice
    related: Sequence[Any]
    annotations: Sequence[tuple[str, int]]


class Prepared(Generic[M]):
    """A queryset of one model, made with `among=IDS`; called with ids, it gives the rows that it would give.

    Nothing is prefetched.
    """

    def __init__(self, make: Callable[[], QuerySet[M]]) -> None:
        self._make = make

    def __call__(self, ids: Iterable[UUID]) -> list[M]:
        return self.ask(ids)()

    def ask(self, ids: Iterable[UUID]) -> Callable[[], list[M]]:
        """Send it, within a `pipeline`; what gives the rows, called once when that has ended."""
        given, form, opened = list(ids), self._form, cursor()
        opened.execute(form.text, [given if each is IDS else each for each in form.params])
        return lambda: list(self._rows(opened))

    def _rows(self, opened: CursorWrapper) -> Iterator[M]:
        form = self._form
        with opened:
            rows = opened.fetchall()
        for row in form.compiler.apply_converters(rows, form.converters):
            instance = form.model.from_db(connection.alias, form.names, row[form.columns])
            for populator in form.related:
                populator.populate(row, instance)
            for name, position in form.annotations:
                setattr(instance, name, row[position])
            yield instance

    @cached_property
    def _form(self) -> _Form[M]:
        compiler = self._make().query.get_compiler(connection.alias)
        text, params = compiler.as_sql()
        shown, selected = compiler.klass_info, compiler.select
        columns = slice(shown["select_fields"][0], shown["select_fields"][-1] + 1)
        return _Form(
            text=text,
            params=params,
            compiler=compiler,
            converters=compiler.get_converters([column for column, *_ in selected]),
            model=shown["model"],
            names=[column.target.attname for column, *_ in selected[columns]],
            columns=columns,
            related=get_related_populators(shown, selected, connection.alias),  # type: ignore[call-arg]  # of a later Django
            annotations=list(compiler.annotation_col_map.items()),
        )
