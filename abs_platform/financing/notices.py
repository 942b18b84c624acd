"""转让通知书 and 质押通知书: the debtor is told to whom it owes now, and acknowledges it (民法典546, 768).

The supplier signs the notice as it accepts; it is sent once every right of the loan is registered, so that no debtor is told
of what another platform refused.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, clock, events
from abs_platform.core.errors import NotFound
from abs_platform.core.ids import uuid7
from abs_platform.core.rest.fields import money
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.crypto import sm3
from abs_platform.crypto.canonical import canonical_json
from abs_platform.financing import selectors
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.models import Acknowledgement, Notice, Offer
from abs_platform.financing.states import NOTICE_TRANSITIONS
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import Role
from abs_platform.rights.encumbrance import PLATFORM_ROLES
from abs_platform.rights.models import Right
from abs_platform.rights.priority import services as priority
from abs_platform.trade.signatories import OwnSignature, Signatory, ToSign

DOMAIN = "abs/notice/v1"


def prepare(signatory: Signatory, *, loan: Loan, offer: Offer, rights: Sequence[Right]) -> Notice:
    """Sign what the debtor will be told of a new loan's rights. In the caller's transaction."""
    id = uuid7()
    signed = signatory.sign(
        statement(signatory, offer=offer, rights=rights),
        subject=SubjectRef("notice", id),
        template=f"notice.{offer.method}/v1",
        domain=DOMAIN,
    )
    debtor = offer.invitation.programme.core_enterprise
    return Notice.objects.create(id=id, loan=loan, debtor=debtor, at=signatory.at, **signed)


def send(loan: Loan) -> None:
    """The debtor sees the notice from now on. In the caller's transaction."""
    row = _locked(loan)
    row.sent_at = clock.now()
    _move(row, "send")
    audit.record(actor=PLATFORM, verb="notice.sent", subject=SubjectRef("notice", row.id))


def lift(loan: Loan, *, actor: Actor) -> None:
    """What the notice tells of is over. In the caller's transaction."""
    row = _locked(loan)
    row.lifted_at = clock.now()
    _move(row, "lift")
    audit.record(actor=actor, verb="notice.lifted", subject=SubjectRef("notice", row.id))


def acknowledge(*, actor: Actor, notice_id: UUID, own: OwnSignature | None = None) -> Notice:
    """The debtor signs that the notice reached it, with its `own` key where it has one.

    From then on it counts among who was told first (民法典768). Raises Forbidden, NotFound, Conflict, Invalid.
    """
    actor.require(Role.CORE_ENTERPRISE)
    signatory = Signatory(actor, own)
    with transaction.atomic():
        row = _opened(actor, notice_id)
        row.save(update_fields=["state"])
        subject = SubjectRef("notice", row.id)
        signed = signatory.sign(
            _acknowledgement(signatory, row), subject=subject, template="notice.acknowledged/v1", domain=DOMAIN
        )
        Acknowledgement.objects.create(notice=row, at=signatory.at, **signed)
        for pledge in row.loan.pledges.select_related("holder").order_by("id"):
            priority.acknowledged(actor=actor, right_id=pledge.right_id, pledge_id=pledge.id, party=pledge.holder.name)
        audit.record(actor=actor, verb="notice.acknowledged", subject=subject)
        _tell(row)
    return selectors.notice(actor=actor, notice_id=notice_id)


def to_sign(*, actor: Actor, notice_id: UUID) -> ToSign:
    """The exact words that `acknowledge` would sign now, for a debtor with a key of its own. Raises as it does."""
    actor.require(Role.CORE_ENTERPRISE)
    signatory = Signatory(actor)
    with transaction.atomic():
        return ToSign(_acknowledgement(signatory, _opened(actor, notice_id)), signatory.at)


def _opened(actor: Actor, notice_id: UUID) -> Notice:
    """A notice that the debtor may acknowledge now, locked, with its next state. Raises NotFound, Conflict."""
    rows = Notice.objects.select_for_update(no_key=True, of=("self",)).select_related("loan")
    row = rows.filter(id=notice_id, debtor=actor.home, sent_at__isnull=False).first()
    if row is None:
        raise NotFound
    row.state = target_of(NOTICE_TRANSITIONS, action="acknowledge", state=row.state, roles=actor.roles)
    return row


def _acknowledgement(signatory: Signatory, row: Notice) -> str:
    told = {
        "format": "abs-notice-acknowledgement/v1",
        "notice": str(row.id),
        "notice_sm3": sm3.sm3(row.statement.encode()).hex(),
        "organisation": signatory.organisation.name,
        "person": signatory.actor.label,
        "at": signatory.at.isoformat(),
    }
    return canonical_json(told).decode()


def statement(signatory: Signatory, *, offer: Offer, rights: Sequence[Right]) -> str:
    """What is signed: who tells whom that what is owed for which orders is from now on whose. The offer names the loan."""
    programme = offer.invitation.programme
    debtor, holder = programme.core_enterprise, programme.funder
    told: dict[str, Any] = {  # Any: JSON
        "format": "abs-notice/v1",
        "method": offer.method,
        "offer": str(offer.id),
        "debtor": {"id": str(debtor.id), "name": debtor.name},
        "creditor": {"id": str(signatory.organisation.id), "name": signatory.organisation.name},
        "holder": {"id": str(holder.id), "name": holder.name},
        "recourse": offer.recourse,
        "rights": [
            {
                "right": str(right.id),
                "order_number": right.trade.order_number,
                "amount": money(right.base, offer.currency),
                "currency": offer.currency,
                "due_date": right.due_date.isoformat() if right.due_date else None,
            }
            for right in rights
        ],
        "person": signatory.actor.label,
        "at": signatory.at.isoformat(),
    }
    return canonical_json(told).decode()


def _locked(loan: Loan) -> Notice:
    return Notice.objects.select_for_update(no_key=True, of=("self",)).select_related("loan").get(loan=loan)


def _move(row: Notice, action: str) -> None:
    row.state = target_of(NOTICE_TRANSITIONS, action=action, state=row.state, roles=PLATFORM_ROLES)
    row.save(update_fields=["state", "sent_at", "lifted_at"])
    _tell(row)


def _tell(row: Notice) -> None:
    told = [row.debtor_id] if row.sent_at else []
    events.notify([row.loan.supplier_id, row.loan.funder_id, *told], "notice", row.id)
