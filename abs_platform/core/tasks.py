"""Celery's side of the job queue: a doorbell and a sweep."""

from uuid import UUID

from celery import shared_task

from abs_platform.core import jobs


@shared_task(name="core.run_job", ignore_result=True)  # type: ignore[untyped-decorator]  # celery ships no types
def run_job(job_id: str) -> None:
    """Run the job whose bell was rung."""
    jobs.run(UUID(job_id))


@shared_task(name="core.sweep", ignore_result=True, expires=5)  # type: ignore[untyped-decorator]  # celery ships no types
def sweep() -> None:
    """Ring again for every job that is due or abandoned."""
    jobs.sweep()
