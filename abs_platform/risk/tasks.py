"""Job handlers of risk."""

from uuid import UUID

from abs_platform.core.jobs import RunningJob
from abs_platform.risk import services


def audited(job: RunningJob) -> None:
    """Alert the operating network's officers when an audit of the ledger found a row wrong."""
    payload = job.payload
    if payload["state"] == "wrong":
        services.report_tampering(
            audit_id=UUID(payload["run"]), channel=payload["channel"], row=payload["row"], detail=payload["detail"]
        )
