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
from abs_platform.financing.models import Acknowledgement, Notice, Offer, Pledge
from abs_platform.financing.signing import Signatory
from abs_platform.financing.states import NOTICE_TRANSITIONS
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.rights.encumbrance import PLATFORM_ROLES

DOMAIN = "abs/notice/v1"


def prepare(signatory: Signatory, *, loan: Loan, offer: Offer, pledges: Sequence[Pledge]) -> Notice:
    """Sign what the debtor will be told of a new loan's pledges. In the caller's transaction."""
    programme = offer.invitation.programme
    debtor, holder = programme.core_enterprise, programme.funder
    id = uuid7()
    statement = _statement(id, signatory, loan=loan, offer=offer, debtor=debtor, holder=holder, pledges=pledges)
    signed = signatory.sign(
        statement, subject=SubjectRef("notice", id), template=f"notice.{offer.method}/v1", domain=DOMAIN
    )
    return Notice.objects.create(id=id, loan=loan, debtor=debtor, at=clock.now(), **signed)


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


def acknowledge(*, actor: Actor, notice_id: UUID) -> Notice:
    """The debtor signs that the notice reached it. Raises Forbidden, NotFound, Conflict."""
    actor.require(Role.CORE_ENTERPRISE)
    signatory = Signatory(actor)
    with transaction.atomic():
        rows = Notice.objects.select_for_update(no_key=True, of=("self",)).select_related("loan")
        row = rows.filter(id=notice_id, debtor=actor.home, sent_at__isnull=False).first()
        if row is None:
            raise NotFound
        row.state = target_of(NOTICE_TRANSITIONS, action="acknowledge", state=row.state, roles=actor.roles)
        row.save(update_fields=["state"])
        now = clock.now()
        statement = canonical_json(
            {
                "format": "abs-notice-acknowledgement/v1",
                "notice": str(row.id),
                "notice_sm3": sm3.sm3(row.statement.encode()).hex(),
                "organisation": signatory.organisation.name,
                "person": actor.label,
                "at": now.isoformat(),
            }
        ).decode()
        subject = SubjectRef("notice", row.id)
        signed = signatory.sign(statement, subject=subject, template="notice.acknowledged/v1", domain=DOMAIN)
        Acknowledgement.objects.create(notice=row, at=now, **signed)
        audit.record(actor=actor, verb="notice.acknowledged", subject=subject)
        _tell(row)
    return selectors.notice(actor=actor, notice_id=notice_id)


def _statement(
    id: UUID,
    signatory: Signatory,
    *,
    loan: Loan,
    offer: Offer,
    debtor: Organisation,
    holder: Organisation,
    pledges: Sequence[Pledge],
) -> str:
    """What is signed: who tells whom that what is owed for which orders is from now on whose."""
    told: dict[str, Any] = {  # Any: JSON
        "format": "abs-notice/v1",
        "notice": str(id),
        "method": offer.method,
        "loan": str(loan.id),
        "debtor": {"id": str(debtor.id), "name": debtor.name},
        "creditor": {"id": str(signatory.organisation.id), "name": signatory.organisation.name},
        "holder": {"id": str(holder.id), "name": holder.name},
        "recourse": offer.recourse,
        "rights": [
            {
                "pledge": str(pledge.id),
                "right": str(pledge.right_id),
                "order_number": pledge.right.trade.order_number,
                "amount": money(pledge.base, loan.currency),
                "currency": loan.currency,
                "due_date": pledge.right.due_date.isoformat() if pledge.right.due_date else None,
            }
            for pledge in pledges
        ],
        "person": signatory.actor.label,
        "at": clock.now().isoformat(),
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
