"""What is not paid back in time: an alert, and with recourse a claim on the supplier. Looked at every day."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from abs_platform.core import clock
from abs_platform.core.subjects import SubjectRef
from abs_platform.financing.lending import owing
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.lending.recording import attest
from abs_platform.financing.states import LENT
from abs_platform.parties.actor import PLATFORM
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation


def watch() -> int:
    """Look at every loan that is past its day of grace. Returns how many those are. Idempotent."""
    today = clock.today()
    late = Loan.objects.filter(state__in=LENT, due_date__lt=today).values_list("id", "due_date", "offer__grace_days")
    ids = [id for id, due_date, grace in late if due_date + timedelta(days=grace) < today]
    for id in ids:
        _look(id, today)
    return len(ids)


@transaction.atomic
def _look(loan_id: UUID, today: date) -> None:
    rows = Loan.objects.select_for_update(no_key=True, of=("self",)).select_related("funder", "supplier", "offer")
    loan = rows.filter(id=loan_id, state__in=LENT).first()
    if loan is None:  # paid back meanwhile
        return
    owed = owing.owed(loan, today)
    seen = Observation(
        rule="loan_overdue",
        severity=Severity.HIGH,
        key=f"loan_overdue:{loan.id}",
        subject=SubjectRef("loan", loan.id),
        subject_label=loan.bank_reference,
        organisation_ids=(loan.funder_id, loan.supplier_id),
        amount=owed.total,
        currency=loan.currency,
        detail={"due_date": loan.due_date.isoformat(), "recourse": loan.offer.recourse},
    )
    risk.report(actor=PLATFORM, network_id=loan.funder.network_id, observations=[seen])
    if loan.offer.recourse and loan.claimed_on is None:
        loan.claimed_on = today
        loan.save(update_fields=["claimed_on"])
        attest(PLATFORM, loan, "loan.claimed", {"claimed_on": today.isoformat(), "owed": str(owed.total)})
