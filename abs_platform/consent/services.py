"""Writes of consent. A grant and its end are recorded in the ledger, so that neither side can deny them later."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from abs_platform.consent import selectors
from abs_platform.consent.models import Access, AccessRequest, Containment, Grant, GrantItem
from abs_platform.consent.selectors import Look
from abs_platform.consent.states import GRANT_TRANSITIONS, REQUEST_TRANSITIONS, GrantState
from abs_platform.core import audit, clock, events
from abs_platform.core.errors import Invalid, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.crypto.canonical import canonical_json
from abs_platform.crypto.commitments import commit
from abs_platform.ledger import services as ledger
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role

Item = tuple[SubjectRef, str]
SAME_LISTING = timedelta(hours=1)


@transaction.atomic
def request_access(
    *, actor: Actor, owner_id: UUID, purpose: str, days: int, purpose_note: str = "", order_number: str = ""
) -> AccessRequest:
    """Ask a listed supplier for access. Raises NotFound when no such supplier is listed."""
    actor.require(Role.FINANCIER)
    if not parties.listed_suppliers(actor=actor).filter(id=owner_id).exclude(id=actor.home).exists():
        raise NotFound
    request = AccessRequest.objects.create(
        requester_id=actor.home,
        owner_id=owner_id,
        purpose=purpose,
        purpose_note=purpose_note,
        days=days,
        order_number=order_number,
    )
    _told(actor, "access_request.made", request, {"owner": str(owner_id), "purpose": purpose, "days": days})
    return request


@transaction.atomic
def grant(*, actor: Actor, request_id: UUID, items: Sequence[Item], whole: bool, days: int) -> Grant:
    """Open the listed items, or everything, to the requester from now on for `days`.

    `items` are the owner's own subjects with a label; the caller has checked that they are. Raises NotFound, Forbidden,
    Conflict, and Invalid when nothing is opened or the period is longer than was asked for.
    """
    request = _locked_request(actor, request_id, owner=True)
    request.state = target_of(REQUEST_TRANSITIONS, action="grant", state=request.state, roles=actor.roles)
    if whole == bool(items):
        raise Invalid("nothing_granted", "Pick the trades to open, or choose everything; not both and not neither.")
    if not 1 <= days <= request.days:
        raise Invalid(
            "period_too_long", f"The period can be 1 to {request.days} days, as was asked for.", days=request.days
        )
    now = clock.now()
    request.decided_at = now
    request.save()
    row = Grant.objects.create(
        request=request,
        owner_id=request.owner_id,
        grantee_id=request.requester_id,
        purpose=request.purpose,
        whole=whole,
        salt=secrets.token_bytes(32),
        valid_from=now,
        valid_until=now + timedelta(days=days),
    )
    _add_items(row, items)
    _record(actor, row, "consent.granted/v1")
    _told(actor, "access_request.granted", request, {"grant": str(row.id), "whole": whole, "items": len(items)})
    events.notify([row.owner_id, row.grantee_id], "grant", row.id)
    return row


@transaction.atomic
def open_unasked(
    *, actor: Actor, grantee_id: UUID, purpose: str, items: Sequence[Item], valid_until: datetime
) -> Grant:
    """Open own subjects to somebody of the owner's own accord, until a moment. The caller has checked that they are own."""
    row = Grant.objects.create(
        owner_id=actor.home,
        grantee_id=grantee_id,
        purpose=purpose,
        whole=False,
        salt=secrets.token_bytes(32),
        valid_from=clock.now(),
        valid_until=valid_until,
    )
    _add_items(row, items)
    _record(actor, row, "consent.granted/v1")
    audit.record(
        actor=actor, verb="grant.made", subject=SubjectRef("grant", row.id), detail={"grantee": str(grantee_id)}
    )
    events.notify([row.owner_id, row.grantee_id], "grant", row.id)
    return row


