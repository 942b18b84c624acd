"""The files of an archive: each becomes a document of its own, beside the archive, which is kept as it came."""

import io
from uuid import UUID

from django.db import IntegrityError

from abs_platform.core.jobs import RunningJob
from abs_platform.documents import receiving, services
from abs_platform.documents.models import Document, Extraction
from abs_platform.integrations.formats.reading import Member
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role


def unpack(*, document_id: UUID, job: RunningJob | None = None) -> None:
    """Receive every member of a kept archive on behalf of whoever uploaded it. Idempotent: each has its place once."""
    row = Document.objects.select_related("owner").get(id=document_id)
    if row.extraction != Extraction.ATTACHMENT:
        return
    members = services.read_again(row).members
    there = set(row.members.values_list("position", flat=True))
    for position, member in enumerate(members):
        if position not in there:
            _receive(row, position, member)
        if job:
            job.progress(position + 1, len(members))


def _receive(row: Document, position: int, member: Member) -> None:
    uploader = Actor(
        label=row.uploaded_by,
        organisation_id=row.owner_id,
        network_id=row.owner.network_id,
        roles=frozenset({Role.SUPPLIER}),
    )
    try:
        receiving.receive(
            actor=uploader,
            filename=member.name,
            stream=io.BytesIO(member.data),
            size=len(member.data),
            place=receiving.Place(row.id, position),
        )
    except IntegrityError:
        # Another worker was faster: its document holds the place.
        if not row.members.filter(position=position).exists():
            raise
