"""How long money is overdue, in the buckets that statements show. Pure Python."""

from datetime import date, timedelta

NOT_DUE, TO_30, TO_60, TO_90, OVER_90 = "not_due", "1_30", "31_60", "61_90", "over_90"
# Each with the fewest and the most days overdue.
BUCKETS: dict[str, tuple[int | None, int | None]] = {
    NOT_DUE: (None, 0),
    TO_30: (1, 30),
    TO_60: (31, 60),
    TO_90: (61, 90),
    OVER_90: (91, None),
}


def bucket_of(due_date: date, as_of: date) -> str:
    """The bucket of what is due on a day."""
    late = (as_of - due_date).days
    return next(name for name, (_, most) in BUCKETS.items() if most is None or late <= most)


def due_between(bucket: str, as_of: date) -> tuple[date | None, date | None]:
    """The first and last due date of a bucket; None where it is open."""
    fewest, most = BUCKETS[bucket]
    return (
        None if most is None else as_of - timedelta(days=most),
        None if fewest is None else as_of - timedelta(days=fewest),
    )
