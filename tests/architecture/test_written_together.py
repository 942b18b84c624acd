"""Rows of the trail, the log and the queue are written in the transaction of what they tell of, or not at all."""

from uuid import uuid4

import pytest

from abs_platform.core import audit, jobs
from abs_platform.core.subjects import SubjectRef
from abs_platform.ledger import services as ledger
from abs_platform.parties.actor import PLATFORM


def test_what_tells_of_a_write_must_be_written_with_it(committed_platform: None) -> None:
    subject = SubjectRef("x", uuid4())
    with pytest.raises(RuntimeError):
        audit.record(actor=PLATFORM, verb="x", subject=subject)
    with pytest.raises(RuntimeError):
        ledger.append(actor=PLATFORM, subject=subject, template="x/v1", commitment=b"\x00" * 32)
    with pytest.raises(RuntimeError):
        jobs.enqueue("ledger.seal", key="main", payload={"channel": "main"})
