"""Requests that may be sent again: a caller's key stands for one request of its organisation, and for its answer.

The key is claimed before the work, and the answer is kept in the transaction of the work. A refusal changed nothing, so it
frees the key. Where the process dies in the midst of it nothing was done, and the key is free once the claim's lease has run
out; where it dies afterwards the next attempt gets the answer.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from abs_platform.core import clock
from abs_platform.core.errors import Conflict, Invalid
from abs_platform.core.models import IdempotencyKey

KEEP = timedelta(hours=24)
LEASE = timedelta(seconds=60)
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with: HTTP status and JSON."""

    status: int
    body: Any  # Any: JSON


def digest_of(*parts: object) -> str:
    """A request's fingerprint: who asked, what, where. SHA-256, hex, over its JSON with sorted names."""
    told = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


@transaction.atomic
def claim(*, organisation_id: UUID, key: str, digest: str) -> Answer | None:
    """Claim a key for a request; the answer where it was given already.

    Raises Invalid for a key that is none, Conflict where it stands for another request or the same one is under way.
    """
    if not 1 <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise Invalid(
            "idempotency_key_invalid",
            f"An Idempotency-Key has 1 to {LONGEST} printable ASCII characters. A UUID does.",
            longest=LONGEST,
        )
    now = clock.now()
    IdempotencyKey.objects.filter(organisation_id=organisation_id, expires_at__lte=now).delete()
    row = IdempotencyKey(
        organisation_id=organisation_id, key=key, digest=digest, lease_until=now + LEASE, expires_at=now + KEEP
    )
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    known = IdempotencyKey.objects.select_for_update().get(organisation_id=organisation_id, key=key)
    if known.id == row.id:
        return None
    if known.digest != digest:
        raise Conflict(
            "idempotency_key_reused",
            "This Idempotency-Key stands for another request of your organisation. Take a new key for a new request.",
        )
    if known.status is not None:
        return Answer(known.status, known.body)
    if known.lease_until is not None and known.lease_until > now:
        raise _under_way(max(1, int((known.lease_until - now).total_seconds())))
    known.lease_until = now + LEASE
    known.save(update_fields=["lease_until"])
    return None


def keep(*, organisation_id: UUID, key: str, digest: str, answer: Answer) -> None:
    """The request was carried out: whoever sends it again gets this answer. In the transaction of the work.

    Raises Conflict where another attempt, begun once the lease of this one had run out, was done sooner or freed the key:
    then this one is to be undone.
    """
    rows = IdempotencyKey.objects.filter(organisation_id=organisation_id, key=key, digest=digest, status=None)
    if not rows.update(status=answer.status, body=answer.body, lease_until=None):
        raise _under_way(1)


def _under_way(wait: int) -> Conflict:
    return Conflict(
        "idempotency_under_way",
        "The same request is being carried out. Send it again in a moment for its answer.",
        retry_after=wait,
    )


def let_go(*, organisation_id: UUID, key: str) -> None:
    """The request was refused and changed nothing: the key is free again."""
    IdempotencyKey.objects.filter(organisation_id=organisation_id, key=key, status=None).delete()
