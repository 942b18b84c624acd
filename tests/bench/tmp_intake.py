"""Temporary."""

from tests.bench import _intake_bulk, _intake_tables

NEEDS = ("postgres",)


def figures(progress):
    return [*_intake_tables.figures_of(progress, rounds=2), *_intake_bulk.figures_of(progress, rounds=2)]
