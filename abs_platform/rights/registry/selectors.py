"""What the registry of rights holds of a right, as far as we know."""

from collections.abc import Sequence
from uuid import UUID

from abs_platform.rights.registry.models import RegistryEntry


def steps(*, right_id: UUID) -> Sequence[RegistryEntry]:
    """The steps of a right, the oldest first, for callers that may see it."""
    return list(RegistryEntry.objects.filter(right_id=right_id).select_related("batch").order_by("id"))
