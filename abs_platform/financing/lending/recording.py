"""What the ledger, the trail and the parties are told of a loan, in the transaction that changes it."""

from collections.abc import Mapping

from abs_platform.core import audit, events
from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import commitments
from abs_platform.crypto.canonical import canonical_json
from abs_platform.financing.lending.models import Loan, LoanFact
from abs_platform.ledger import services as ledger
from abs_platform.parties.actor import PLATFORM, Actor

DOMAIN = "abs/loan/v1"


def tell(actor: Actor, loan: Loan, verb: str, detail: Mapping[str, str] | None = None) -> None:
    """An audit row, and live events for both sides."""
    audit.record(actor=actor, verb=verb, subject=SubjectRef("loan", loan.id), detail=dict(detail or {}))
    events.notify([loan.funder_id, loan.supplier_id], "loan", loan.id)


def attest(actor: Actor, loan: Loan, verb: str, detail: Mapping[str, str]) -> None:
    """`tell`, and a record in the ledger of the same: its statement is kept, its salted commitment goes into the log.

    Both sides read the statement, so it names the side that acted; who of it that was stands in the audit trail.
    """
    tell(actor, loan, verb, detail)
    template = f"{verb}/v1"
    statement = canonical_json(
        {
            "format": f"abs-{template}",
            "loan": str(loan.id),
            "funder": {"id": str(loan.funder_id), "name": loan.funder.name},
            "supplier": {"id": str(loan.supplier_id), "name": loan.supplier.name},
            "currency": loan.currency,
            "by": _side(actor, loan),
            **detail,
        }
    ).decode()
    salt = commitments.new_salt()
    record = ledger.append(
        subject=SubjectRef("loan", loan.id),
        template=template,
        commitment=commitments.commit(DOMAIN, salt, statement.encode()),
        actor=actor,
    )
    LoanFact.objects.create(loan=loan, template=template, statement=statement, salt=salt, record_id=record.id)


def _side(actor: Actor, loan: Loan) -> str:
    sides = {loan.funder_id: loan.funder.name, loan.supplier_id: loan.supplier.name}
    return sides.get(actor.organisation_id, PLATFORM.label) if actor.organisation_id else PLATFORM.label
