"""Job handlers of financing."""

from uuid import UUID

from abs_platform.core.jobs import RunningJob
from abs_platform.financing import offers, pledging


def expire(job: RunningJob) -> None:
    """Let lapse what is past its time."""
    offers.expire()


def registered(job: RunningJob) -> None:
    """The registry of rights did what it was told: of a pledge, it holds it."""
    if job.payload["kind"] == "pledge":
        pledging.registered(pledge_id=UUID(job.payload["pledge"]))


def refused(job: RunningJob) -> None:
    """The registry of rights refused something: a pledge, because another platform holds the right."""
    if job.payload["kind"] == "pledge":
        pledging.refused(pledge_id=UUID(job.payload["pledge"]), reason=job.payload["reason"])
