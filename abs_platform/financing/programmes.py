"""Writes of programmes. One person of the funder drafts and proposes, another approves; so too after a suspension."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, events
from abs_platform.core.currencies import check_amount
from abs_platform.core.errors import Conflict, Invalid, NotFound
from abs_platform.core.idempotency import digest_of
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.financing import two_people
from abs_platform.financing.models import Programme
from abs_platform.financing.states import PROGRAMME_TRANSITIONS, ProgrammeState
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role

SIMPLE = (
    "name", "currency", "limit", "supplier_limit", "min_rung", "max_tenor_days", "grace_days", "method", "recourse",
    "annual_rate", "fee_rate", "day_count",
)  # fmt: skip
STATED = ("core_enterprise_id", "advance_rates", *SIMPLE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a programme states. Rates are fractions of one; `advance_rates` by rung, each of 0 to 1."""

    core_enterprise: UUID
    name: str
    currency: str
    limit: Decimal
    supplier_limit: Decimal
    min_rung: int
    advance_rates: Mapping[int, Decimal]
    max_tenor_days: int
    grace_days: int
    method: str
    recourse: bool
    annual_rate: Decimal
    fee_rate: Decimal
    day_count: str

    @property
    def columns(self) -> dict[str, Any]:  # Any: columns
        """As the model keeps it. Raises Invalid for what contradicts itself."""
        check_amount(self.limit, self.currency, field="limit")
        check_amount(self.supplier_limit, self.currency, field="supplier_limit")
        if self.supplier_limit > self.limit:
            raise Invalid(
                "limits_not_nested", "The limit for one supplier is above the programme's. Lower it, or raise that one."
            )
        missing = [rung for rung in range(self.min_rung, 6) if not self.advance_rates.get(rung)]
        if missing:
            raise Invalid(
                "advance_rate_missing",
                "Give an advance rate above zero for every rung from the lowest that you lend on.",
                rungs=missing,
            )
        rates = {str(rung): format(rate, "f") for rung, rate in sorted(self.advance_rates.items())}
        return {
            "core_enterprise_id": self.core_enterprise,
            "advance_rates": rates,
            **{name: getattr(self, name) for name in SIMPLE},
        }


@transaction.atomic
def create(*, actor: Actor, draft: Draft) -> Programme:
    """Draft a programme for the suppliers of a core enterprise. Raises Forbidden, NotFound, Invalid."""
    actor.require(Role.FINANCIER)
    _check_core_enterprise(actor, draft)
    row = Programme.objects.create(funder_id=actor.home, **draft.columns)
    _told(actor, row, "programme.created")
    return row


@transaction.atomic
def change(*, actor: Actor, programme_id: UUID, draft: Draft) -> Programme:
    """State a draft anew. Raises Forbidden, NotFound, Invalid, Conflict also for another debtor or currency once somebody
    asked: what was lent stays with whom and in what it was lent.
    """
    row = _locked(actor, programme_id)
    _move(actor, row, "change")
    _check_core_enterprise(actor, draft)
    is_same = (draft.core_enterprise, draft.currency) == (row.core_enterprise_id, row.currency)
    if not is_same and row.invitations.exists():
        raise Conflict(
            "programme_in_use",
            "Requests were put to this programme already, so its debtor and its currency stay. Open another programme.",
        )
    for name, value in draft.columns.items():
        setattr(row, name, value)
    row.save()
    _told(actor, row, "programme.changed")
    return row


@transaction.atomic
def propose(*, actor: Actor, programme_id: UUID) -> Programme:
    """Put a draft to a colleague. Raises Forbidden, NotFound, Conflict."""
    row = _locked(actor, programme_id)
    _move(actor, row, "propose")
    row.maker_id, row.checker_id = two_people.maker(actor), None
    return _saved(actor, row, "programme.proposed")


def terms_of(row: Programme) -> str:
    """A digest of all that a programme states: SHA-256, hex. Whoever approves it says which terms were seen."""
    return digest_of({name: getattr(row, name) for name in STATED})


@transaction.atomic
def approve(*, actor: Actor, programme_id: UUID, terms: str) -> Programme:
    """Open what a colleague proposed to suppliers. `terms`: as `terms_of` the programme that the actor looked at.

    Raises Forbidden, NotFound, Conflict also where other terms were proposed since.
    """
    row = _locked(actor, programme_id)
    _move(actor, row, "approve")
    row.checker_id = two_people.checker(actor, row.maker_id)
    if terms != terms_of(row):
        raise Conflict("terms_changed", "The programme was changed since you looked at it. Read its terms again.")
    return _saved(actor, row, "programme.approved")


@transaction.atomic
def send_back(*, actor: Actor, programme_id: UUID) -> Programme:
    """Make a draft again of what was proposed. Raises Forbidden, NotFound, Conflict."""
    row = _locked(actor, programme_id)
    _move(actor, row, "send_back")
    row.maker_id = None
    return _saved(actor, row, "programme.sent_back")


@transaction.atomic
def suspend(*, actor: Actor, programme_id: UUID) -> Programme:
    """Take no more requests and accept no more offers for now. Raises Forbidden, NotFound, Conflict."""
    row = _locked(actor, programme_id)
    _move(actor, row, "suspend")
    return _saved(actor, row, "programme.suspended")


@transaction.atomic
def resume(*, actor: Actor, programme_id: UUID) -> Programme:
    """Propose that a suspended programme goes on; another approves. Raises Forbidden, NotFound, Conflict."""
    row = _locked(actor, programme_id)
    _move(actor, row, "resume")
    row.maker_id, row.checker_id = two_people.maker(actor), None
    return _saved(actor, row, "programme.resumed")


@transaction.atomic
def close(*, actor: Actor, programme_id: UUID) -> Programme:
    """End a programme for good; what was lent runs on. Raises Forbidden, NotFound, Conflict."""
    row = _locked(actor, programme_id)
    _move(actor, row, "close")
    return _saved(actor, row, "programme.closed")


def _locked(actor: Actor, programme_id: UUID) -> Programme:
    actor.require(Role.FINANCIER)
    row = Programme.objects.select_for_update(no_key=True).filter(id=programme_id, funder=actor.home).first()
    if row is None:
        raise NotFound
    return row


def _move(actor: Actor, row: Programme, action: str) -> None:
    row.state = target_of(PROGRAMME_TRANSITIONS, action=action, state=row.state, roles=actor.roles)


def _check_core_enterprise(actor: Actor, draft: Draft) -> None:
    if not parties.core_enterprises(actor=actor).filter(id=draft.core_enterprise).exists():
        raise NotFound


def _saved(actor: Actor, row: Programme, verb: str) -> Programme:
    row.save(update_fields=["state", "maker_id", "checker_id"])
    _told(actor, row, verb)
    return row


def _told(actor: Actor, row: Programme, verb: str) -> None:
    audit.record(actor=actor, verb=verb, subject=SubjectRef("programme", row.id), detail={"name": row.name})
    # Of what its funder has not opened yet, the core enterprise does not even hear.
    is_own = row.state in (ProgrammeState.DRAFT, ProgrammeState.PROPOSED)
    events.notify([row.funder_id, None if is_own else row.core_enterprise_id], "programme", row.id)
