"""Maker and checker (经办、复核): who proposes confirms nothing alone, and who agrees is somebody else.

Rows are locked in the order of deciding.py, the proposal before them.
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, clock, events
from abs_platform.core.errors import Conflict, Forbidden, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.parties.actor import Actor
from abs_platform.trade.desk import deciding
from abs_platform.trade.desk.authority import (
    Authority,
    DeskSignatory,
    authority_of,
    limits_of,
    require_person,
)
from abs_platform.trade.desk.choices import Choice, from_json, to_json
from abs_platform.trade.desk.rules import AND_EXECUTIVE, MAKER_AND_CHECKER
from abs_platform.trade.desk.states import PROPOSALS, ProposalState, checked
from abs_platform.trade.models import Proposal, ProposedDocument
from abs_platform.trade.signatories import OwnSignature, ToSign


@transaction.atomic
def propose(
    *, actor: Actor, choices: Sequence[Choice], amount: Decimal | None = None, on_behalf_of: UUID | None = None
) -> Proposal:
    """Propose to confirm documents: others of the organisation decide, as many as its limits ask for, at least one.

    Raises as signing.confirm_many does.
    """
    authority = authority_of(actor, on_behalf_of)
    found = deciding.opened(authority, choices)
    needed = deciding.needs(authority, found)
    deciding.check_typed(needed, found, amount)
    sums = deciding.amounts_of(found)
    known = [(currency, total) for currency, total in sums.items() if total is not None]
    currency, total = known[0] if len(sums) == len(known) == 1 else ("", Decimal(0))
    row = Proposal.objects.create(
        organisation_id=actor.home,
        people=max(needed.people, MAKER_AND_CHECKER),
        amount=total,
        currency=currency,
        choices=to_json(choices),
        maker=actor.person_id or actor.home,
        maker_right=authority.right_of,
        maker_name=authority.name,
    )
    ProposedDocument.objects.bulk_create(ProposedDocument(proposal=row, document=each.row) for each in found)
    _tell(actor, row, "proposal.made", {"documents": len(found)})
    return row


def agree(
    *,
    actor: Actor,
    proposal_id: UUID,
    action: str,
    amount: Decimal | None = None,
    on_behalf_of: UUID | None = None,
    own: OwnSignature | None = None,
) -> Proposal:
    """`action` "check" (复核) or "approve" (高管): agree to a proposal; the last who agrees signs the manifest.

    Raises NotFound, Forbidden for the maker, a program, or who is no executive where one is needed, Conflict as
    signing.confirm_many does.
    """
    signatory = DeskSignatory(authority_of(actor, on_behalf_of), own)
    authority = signatory.authority
    with transaction.atomic():
        row = _locked(actor, proposal_id)
        target = target_of(PROPOSALS, action=action, state=row.state, roles=authority.actor.roles)
        person = require_person(actor)
        _check_other(row, person, authority.right_of)
        choices = from_json(row.choices)
        found = deciding.opened(authority, choices, proposal_id=row.id)
        needed = deciding.needs(authority, found)
        row.people = max(row.people, needed.people)  # limits may have been lowered meanwhile
        if action == "check":
            target = checked(row.people)
            row.checker, row.checker_right, row.checker_name = person, authority.right_of, authority.name
            row.checked_at = clock.now()
        else:
            _check_executive(authority)
            row.approver, row.approver_right = person, authority.right_of
        if target == ProposalState.SIGNED:
            deciding.check_typed(needed, found, amount)
            statement = deciding.manifest_statement(signatory, found, _people(row, authority, action))
            row.manifest = deciding.sign_manifest(signatory, found, statement=statement)
            _end(row, authority)
        row.state = target
        row.save()
        _tell(actor, row, f"proposal.{action}", {"state": str(row.state)})
    return row


def to_sign(*, actor: Actor, proposal_id: UUID, on_behalf_of: UUID | None = None) -> ToSign:
    """What `agree` would sign now, for whoever signs with a key of its own.

    Raises as it does; Conflict where it signs nothing yet.
    """
    signatory = DeskSignatory(authority_of(actor, on_behalf_of))
    authority = signatory.authority
    with transaction.atomic():
        row = _locked(actor, proposal_id)
        action = "approve" if row.state == ProposalState.CHECKED else "check"
        target_of(PROPOSALS, action=action, state=row.state, roles=authority.actor.roles)
        _check_other(row, require_person(actor), authority.right_of)
        found = deciding.opened(authority, from_json(row.choices), proposal_id=row.id)
        people = max(row.people, deciding.needs(authority, found).people)
        if action == "check" and people == AND_EXECUTIVE:
            raise Conflict("not_signed_yet", "An executive signs this after the checker. Check it first.")
        if action == "approve":
            _check_executive(authority)
        statement = deciding.manifest_statement(signatory, found, _people(row, authority, action))
        return ToSign(statement, signatory.at)


@transaction.atomic
def end(*, actor: Actor, proposal_id: UUID, action: str, note: str = "", on_behalf_of: UUID | None = None) -> Proposal:
    """`action` "decline", by another than the maker, or "withdraw", by the maker. Raises NotFound, Forbidden, Conflict."""
    authority = authority_of(actor, on_behalf_of)
    row = _locked(actor, proposal_id)
    target = target_of(PROPOSALS, action=action, state=row.state, roles=authority.actor.roles)
    person = require_person(actor) if action == "decline" else actor.person_id
    is_makers = person in (row.maker, row.maker_right)
    if action == "decline" and is_makers:
        raise Forbidden("maker_cannot", "You made this proposal: withdraw it, or let a colleague decide.")
    if action == "withdraw" and not is_makers:
        raise Forbidden("maker_only", "Whoever made the proposal withdraws it. You can decline it.")
    row.note = note.strip()
    row.state = target
    _end(row, authority)
    row.save()
    _tell(actor, row, f"proposal.{action}", {"note": row.note})
    return row


def _locked(actor: Actor, proposal_id: UUID) -> Proposal:
    row = Proposal.objects.select_for_update(no_key=True).filter(id=proposal_id, organisation_id=actor.home).first()
    if row is None:
        raise NotFound
    return row


def _check_other(row: Proposal, person: UUID, right_of: UUID) -> None:
    """Neither the person nor the right it acts in had a part in the proposal so far: one right is one voice."""
    voices = {row.maker, row.maker_right, row.checker, row.checker_right}
    if person in voices or right_of in voices:
        raise Forbidden("another_person_needed", "You had your part in this already: somebody else must agree.")


def _check_executive(authority: Authority) -> None:
    _, executives = limits_of(authority.actor.home)
    if authority.right_of not in executives:
        raise Forbidden("executive_needed", "Above your organisation's limit one of its executives must agree.")


def _people(row: Proposal, authority: Authority, action: str) -> list[dict[str, str]]:
    made = [{"part": "maker", "name": row.maker_name}]
    if action == "approve":
        made.append({"part": "checker", "name": row.checker_name})
    return [*made, {"part": "checker" if action == "check" else "executive", "name": authority.name}]


def _end(row: Proposal, authority: Authority) -> None:
    row.ended_at, row.ended_by = clock.now(), authority.name
    ProposedDocument.objects.filter(proposal=row).update(open=False)


def _tell(actor: Actor, row: Proposal, verb: str, detail: dict[str, object]) -> None:
    audit.record(actor=actor, verb=verb, subject=SubjectRef("proposal", row.id), detail=detail)
    events.notify([row.organisation_id], "confirmation", row.id)
