"""Job handlers of parties."""

from abs_platform.core.jobs import RunningJob
from abs_platform.parties import key_rotation


def rewrap_keys(job: RunningJob) -> None:
    """Wrap organisations' keys anew under the newest master key."""
    key_rotation.rewrap_keys(job=job)
