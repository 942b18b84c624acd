"""Reads of the desk: what may be done with which document now, proposals, settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import DecimalField, F, Q, QuerySet, Value
from django.db.models.functions import Abs, Coalesce

from abs_platform.core import clock
from abs_platform.core.currencies import AMOUNT_LIMIT
from abs_platform.core.errors import NotFound
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Membership, Person
from abs_platform.parties.roles import Role
from abs_platform.trade import selectors
from abs_platform.trade.desk.authority import limits_of, reader_of
from abs_platform.trade.desk.rules import ONE, Needs, needs_of
from abs_platform.trade.desk.states import OPEN
from abs_platform.trade.desk.worth import worth_in
from abs_platform.trade.models import (
    AutomaticRule,
    Delegation,
    Proposal,
    ProposedDocument,
    SettingsChange,
    SignedManifest,
    TradeDocument,
)
from abs_platform.trade.states import Confirmation

REMINDED_BEFORE = timedelta(days=2)
ALONE = frozenset({"confirm", "confirm_part"})


@dataclass(frozen=True, slots=True)
class Offer:
    """What the actor may do with a document, how many people confirming it takes for which amount, and the open proposal
    that has it."""

    actions: tuple[str, ...]
    needs: Needs
    amount: Decimal | None
    proposal_id: UUID | None


def queue(
    *,
    actor: Actor,
    state: str = "",
    supplier: UUID | None = None,
    kind: str = "",
    amount_from: Decimal | None = None,
    amount_to: Decimal | None = None,
    overdue: bool = False,
) -> QuerySet[TradeDocument]:
    """The documents to confirm or confirmed, filtered; annotated with `amount` (0 where none is stated) to sort by.

    Raises Forbidden for who neither confirms nor holds a delegation.
    """
    stated = Coalesce(Abs(F("total")), Value(Decimal(0)), output_field=DecimalField(max_digits=20, decimal_places=4))
    rows = selectors.queue(actor=reader_of(actor)).annotate(amount=stated)
    if state:
        rows = rows.filter(confirmation=state)
    if supplier:
        rows = rows.filter(trade__seller_id=supplier)
    if kind:
        rows = rows.filter(kind=kind)
    if amount_from is not None:
        rows = rows.filter(amount__gte=min(amount_from, AMOUNT_LIMIT))
    if amount_to is not None:
        rows = rows.filter(amount__lte=min(amount_to, AMOUNT_LIMIT))
    if overdue:
        rows = rows.filter(confirmation=Confirmation.PENDING, deadline__lt=clock.now())
    return rows


def offers(
    *, actor: Actor, rows: Sequence[TradeDocument], facts: Mapping[UUID, selectors.Facts]
) -> Mapping[UUID, Offer]:
    """What the actor may do with each of the documents; two queries for all. `facts` by trade."""
    limits, _ = limits_of(actor.home)
    proposed = dict(
        ProposedDocument.objects.filter(document__in=[row.document_id for row in rows], open=True).values_list(
            "document_id", "proposal_id"
        )
    )
    found = {}
    for row in rows:
        amount = worth_in(row, facts[row.trade_id])
        needs = needs_of(limits, {row.currency or row.trade.currency: amount})
        actions = selectors.actions(actor=actor, row=row)
        if row.document_id in proposed:
            actions = []
        elif needs.people > ONE:
            actions = [*(["propose"] if ALONE & set(actions) else []), *(a for a in actions if a not in ALONE)]
        found[row.document_id] = Offer(tuple(actions), needs, amount, proposed.get(row.document_id))
    return found


def due_soon(*, actor: Actor) -> QuerySet[TradeDocument]:
    """What waits for confirmation and has its deadline within two days, or behind it: the reminder. Raises Forbidden."""
    rows = selectors.queue(actor=actor).filter(confirmation=Confirmation.PENDING)
    return rows.filter(deadline__lt=clock.now() + REMINDED_BEFORE)


def proposals_to_check(*, actor: Actor) -> QuerySet[Proposal]:
    """The open proposals that the actor had no part in yet. Raises Forbidden."""
    had_part = Q(maker=actor.person_id) | Q(maker_right=actor.person_id) | Q(checker=actor.person_id)
    return proposals(actor=actor).filter(state__in=OPEN).exclude(had_part)


def proposals(*, actor: Actor) -> QuerySet[Proposal]:
    """The proposals of the actor's organisation. Raises Forbidden."""
    reader = reader_of(actor)
    reader.require(Role.CORE_ENTERPRISE)
    return Proposal.objects.filter(organisation_id=actor.home)


def proposal(*, actor: Actor, proposal_id: UUID) -> Proposal:
    """One of them. Raises NotFound, Forbidden."""
    row = proposals(actor=actor).filter(id=proposal_id).first()
    if row is None:
        raise NotFound
    return row


def manifest(*, actor: Actor, manifest_id: UUID) -> SignedManifest:
    """A manifest that the actor's organisation signed. Raises NotFound, Forbidden."""
    reader_of(actor).require(Role.CORE_ENTERPRISE)
    rows = SignedManifest.objects.select_related("organisation")
    row = rows.filter(id=manifest_id, organisation_id=actor.home).first()
    if row is None:
        raise NotFound
    return row


def colleagues(*, actor: Actor) -> QuerySet[Person]:
    """The people of the actor's organisation."""
    members = Membership.objects.filter(organisation_id=actor.home, person__is_active=True)
    return Person.objects.filter(membership__in=members).order_by("display_name", "username")


def delegations(*, actor: Actor) -> QuerySet[Delegation]:
    """Those in force that the actor gave or holds."""
    return (
        Delegation.objects.filter(organisation_id=actor.home, revoked_at=None, until__gte=clock.today())
        .filter(Q(principal_id=actor.person_id) | Q(delegate_id=actor.person_id))
        .select_related("principal", "delegate")
        .order_by("until", "id")
    )


def automatic_rules(*, actor: Actor) -> QuerySet[AutomaticRule]:
    """The rules in force of the actor's organisation."""
    rows = AutomaticRule.objects.filter(organisation_id=actor.home, stopped_at=None)
    return rows.select_related("seller").order_by("id")


def open_changes(*, actor: Actor) -> QuerySet[SettingsChange]:
    """The changes of settings that wait for a second person."""
    rows = SettingsChange.objects.filter(organisation_id=actor.home, state="requested")
    return rows.select_related("requested_by").order_by("id")
