"""The one clock. Business code asks here, so that a test can stand at another moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
"""By whose days banks, invoices and contracts here are dated, whatever the machine's clock shows; it has no summer time."""

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The business day of an aware moment: the day in Beijing."""
    return moment.astimezone(BEIJING).date()


def today() -> date:
    """The present business day."""
    return day_of(now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block the clock stands at `moment` (aware)."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
