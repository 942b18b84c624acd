"""Writes that no service would make, for tests that the database refuses them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL

from abs_platform.core import clock
from tests.support.stage import Stage

NAN = RawSQL("'NaN'::numeric", [])  # what `amount >= 0` alone would admit
LATER = clock.now() + timedelta(days=1)


def change(model: type[models.Model], **values: Any) -> Callable[[Stage], None]:
    """Set the values in every row, as no service would."""
    return lambda stage: (model._default_manager.update(**values), None)[1]


def again(model: type[models.Model], **values: Any) -> Callable[[Stage], None]:
    """Insert a row once more under a new id."""

    def act(stage: Stage) -> None:
        row = model._default_manager.order_by("pk").last()
        assert row is not None
        row.pk = None
        row._state.adding = True
        for name, value in values.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    return act
