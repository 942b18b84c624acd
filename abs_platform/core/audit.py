"""The audit trail. Every service that writes calls `record` in the same transaction."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from django.db import connection

from abs_platform.core.inserting import insert_all
from abs_platform.core.models import AuditEntry
from abs_platform.core.subjects import SubjectRef

Told = tuple[SubjectRef, dict[str, object] | None]


class AuditedActor(Protocol):
    """What the trail needs to know of whoever acts."""

    @property
    def person_id(self) -> UUID | None: ...
    @property
    def organisation_id(self) -> UUID | None: ...
    @property
    def label(self) -> str: ...


def record(*, actor: AuditedActor, verb: str, subject: SubjectRef, detail: dict[str, object] | None = None) -> None:
    """Write one audit row; `detail` is JSON-ready. Must run inside the transaction of the write it tells of."""
    record_all(actor=actor, verb=verb, subjects=[(subject, detail)])


def record_all(*, actor: AuditedActor, verb: str, subjects: Sequence[Told]) -> None:
    """`record` for many subjects, each with its own detail, in one query."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit row belongs into the transaction that it tells of")
    insert_all(
        AuditEntry(
            person_id=actor.person_id,
            organisation_id=actor.organisation_id,
            actor=actor.label,
            verb=verb,
            subject_kind=subject.kind,
            subject_id=subject.id,
            detail=detail or {},
        )
        for subject, detail in subjects
    )
