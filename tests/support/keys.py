"""Changing and destroying organisations' keys."""

from abs_platform.config import key_service
from abs_platform.core import jobs
from tests.support.world import World

KEY_JOBS = ("parties.rewrap_keys", "documents.rewrap", "documents.erase", "imports.erase")


def run_key_jobs() -> None:
    """All that follows for files and tables when a key changed or was destroyed."""
    jobs.drain(kinds=KEY_JOBS)


def destroy(world: World) -> None:
    """Destroy the supplier's key, as two operators do it."""
    owner = world.supplier.organisation
    key_service.request_destruction(
        actor=world.console.actor, organisation_id=owner.id, name=owner.name, reason="the contract ended"
    )
    key_service.destroy(actor=world.operator.actor, organisation_id=owner.id, name=owner.name)
