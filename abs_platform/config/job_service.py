"""What an operator does to background work."""

from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, jobs
from abs_platform.core.errors import Conflict, NotFound
from abs_platform.core.models import Job
from abs_platform.core.subjects import SubjectRef
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role


@transaction.atomic
def retry(*, actor: Actor, job_id: UUID) -> Job:
    """Queue a failed job again. Raises Forbidden, NotFound, and Conflict when it is not failed."""
    actor.require(Role.OPERATOR)
    row = Job.objects.select_for_update(no_key=True).filter(id=job_id).first()
    if row is None:
        raise NotFound
    if not jobs.retry_failed(row.id):
        raise Conflict("state_conflict", "Only a failed job can be tried again.", action="retry", state=row.state)
    audit.record(actor=actor, verb="job.retried", subject=SubjectRef("job", row.id), detail={"kind": row.kind})
    row.refresh_from_db()
    return row
