"""What may this actor see? Asked at read time, in SQL, never cached."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from abs_platform.consent.models import Access, AccessRequest, Containment, Grant, GrantItem
from abs_platform.consent.states import GrantState
from abs_platform.core import clock
from abs_platform.core.subjects import SubjectRef
from abs_platform.parties.actor import Actor


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What others opened to an actor: whole owners, and single subjects by kind (contained ones included)."""

    owner_ids: list[UUID] = field(default_factory=list)
    subject_ids: dict[str, list[UUID]] = field(default_factory=dict)

    def ids(self, kind: str) -> list[UUID]:
        """Ids of single subjects of `kind`."""
        return self.subject_ids.get(kind, [])


def in_force(*, grantee_id: UUID) -> QuerySet[Grant]:
    """Grants to an organisation that stand at this moment."""
    now = clock.now()
    return Grant.objects.filter(
        grantee_id=grantee_id, state=GrantState.ACTIVE, valid_from__lte=now, valid_until__gt=now
    )


def disclosed_to(*, actor: Actor) -> Disclosure:
    """Few ids, fetched first: the consenting owners and the single subjects, for `owner IN (...) OR id IN (...)`."""
    if actor.organisation_id is None:
        return Disclosure()
    grants = list(in_force(grantee_id=actor.organisation_id).values_list("id", "owner_id", "whole"))
    if not grants:
        return Disclosure()
    subjects: dict[str, list[UUID]] = {}
    partial = [id for id, _, whole in grants if not whole]
    for kind, id in GrantItem.objects.filter(grant_id__in=partial).values_list("subject_kind", "subject_id"):
        subjects.setdefault(kind, []).append(id)
    held = Q()
    for kind, ids in subjects.items():
        held |= Q(container_kind=kind, container_id__in=ids)
    if held:
        for kind, id in Containment.objects.filter(held).values_list("member_kind", "member_id"):
            subjects.setdefault(kind, []).append(id)
    return Disclosure([owner for _, owner, whole in grants if whole], subjects)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody is about to be shown a subject of an owner; `label` is what the owner's log will call it."""

    owner_id: UUID
    subject: SubjectRef
    label: str


def covering_grants(*, actor: Actor, looks: Sequence[Look]) -> dict[SubjectRef, Grant]:
    """For each look the grant by which the actor may take it now; looks that none covers are left out.

    Locks the owners' grants to the actor, all in one order, so that a revocation comes wholly before or wholly after
    the caller's transaction. Must run inside one.
    """
    grants = list(
        in_force(grantee_id=actor.home)
        .filter(owner_id__in={look.owner_id for look in looks})
        .order_by("id")
        .select_for_update(no_key=True)
        .prefetch_related("items")
    )
    containers = {
        SubjectRef(row.member_kind, row.member_id): SubjectRef(row.container_kind, row.container_id)
        for row in Containment.objects.filter(member_id__in=[look.subject.id for look in looks])
    }
    opened = {
        (grant.owner_id, SubjectRef(item.subject_kind, item.subject_id)): grant
        for grant in grants
        for item in grant.items.all()
    }
    whole = {grant.owner_id: grant for grant in grants if grant.whole}
    found: dict[SubjectRef, Grant] = {}
    for look in looks:
        container = containers.get(look.subject)
        grant = (
            opened.get((look.owner_id, look.subject))
            or (container and opened.get((look.owner_id, container)))
            or whole.get(look.owner_id)
        )
        if grant:
            found[look.subject] = grant
    return found


def relied_on(*, kind: str, ids: "Sequence[UUID] | QuerySet[Any, Any]") -> tuple[int, int]:
    """How many of these subjects a grant in force names, and how many were looked at under any grant."""
    granted = GrantItem.objects.filter(
        subject_kind=kind, subject_id__in=ids, grant__state=GrantState.ACTIVE, grant__valid_until__gt=clock.now()
    )
    seen = Access.objects.filter(subject_kind=kind, subject_id__in=ids)
    return (
        granted.values("subject_id").distinct().count(),
        seen.values("subject_id").distinct().count(),
    )


def access_requests(*, actor: Actor) -> QuerySet[AccessRequest]:
    """Requests that the actor's organisation made or received."""
    return AccessRequest.objects.filter(Q(owner_id=actor.home) | Q(requester_id=actor.home)).select_related(
        "owner", "requester", "grant"
    )


def grants(*, actor: Actor) -> QuerySet[Grant]:
    """Grants that the actor's organisation gave or received, with when and how often they were used."""
    return (
        Grant.objects.filter(Q(owner_id=actor.home) | Q(grantee_id=actor.home))
        .select_related("owner", "grantee")
        .prefetch_related("items")
        .annotate(last_access_at=Max("accesses__at"), access_count=Count("accesses"))
    )


def accesses(*, actor: Actor) -> QuerySet[Access]:
    """Looks at the organisation's own data, and its own looks at others'."""
    return Access.objects.filter(Q(owner_id=actor.home) | Q(organisation_id=actor.home)).select_related(
        "organisation", "owner"
    )
