"""What risk officers are told when the tax office takes an invoice back."""

from abs_platform.documents import selectors
from abs_platform.documents.models import Document
from abs_platform.documents.tax.models import Reliance, TaxStatus
from abs_platform.integrations.tax.status import Status
from abs_platform.parties.actor import PLATFORM
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation

# Rule and severity, while nothing depends on the invoice and while something does.
RULES = {
    Status.RED_LETTER: (("invoice_red_lettered", Severity.HIGH), ("invoice_red_lettered", Severity.HIGH)),
    Status.VOIDED: (("invoice_voided", Severity.HIGH), ("invoice_voided_after_right", Severity.CRITICAL)),
    Status.LOST_CONTROL: (("invoice_lost_control", Severity.HIGH), ("invoice_lost_control", Severity.CRITICAL)),
    Status.ABNORMAL: (("invoice_abnormal", Severity.HIGH), ("invoice_abnormal", Severity.CRITICAL)),
    Status.DUPLICATE: (("invoice_claimed_before", Severity.MEDIUM), ("invoice_claimed_before", Severity.HIGH)),
}


def report(*, document: Document, row: TaxStatus) -> None:
    """Raise the alert that a new status calls for; a red-letter invoice that takes more raises another."""
    if row.status not in RULES:
        return
    rule, severity = RULES[Status(row.status)][row.reliance != Reliance.NONE]
    total = abs(document.total) if document.total is not None else None
    seen = Observation(
        rule=rule,
        severity=severity,
        key=f"{rule}:{document.id}:{row.red_amount or ''}:{row.checked_at:%Y-%m-%d}",
        subject=selectors.subject_of(document),
        subject_label=selectors.label_of(document),
        organisation_ids=(document.owner_id, document.counterparty_id),
        amount=row.red_amount if row.red_amount is not None else total,
        currency=document.currency,
        detail={"number": document.number, "kind": document.kind, "red_numbers": ", ".join(row.red_numbers)[:200]},
    )
    risk.report(actor=PLATFORM, network_id=document.owner.network_id, observations=[seen])