@transaction.atomic
def end(*, actor: Actor, grant_id: UUID) -> None:
    """End a grant whose reason is over; nothing where its owner ended it already."""
    row = Grant.objects.select_for_update(no_key=True).get(id=grant_id)
    if row.state == GrantState.ACTIVE:
        _revoke(actor, row)


@transaction.atomic
def decline(*, actor: Actor, request_id: UUID, reason: str) -> AccessRequest:
    """Say no to a request. Raises NotFound, Forbidden, Conflict."""
    return _end_request(actor, request_id, "decline", owner=True, reason=reason)


@transaction.atomic
def withdraw(*, actor: Actor, request_id: UUID) -> AccessRequest:
    """Take an own request back. Raises NotFound, Forbidden, Conflict."""
    return _end_request(actor, request_id, "withdraw", owner=False, reason="")


@transaction.atomic
def revoke(*, actor: Actor, grant_id: UUID) -> Grant:
    """End a grant at once: the next look is refused. Raises NotFound, Forbidden, Conflict."""
    row = Grant.objects.select_for_update(no_key=True).filter(id=grant_id, owner_id=actor.home).first()
    if row is None:
        raise NotFound
    target_of(GRANT_TRANSITIONS, action="revoke", state=row.state, roles=actor.roles)
    _revoke(actor, row)
    return row


def _revoke(actor: Actor, row: Grant) -> None:
    row.state, row.revoked_at = GrantState.REVOKED, clock.now()
    row.save()
    _record(actor, row, "consent.revoked/v1")
    audit.record(actor=actor, verb="grant.revoked", subject=SubjectRef("grant", row.id))
    events.notify([row.owner_id, row.grantee_id], "grant", row.id)


def _add_items(row: Grant, items: Sequence[Item]) -> None:
    GrantItem.objects.bulk_create(
        GrantItem(grant=row, subject_kind=subject.kind, subject_id=subject.id, label=label[:200])
        for subject, label in dict(items).items()
    )


_CONTAIN = """
    INSERT INTO consent_containment (container_kind, container_id, member_kind, member_id)
    SELECT * FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::uuid[])
    ON CONFLICT (member_kind, member_id)
        DO UPDATE SET container_kind = excluded.container_kind, container_id = excluded.container_id
"""


def contain_all(contents: Iterable[tuple[SubjectRef, SubjectRef]]) -> None:
    """Business applications tell what contains what, as (container, member); a member moves when it was elsewhere."""
    rows = [(container.kind, container.id, member.kind, member.id) for container, member in contents]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_CONTAIN, [list(column) for column in zip(*rows, strict=True)])


def release(*, member: SubjectRef) -> None:
    """Business applications tell that nothing contains `member` any more: what is opened with its container is not it."""
    Containment.objects.filter(member_kind=member.kind, member_id=member.id).delete()


def release_all(*, members: Iterable[SubjectRef]) -> None:
    """`release` for many."""
    by_kind: dict[str, list[UUID]] = {}
    for member in members:
        by_kind.setdefault(member.kind, []).append(member.id)
    for kind, ids in by_kind.items():
        Containment.objects.filter(member_kind=kind, member_id__in=ids).delete()


def dissolve(*, actor: Actor, container: SubjectRef, members: Iterable[Item]) -> None:
    """Business applications tell that `container` goes and its members, with labels, move elsewhere.

    Grants in force that opened it go on to open these members singly: what the owner opened stays open, and nothing
    else becomes open with it. Their new terms are recorded like the first.
    """
    moved = list(members)
    gone = GrantItem.objects.filter(subject_kind=container.kind, subject_id=container.id)
    holding = Grant.objects.filter(id__in=gone.values("grant_id"), state=GrantState.ACTIVE)
    for row in holding.select_for_update(no_key=True).order_by("id"):
        GrantItem.objects.bulk_create(
            (
                GrantItem(grant=row, subject_kind=member.kind, subject_id=member.id, label=label[:200])
                for member, label in moved
            ),
            ignore_conflicts=True,
        )
        gone.filter(grant=row).delete()
        _record(actor, row, "consent.moved/v1")
        audit.record(
            actor=actor, verb="grant.moved", subject=SubjectRef("grant", row.id), detail={"from": str(container.id)}
        )


