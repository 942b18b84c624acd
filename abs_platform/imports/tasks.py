"""Job handlers of imports."""

from uuid import UUID

from abs_platform.core.jobs import RunningJob
from abs_platform.imports import bulk, erasing, steps


def read(job: RunningJob) -> None:
    """Read the table that was uploaded."""
    steps.read(actor=steps.actor_of(job.payload["actor"]), batch_id=UUID(job.payload["batch"]))


def check(job: RunningJob) -> None:
    """Check every cell under the mapping."""
    steps.check(actor=steps.actor_of(job.payload["actor"]), batch_id=UUID(job.payload["batch"]))


def carry_out(job: RunningJob) -> None:
    """Make documents of the rows."""
    steps.carry_out(
        actor=steps.actor_of(job.payload["actor"]), batch_id=UUID(job.payload["batch"]), progress=job.progress
    )


def withdraw(job: RunningJob) -> None:
    """Take the documents back."""
    steps.withdraw(actor=steps.actor_of(job.payload["actor"]), batch_id=UUID(job.payload["batch"]), hold=job.hold)


def sweep(job: RunningJob) -> None:  # a handler's form
    """End the imports that nobody is sending any more."""
    bulk.sweep()


def erase(job: RunningJob) -> None:
    """Erase what the imports of an organisation say whose key was destroyed."""
    erasing.erase(organisation_id=UUID(job.payload["organisation"]))
