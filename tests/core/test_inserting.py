"""Rows written by COPY are those that INSERT would write, and are refused alike."""

from uuid import UUID

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from abs_platform.core.inserting import FEW, insert_all
from abs_platform.core.models import AuditEntry, Job, JobState

pytestmark = pytest.mark.usefixtures("db")

AWKWARD = ['tab\tand \\N and "quotes"', "line\r\nbreak\\", "大写：壹佰元整", "", "\u2028\x7f"]


@pytest.mark.parametrize("count", [0, 1, FEW, FEW + 1, 40])
def test_what_is_written_is_read_back(count: int) -> None:
    texts = [AWKWARD[at % len(AWKWARD)] for at in range(count)]
    rows = insert_all(
        AuditEntry(
            actor=text,
            person_id=UUID(int=at) if at % 2 else None,
            verb="test.written",
            subject_kind="test",
            subject_id=UUID(int=at),
            detail={"text": text, "none": None, "figures": [at, True]},
        )
        for at, text in enumerate(texts)
    )
    read = AuditEntry.objects.filter(verb="test.written").order_by("subject_id")
    columns = ("id", "at", "actor", "person_id", "organisation_id", "subject_id", "detail")
    assert list(read.values_list(*columns)) == [tuple(getattr(row, name) for name in columns) for row in rows]
    assert [row._state.adding for row in rows] == [False] * count


def test_ids_of_the_database_are_in_the_rows_in_their_order() -> None:
    names = [f"group {at}" for at in range(FEW + 5)]
    rows = insert_all(Group(name=name) for name in names)
    assert {row.pk: row.name for row in rows} == dict(Group.objects.filter(name__in=names).values_list("id", "name"))
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)
    Group.objects.create(name="the next one finds the sequence further on")


@pytest.mark.parametrize("count", [FEW, FEW + 1])
def test_one_row_that_breaks_a_rule_is_refused_with_all_the_others(count: int) -> None:
    sound = [Job(kind="test.refused") for _ in range(count - 1)]
    with pytest.raises(IntegrityError, match="job_running_has_lease"), transaction.atomic():
        insert_all([*sound, Job(kind="test.refused", state=JobState.RUNNING)])
    assert not Job.objects.filter(kind="test.refused").exists()