@transaction.atomic
def record_looks(*, actor: Actor, action: str, looks: Sequence[Look]) -> set[SubjectRef]:
    """Put looks at others' subjects on record; returns the subjects that a grant covers. The others must not be shown.

    Reading a grant and writing the look happen in one transaction, under a lock on the grant that a revocation waits
    for; so no look can follow a revocation. A list that is looked at again within the hour is the same look.
    """
    covering = selectors.covering_grants(actor=actor, looks=looks)
    again = _listed_lately(actor, covering) if action == "listed" else set()
    rows = [
        Access(
            owner_id=look.owner_id,
            organisation_id=actor.home,
            person=actor.label,
            person_ref=actor.person_id,
            grant=covering[look.subject],
            purpose=covering[look.subject].purpose,
            action=action,
            subject_kind=look.subject.kind,
            subject_id=look.subject.id,
            subject_label=look.label[:200],
        )
        for look in looks
        if look.subject in covering and look.subject not in again
    ]
    Access.objects.bulk_create(rows)
    for owner_id, row in {row.owner_id: row for row in rows}.items():
        events.notify([owner_id], "access", row.id)
    return set(covering)


def _listed_lately(actor: Actor, covering: Mapping[SubjectRef, Grant]) -> set[SubjectRef]:
    """Which of these subjects this person has seen in a list, under the same grant, within the hour."""
    rows = Access.objects.filter(
        organisation_id=actor.home,
        person_ref=actor.person_id,
        action="listed",
        at__gt=clock.now() - SAME_LISTING,
        subject_id__in=[subject.id for subject in covering],
        grant_id__in={grant.id for grant in covering.values()},
    ).values_list("subject_kind", "subject_id", "grant_id")
    seen = {(SubjectRef(kind, id), grant_id) for kind, id, grant_id in rows}
    return {subject for subject, grant in covering.items() if (subject, grant.id) in seen}


def _locked_request(actor: Actor, request_id: UUID, *, owner: bool) -> AccessRequest:
    side = {"owner_id": actor.home} if owner else {"requester_id": actor.home}
    request = AccessRequest.objects.select_for_update(no_key=True).filter(id=request_id, **side).first()
    if request is None:
        raise NotFound
    return request


def _end_request(actor: Actor, request_id: UUID, action: str, *, owner: bool, reason: str) -> AccessRequest:
    request = _locked_request(actor, request_id, owner=owner)
    request.state = target_of(REQUEST_TRANSITIONS, action=action, state=request.state, roles=actor.roles)
    request.decided_at = clock.now()
    request.reason = reason
    request.save()
    _told(actor, f"access_request.{request.state}", request, {"reason": reason})
    return request


def _told(actor: Actor, verb: str, request: AccessRequest, detail: dict[str, object]) -> None:
    audit.record(actor=actor, verb=verb, subject=SubjectRef("access_request", request.id), detail=detail)
    events.notify([request.owner_id, request.requester_id], "access_request", request.id)


def _record(actor: Actor, row: Grant, template: str) -> None:
    """Append the grant's present terms to the ledger; whoever holds the terms and `salt` can open the commitment."""
    terms = {
        "grant": str(row.id),
        "owner": str(row.owner_id),
        "grantee": str(row.grantee_id),
        "purpose": row.purpose,
        "whole": row.whole,
        "items": sorted(f"{item.subject_kind}:{item.subject_id}" for item in row.items.all()),
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat(),
        "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
    }
    commitment = commit("abs/consent/v1", bytes(row.salt), canonical_json(terms))
    ledger.append(subject=SubjectRef("grant", row.id), template=template, commitment=commitment, actor=actor)
