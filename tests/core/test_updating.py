"""Columns written in bulk are those that `save` would write, and are refused alike."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from abs_platform.core import clock
from abs_platform.core.models import Job, JobState
from abs_platform.core.updating import update_all
from tests.core.test_inserting import AWKWARD

pytestmark = pytest.mark.usefixtures("db")


def jobs(count: int) -> list[Job]:
    return [Job.objects.create(kind="test.updated", key=str(at), payload={}) for at in range(count)]


@pytest.mark.parametrize("count", [0, 1, 40])
def test_the_named_columns_are_written_and_no_others(count: int) -> None:
    rows = jobs(count)
    for at, row in enumerate(rows):
        row.payload = {"text": AWKWARD[at % len(AWKWARD)], "none": None, "figures": [at, True]}
        row.last_error, row.attempts = AWKWARD[at % len(AWKWARD)], at
        row.run_at = clock.now() + timedelta(microseconds=at)
        row.finished_at = None
        row.key = "not named"
    update_all(rows, ["payload", "last_error", "attempts", "run_at", "finished_at"])
    columns = ("payload", "last_error", "attempts", "run_at", "finished_at")
    read = Job.objects.filter(kind="test.updated").order_by("attempts")
    assert list(read.values_list(*columns)) == [tuple(getattr(row, name) for name in columns) for row in rows]
    assert list(read.values_list("key", flat=True)) == [str(at) for at in range(count)]


def test_one_row_that_breaks_a_rule_is_refused_with_all_the_others() -> None:
    rows = jobs(3)
    for row, state in zip(rows, (JobState.RUNNING, "unheard of", JobState.RUNNING), strict=True):
        row.state = state
    with pytest.raises(IntegrityError), transaction.atomic():
        update_all(rows, ["state"])
    assert set(Job.objects.filter(kind="test.updated").values_list("state", flat=True)) == {JobState.QUEUED}
