"""What may this actor see? Asked at read time, in SQL, never cached."""

from collections.abc import Iterable
from dataclasses import dataclass, field
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


def covering_grants(*, actor: Actor, owner_id: UUID, subjects: Iterable[SubjectRef]) -> dict[SubjectRef, Grant]:
    """For each of `subjects` of `owner_id` the grant by which the actor may see it now; others are left out.

    Locks the owner's grants to the actor, so that a revocation comes wholly before or wholly after the caller's
    transaction. Must run inside one.
    """
    grants = list(
        in_force(grantee_id=actor.home)
        .filter(owner_id=owner_id)
        .order_by("id")
        .select_for_update()
        .prefetch_related("items")
    )
    wanted = list(subjects)
    containers = {
        SubjectRef(row.member_kind, row.member_id): SubjectRef(row.container_kind, row.container_id)
        for row in Containment.objects.filter(member_id__in=[subject.id for subject in wanted])
    }
    opened = {SubjectRef(item.subject_kind, item.subject_id): grant for grant in grants for item in grant.items.all()}
    whole = next((grant for grant in grants if grant.whole), None)
    found: dict[SubjectRef, Grant] = {}
    for subject in wanted:
        container = containers.get(subject)
        grant = opened.get(subject) or (container and opened.get(container)) or whole
        if grant:
            found[subject] = grant
    return found


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
