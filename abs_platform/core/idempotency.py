"""Requests that may be sent again: a caller's key stands for one request of its organisation, and for its answer.

The key is claimed before the work, and the answer is kept in the transaction of the work. A refusal changed nothing, so it
frees the key. Where the process dies in the midst of it nothing was done, and the key is free once the claim's lease has run
out; where it dies afterwards the next attempt gets the answer. Whoever was so slow that another attempt claimed the key
meanwhile keeps no answer, and so undoes its work.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

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


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt's hold on a key; `until` tells it from every other attempt's."""

    organisation_id: UUID
    key: str
    until: datetime


def digest_of(*parts: object) -> str:
    """A request's fingerprint: who asked, what, where. SHA-256, hex, over its JSON with sorted names."""
    told = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


@transaction.atomic
def claim(*, organisation_id: UUID, key: str, digest: str) -> Claim | Answer:
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
    claimed = Claim(organisation_id, key, now + LEASE)
    IdempotencyKey.objects.filter(organisation_id=organisation_id, expires_at__lte=now).delete()
    row = IdempotencyKey(
        organisation_id=organisation_id, key=key, digest=digest, lease_until=claimed.until, expires_at=now + KEEP
    )
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    known = IdempotencyKey.objects.select_for_update().filter(organisation_id=organisation_id, key=key).first()
    if known is None:  # whoever held it was refused just now, and freed it
        return claim(organisation_id=organisation_id, key=key, digest=digest)
    if known.id == row.id:
        return claimed
    if known.digest != digest:
        raise Conflict(
            "idempotency_key_reused",
            "This Idempotency-Key stands for another request of your organisation. Take a new key for a new request.",
        )
    if known.status is not None:
        return Answer(known.status, known.body)
    if known.lease_until is not None and known.lease_until > now:
        raise _under_way(max(1, int((known.lease_until - now).total_seconds())))
    known.lease_until = claimed.until
    known.save(update_fields=["lease_until"])
    return claimed


def keep(claimed: Claim, answer: Answer) -> None:
    """The request was carried out, in the present transaction: whoever sends it again gets this answer.

    Raises Conflict, which undoes the work, where another attempt has claimed the key since.
    """
    if not _held(claimed).update(status=answer.status, body=answer.body, lease_until=None):
        raise _under_way(1)


def let_go(claimed: Claim) -> None:
    """The request was refused and changed nothing: the key is free again, unless another attempt has claimed it since."""
    _held(claimed).delete()


def _held(claimed: Claim) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(
        organisation_id=claimed.organisation_id, key=claimed.key, status=None, lease_until=claimed.until
    )


def _under_way(seconds: int) -> Conflict:
    return Conflict(
        "idempotency_under_way",
        "The same request is being carried out. Send it again in a moment for its answer.",
        retry_after=seconds,
    )
