"""Job handlers of lending."""

from abs_platform.core.jobs import RunningJob
from abs_platform.financing.lending import overdue


def watch_due(job: RunningJob) -> None:
    """Look for loans that are not paid back in time."""
    overdue.watch()
