"""What the database refuses of payments on a right."""

from collections.abc import Callable
from typing import Any

from django.db.models.expressions import RawSQL

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.rights.models import Collection, Right


def told(right: Right, **changes: Any) -> Collection:  # Any: columns
    """One row, all in order but for the changes."""
    fields: dict[str, Any] = {
        "amount": 1, "currency": "CNY", "received_on": clock.today(), "reference": "R-1", "source": "supplier",
        "cause": str(uuid7()), "person": "somebody",
    }  # fmt: skip
    row = Collection(right=right, **{**fields, **changes})
    row.save(force_insert=True)
    return row


def against_itself(right: Right) -> Collection:
    """A payment that takes itself back."""
    id = uuid7()
    return told(right, id=id, reverses_id=id)


ILLEGAL: dict[str, Callable[[Right], object]] = {
    "collection_source_known": lambda right: told(right, source="hearsay"),
    "collection_amount": lambda right: told(right, amount=RawSQL("'NaN'::numeric", [])),
    "collection_positive": lambda right: told(right, amount=0),
    "collection_currency": lambda right: told(right, currency="yen"),
    "collection_has_reference": lambda right: told(right, reference=""),
    "collection_reverses_another": against_itself,
}
