"""Constraints that several of the log's tables have."""

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact


def sized(column: str, size: int, name: str) -> models.CheckConstraint:
    """`column` holds exactly `size` bytes, or nothing where it may be null."""
    octets = Func(F(column), function="octet_length", output_field=models.IntegerField())
    return models.CheckConstraint(condition=Q(Exact(octets, size)) | Q(**{f"{column}__isnull": True}), name=name)


def since(words: str, time: str, name: str) -> models.CheckConstraint:
    """Where there are words, there is a time since when they hold, and nowhere else."""
    return models.CheckConstraint(
        condition=Q(**{words: "", f"{time}__isnull": True}) | ~Q(**{words: ""}) & Q(**{f"{time}__isnull": False}),
        name=name,
    )
