"""The fields of a read document: committed to when it is read, shown one by one with proofs when its owner says so."""

import dataclasses
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from abs_platform.core import audit
from abs_platform.core.errors import Conflict, Invalid
from abs_platform.crypto import fields
from abs_platform.crypto.canonical import canonical_json
from abs_platform.crypto.fields import MAX_DISCLOSED, SEED_SIZE, FieldTree
from abs_platform.documents import selectors
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Extracted
from abs_platform.ledger import selectors as ledger_log
from abs_platform.ledger import services as ledger
from abs_platform.parties import keys
from abs_platform.parties.actor import PLATFORM, Actor

RECORD_TEMPLATE = "fields/v1"
FILE_DIGEST = "/document/sm3"
MAX_BUNDLE_BYTES = 1 << 20
"""What verifiers take (verifier/README.md, "Limits")."""

NAMES = {each.name: None for each in dataclasses.fields(Extracted)}
"""In the order to show them; the database keeps none."""

Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Commitment:
    """What was computed for a document that is being read: the seed to keep, the 32 bytes to record."""

    seed: bytes
    value: bytes


def fields_of(digest: str, content: Mapping[str, Any]) -> dict[str, str]:
    """Value by path of all that a document states, its file's digest first. Our own remarks on it are none of its fields."""
    known = [name for name in NAMES if name in content]
    stated = {name: content[name] for name in (*known, *sorted(content.keys() - NAMES.keys())) if name != "remarks"}
    return {FILE_DIGEST: digest, **dict(fields.flatten(stated))}


def prepare(row: Document, content: Json) -> Commitment:
    """The commitment to a document's fields (`to_json`) under a fresh seed. Hashes every field: call it before the transaction."""
    seed = secrets.token_bytes(SEED_SIZE)
    return Commitment(seed, FieldTree(fields_of(row.digest, content), seed).commitment)


def record(row: Document, commitment: Commitment) -> None:
    """Append the commitment to the ledger, on the owner's behalf, and keep the seed in the row, which the caller saves.

    Runs inside the transaction in which the document becomes a read one.
    """
    row.fields_seed = commitment.seed
    row.fields_record_id = ledger.append(
        subject=selectors.subject_of(row),
        template=RECORD_TEMPLATE,
        commitment=commitment.value,
        actor=dataclasses.replace(PLATFORM, organisation_id=row.owner_id),
    ).id


def disclosable(*, actor: Actor, document_id: UUID) -> dict[str, str]:
    """Value by path of the fields that the owner can disclose; none where none were committed to. Raises NotFound."""
    row = selectors.own_document(actor=actor, document_id=document_id)
    return fields_of(row.digest, row.content) if row.fields_record_id and row.content else {}


@transaction.atomic
def disclose(*, actor: Actor, document_id: UUID, paths: Sequence[str]) -> Json:
    """A proof bundle with the fields at `paths` in place of the file (abs-proof-bundle/v1), for its owner to hand on.

    Raises NotFound; Gone where they were erased; Conflict where none were committed to or where they are not those that
    were; Invalid for a
    path that is not there, for none or too many, and for a bundle larger than verifiers read.
    """
    row = selectors.own_document(actor=actor, document_id=document_id)
    if row.erased_at:
        raise keys.gone()
    if row.fields_record_id is None or row.fields_seed is None or row.content is None:
        raise Conflict(
            "fields_not_committed", "No fields were read from this document, so none can be disclosed: show the file."
        )
    if not 0 < len(set(paths)) <= MAX_DISCLOSED:
        raise Invalid("fields_number", f"Choose from 1 to {MAX_DISCLOSED} fields.", limit=MAX_DISCLOSED)
    tree = FieldTree(fields_of(row.digest, row.content), bytes(row.fields_seed))
    evidence = ledger_log.evidence(row.fields_record_id)
    if tree.commitment.hex() != evidence["record"]["commitment"]:
        raise Conflict(
            "fields_changed",
            "What is stored of this document is not what was recorded when it was read. Tell the platform's operator.",
        )
    try:
        disclosure = tree.disclose(paths)
    except fields.UnknownField as error:
        raise Invalid(
            "field_unknown", f"The document has no field {error.path[:400]!r}.", path=error.path[:400]
        ) from None
    bundle = {"format": selectors.BUNDLE_FORMAT, "fields": disclosure.to_json(), **evidence}
    if len(canonical_json(bundle)) > MAX_BUNDLE_BYTES:
        raise Invalid(
            "disclosure_too_large",
            "These fields together are more than a verifier reads. Choose fewer of the long ones.",
            limit=MAX_BUNDLE_BYTES,
        )
    audit.record(
        actor=actor,
        verb="document.disclosed",
        subject=selectors.subject_of(row),
        detail={"paths": [each.path for each in disclosure.disclosed], "record": str(row.fields_record_id)},
    )
    return bundle
