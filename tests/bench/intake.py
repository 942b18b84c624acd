"""Intake: rows in bulk, tables, UBL, one large file, near duplicates, and the real files of the shared data."""

from tests.bench import _intake_bulk, _intake_file, _intake_files, _intake_near_duplicates, _intake_tables, _intake_ubl
from tests.bench._measuring import Figure, Progress

NEEDS = ("postgres", "redis")
PARTS = (_intake_tables, _intake_ubl, _intake_bulk, _intake_near_duplicates, _intake_file, _intake_files)


def figures(progress: Progress) -> list[Figure]:
    """The figures of every part, one after the other: nothing else runs meanwhile."""
    return [figure for part in PARTS for figure in part.figures_of(progress)]
