"""What an organisation's imports say, erased when its key is destroyed; see documents.keeping.erase. Repeatable."""

from uuid import UUID

from django.db import transaction

from abs_platform.core.transitions import target_of
from abs_platform.imports.models import Batch, Correction, Row, SavedMapping, StagedDocument, StagedLine
from abs_platform.imports.services import tell
from abs_platform.imports.states import PLATFORM_ROLE, STEPS, Entry, State
from abs_platform.parties import keys
from abs_platform.parties.actor import PLATFORM

ERASED = "erased"
GONE = "content_destroyed"


def erase(*, organisation_id: UUID) -> None:
    """Erase cells, corrections, staged documents and mappings of an organisation whose key was destroyed.

    What stays: who imported how many when, which documents came of it, who corrected which cell. Raises ValueError while
    the key is there.
    """
    if keys.live_versions(organisation_id):
        raise ValueError("the organisation's key is in use; nothing is erased")
    for batch_id in Batch.objects.filter(owner_id=organisation_id).order_by("id").values_list("id", flat=True):
        _erase(batch_id)
    SavedMapping.objects.filter(owner_id=organisation_id).delete()


@transaction.atomic
def _erase(batch_id: UUID) -> None:
    row = Batch.objects.select_for_update(no_key=True).get(id=batch_id)
    Row.objects.filter(batch=row).delete()
    Correction.objects.filter(batch=row).exclude(before="", after="").update(before="", after="")
    StagedLine.objects.filter(document__batch=row).delete()
    StagedDocument.objects.filter(batch=row, state=Entry.PENDING).delete()
    StagedDocument.objects.filter(batch=row).update(
        number=ERASED,
        buyer_name=ERASED,
        buyer_id="",
        order_number="",
        contract_number="",
        payment_terms="",
        issue_date=row.created_at.date(),
        due_date=None,
        total=None,
    )
    is_new = row.filename != _name(row)
    row.filename = _name(row)
    row.sheet, row.sheets, row.headers, row.lost, row.mapping, row.saved_as = "", [], [], [], {}, ""
    row.problem = {"code": row.problem["code"], "params": {}} if row.problem else None
    if row.state in STEPS["erase"].sources:
        row.state = State(target_of(STEPS, action="erase", state=row.state, roles=frozenset({PLATFORM_ROLE})))
        row.problem = {"code": GONE, "params": {}}
    row.save()
    if is_new:
        tell(PLATFORM, row, "import.erased", {})


def _name(row: Batch) -> str:
    return f"{ERASED}-{row.id.hex[-8:]}"
