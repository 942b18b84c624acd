"""A record that was counted on a chain and never placed is found from above, and only because it was counted."""

from datetime import timedelta

import pytest
from django.conf import settings

from abs_platform.core import clock, jobs
from abs_platform.ledger import services
from abs_platform.ledger.audit import audit
from abs_platform.ledger.models import Anchor, PendingRecord
from tests.ledger.conftest import Ledger


@pytest.mark.parametrize("is_counted", [True, False])
def test_a_record_dropped_before_its_place_is_found_by_the_count_on_the_chain(ledger: Ledger, is_counted: bool) -> None:
    ledger.append(3)
    services.seal()
    if is_counted:
        ledger.append(1)
    jobs.drain(kinds=["ledger.anchor"], patience=timedelta(seconds=20))
    if not is_counted:
        ledger.append(1)
    assert Anchor.objects.get(state="anchored").records == 3 + is_counted
    dropped = PendingRecord.objects.get().record_id
    ledger.tamper("DELETE FROM ledger_pendingrecord")
    ledger.tamper("DELETE FROM ledger_record WHERE id = %s", dropped)
    assert audit().wrong is None, "it may still get its place"
    with clock.at(clock.now() + settings.MERGE_DELAY + timedelta(minutes=1)):
        wrong = audit().wrong
    if is_counted:
        assert (
            wrong is not None and wrong["row"].endswith(", checkpoint 0") and "1 never got a place" in wrong["detail"]
        )
    else:
        assert wrong is None, "the negative control: nothing outside tells of it"
