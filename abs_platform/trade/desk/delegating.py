"""Delegation: a person of a core enterprise gives a colleague its right to confirm until a day."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, clock
from abs_platform.core.errors import Conflict, Forbidden, Invalid, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Membership
from abs_platform.parties.roles import Role
from abs_platform.trade.desk.authority import reader_of, require_person
from abs_platform.trade.models import Delegation

LONGEST = timedelta(days=366)


@transaction.atomic
def delegate(*, actor: Actor, delegate_id: UUID, until: date) -> Delegation:
    """Give a colleague the actor's own right to confirm, until and including `until`, at most a year.

    What was delegated to the actor cannot be given on. Raises Forbidden, NotFound for who is no colleague, Invalid for
    a day that is past or too far, Conflict when the colleague has it.
    """
    actor.require(Role.CORE_ENTERPRISE)
    colleague = Membership.objects.select_for_update(no_key=True).filter(
        person_id=delegate_id, organisation_id=actor.home, person__is_active=True
    )
    if delegate_id == actor.person_id or not colleague.exists():
        raise NotFound
    principal = require_person(actor)
    if not clock.today() <= until <= clock.today() + LONGEST:
        raise Invalid("until_invalid", f"Choose a day from today to {LONGEST.days} days from now.", days=LONGEST.days)
    own = Delegation.objects.filter(principal_id=principal, delegate_id=delegate_id, revoked_at=None)
    own.filter(until__lt=clock.today()).update(revoked_at=clock.now())
    if own.exists():
        raise Conflict("delegated_already", "This colleague has your right to confirm. Revoke it to change the day.")
    row = Delegation.objects.create(
        organisation_id=actor.home, principal_id=principal, delegate_id=delegate_id, until=until
    )
    detail: dict[str, object] = {"delegate": str(delegate_id), "until": until.isoformat()}
    audit.record(actor=actor, verb="delegation.given", subject=SubjectRef("delegation", row.id), detail=detail)
    return row


@transaction.atomic
def revoke(*, actor: Actor, delegation_id: UUID) -> Delegation:
    """End a delegation at once: whoever gave it, or who holds it. Raises NotFound, Forbidden for others, Conflict when ended."""
    reader_of(actor).require(Role.CORE_ENTERPRISE)
    rows = Delegation.objects.select_for_update(no_key=True).filter(id=delegation_id, organisation_id=actor.home)
    row = rows.first()
    if row is None:
        raise NotFound
    if row.revoked_at:
        raise Conflict("state_conflict", "This delegation has ended.")
    if require_person(actor) not in (row.principal_id, row.delegate_id):
        raise Forbidden("not_your_delegation", "Whoever gave a delegation or holds it can end it.")
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    audit.record(actor=actor, verb="delegation.revoked", subject=SubjectRef("delegation", row.id))
    return row
