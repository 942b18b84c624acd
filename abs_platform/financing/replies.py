"""How programmes, requests and offers look in replies."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from abs_platform.core.rest.fields import Body, Named, money, named, time
from abs_platform.core.transitions import Table, allowed_actions
from abs_platform.financing import selectors, two_people
from abs_platform.financing.models import (
    DAY_COUNTS,
    METHODS,
    Invitation,
    Offer,
    Programme,
    Request,
    RequestedRight,
    Terms,
)
from abs_platform.financing.programmes import terms_of
from abs_platform.financing.states import (
    INVITATION_TRANSITIONS,
    OFFER_TRANSITIONS,
    PROGRAMME_TRANSITIONS,
    REQUEST_TRANSITIONS,
    InvitationState,
    OfferState,
    ProgrammeState,
    RequestState,
)
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.rights.states import RightState


def actions() -> serializers.ListField:
    """The field of what the caller may do now."""
    return serializers.ListField(child=serializers.CharField())


class TermsOut(serializers.Serializer[Any]):
    """Rates are fractions of one, as text: "0.0435" is 4.35 %."""

    method = serializers.ChoiceField(choices=METHODS)
    recourse = serializers.BooleanField()
    annual_rate = serializers.CharField()
    fee_rate = serializers.CharField()
    day_count = serializers.ChoiceField(choices=DAY_COUNTS)
    grace_days = serializers.IntegerField()


class AdvanceRate(serializers.Serializer[Any]):
    rung = serializers.IntegerField(min_value=1, max_value=5)
    rate = serializers.CharField()


class ProgrammeOut(TermsOut):
    id = serializers.UUIDField()
    name = serializers.CharField()
    funder = Named()
    core_enterprise = Named()
    currency = serializers.CharField()
    limit = serializers.CharField()
    supplier_limit = serializers.CharField()
    lent = serializers.CharField(allow_null=True, help_text="Of the limit, lent or promised; the funder's to know.")
    min_rung = serializers.IntegerField()
    advance_rates = AdvanceRate(many=True)
    max_tenor_days = serializers.IntegerField()
    terms = serializers.CharField(help_text="A digest of all that it states; whoever approves it sends it back.")
    state = serializers.ChoiceField(choices=[str(s) for s in ProgrammeState])
    maker = Named(allow_null=True, help_text="Who proposed it; the funder's to know.")
    checker = Named(allow_null=True, help_text="Who approved it; the funder's to know.")
    created_at = serializers.DateTimeField()
    allowed_actions = actions()


class InvitationOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    programme = Named()
    funder = Named()
    state = serializers.ChoiceField(choices=[str(s) for s in InvitationState])
    reason = serializers.CharField(allow_blank=True)
    allowed_actions = actions()


class RequestOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    supplier = Named()
    debtor = Named(allow_null=True)
    amount = serializers.CharField()
    currency = serializers.CharField()
    until = serializers.DateField()
    note = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=[str(s) for s in RequestState])
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when its loan is paid back and its rights let go."
    )
    invitations = InvitationOut(many=True)
    allowed_actions = actions()


class RequestedRightOut(serializers.Serializer[Any]):
    """`base`, `rung` and `due_date` as they were when it was asked on; the others as they are now."""

    right = serializers.UUIDField()
    trade = serializers.UUIDField()
    order_number = serializers.CharField(allow_blank=True)
    base = serializers.CharField()
    rung = serializers.IntegerField()
    due_date = serializers.DateField(allow_null=True)
    base_now = serializers.CharField()
    rung_now = serializers.IntegerField()
    supported_now = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(choices=[str(s) for s in RightState])


class OfferOut(TermsOut):
    id = serializers.UUIDField()
    request = serializers.UUIDField()
    invitation = serializers.UUIDField()
    programme = Named()
    funder = Named()
    supplier = Named()
    amount = serializers.CharField()
    currency = serializers.CharField()
    maturity = serializers.DateField()
    valid_until = serializers.DateTimeField()
    conditions = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=[str(s) for s in OfferState])
    reason = serializers.CharField(allow_blank=True)
    maker = Named(allow_null=True, help_text="Who proposed it; the funder's to know.")
    checker = Named(allow_null=True, help_text="Who approved it; the funder's to know.")
    accepting_maker = Named(allow_null=True, help_text="Who proposed to accept it; the supplier's to know.")
    accepting_checker = Named(allow_null=True, help_text="Who accepted it; the supplier's to know.")
    created_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    loan = serializers.UUIDField(allow_null=True)
    allowed_actions = actions()


class RequestDetailOut(RequestOut):
    rights = RequestedRightOut(many=True)
    hidden_rights = serializers.IntegerField(help_text="How many the supplier no longer lets the caller see.")
    offers = OfferOut(many=True)


def rate(value: Any) -> str:  # Any: Decimal
    """A rate as text without trailing zeros."""
    return format(value.normalize(), "f")


def terms(row: Terms) -> Body:
    return {
        "method": row.method,
        "recourse": row.recourse,
        "annual_rate": rate(row.annual_rate),
        "fee_rate": rate(row.fee_rate),
        "day_count": row.day_count,
    }


def side_actions(table: Table, *, state: str, actor: Actor, side: Role, is_own: bool) -> list[str]:
    """What the actor may do on the side that its organisation is on."""
    return allowed_actions(table, state=state, roles=frozenset({str(side)}) & actor.roles) if is_own else []


def _without(actions: list[str], action: str, *, unless: bool) -> list[str]:
    """The actions without one that takes another person than the one who asks."""
    return actions if unless else [each for each in actions if each != action]


def _person(names: Mapping[UUID, str], id: UUID | None, *, shown: bool) -> Body | None:
    return named(id, names.get(id, "")) if shown and id else None


def programme_bodies(rows: Sequence[Programme], *, actor: Actor) -> list[Body]:
    """Programmes for a list."""
    own = [row for row in rows if row.funder_id == actor.organisation_id]
    lent = selectors.lent(programme_ids=[row.id for row in own]) if own else {}
    names = parties.people(id for row in own for id in (row.maker_id, row.checker_id))
    return [_programme(row, lent, names, actor=actor) for row in rows]


def _programme(row: Programme, lent: Mapping[UUID, Any], names: Mapping[UUID, str], *, actor: Actor) -> Body:
    is_own = row.funder_id == actor.organisation_id
    may = side_actions(PROGRAMME_TRANSITIONS, state=row.state, actor=actor, side=Role.FINANCIER, is_own=is_own)
    return {
        **terms(row),
        "id": str(row.id),
        "name": row.name,
        "funder": named(row.funder_id, row.funder.name),
        "core_enterprise": named(row.core_enterprise_id, row.core_enterprise.name),
        "currency": row.currency,
        "limit": money(row.limit, row.currency),
        "supplier_limit": money(row.supplier_limit, row.currency),
        "lent": money(lent[row.id], row.currency) if row.id in lent else None,
        "min_rung": row.min_rung,
        "advance_rates": [{"rung": int(rung), "rate": value} for rung, value in sorted(row.advance_rates.items())],
        "max_tenor_days": row.max_tenor_days,
        "grace_days": row.grace_days,
        "terms": terms_of(row),
        "state": row.state,
        "maker": _person(names, row.maker_id, shown=is_own),
        "checker": _person(names, row.checker_id, shown=is_own),
        "created_at": time(row.created_at),
        "allowed_actions": _without(may, "approve", unless=two_people.may_check(actor, row.maker_id)),
    }


def request_body(row: Request, *, actor: Actor) -> Body:
    """A request for its supplier, or for a funder that was asked. Comes from selectors.requests."""
    is_own = row.supplier_id == actor.organisation_id
    invitations = list(row.invitations.all())
    debtor = invitations[0].programme.core_enterprise if invitations else None
    return {
        "id": str(row.id),
        "supplier": named(row.supplier_id, row.supplier.name),
        "debtor": named(debtor.id, debtor.name) if debtor else None,
        "amount": money(row.amount, row.currency),
        "currency": row.currency,
        "until": row.until.isoformat(),
        "note": row.note,
        "state": row.state,
        "created_at": time(row.created_at),
        "submitted_at": time(row.submitted_at),
        "decided_at": time(row.decided_at),
        "settled_at": time(row.settled_at),
        "invitations": [_invitation(each, row, actor=actor) for each in invitations],
        "allowed_actions": side_actions(
            REQUEST_TRANSITIONS, state=row.state, actor=actor, side=Role.SUPPLIER, is_own=is_own
        ),
    }


def _invitation(row: Invitation, request: Request, *, actor: Actor) -> Body:
    programme = row.programme
    is_funder = programme.funder_id == actor.organisation_id
    is_own = is_funder and selectors.is_open(request)
    is_hidden = row.state == InvitationState.OFFERED and not is_funder and not row.offers.all()
    return {
        "id": str(row.id),
        "programme": named(programme.id, programme.name),
        "funder": named(programme.funder_id, programme.funder.name),
        "state": InvitationState.OPEN if is_hidden else row.state,
        "reason": row.reason,
        "allowed_actions": side_actions(
            INVITATION_TRANSITIONS, state=row.state, actor=actor, side=Role.FINANCIER, is_own=is_own
        ),
    }


def request_detail(row: Request, rights: Sequence[RequestedRight], *, actor: Actor) -> Body:
    """A request with the rights that the actor may see, and its offers."""
    offers = selectors.offers(actor=actor).filter(invitation__request=row).order_by("id")
    return {
        **request_body(row, actor=actor),
        "rights": [_requested(each) for each in rights],
        "hidden_rights": row.rights.count() - len(rights),
        "offers": offer_bodies(list(offers), actor=actor),
    }


def _requested(row: RequestedRight) -> Body:
    right = row.right
    return {
        "right": str(right.id),
        "trade": str(right.trade_id),
        "order_number": right.trade.order_number,
        "base": money(row.base, right.currency),
        "rung": row.rung,
        "due_date": row.due_date.isoformat() if row.due_date else None,
        "base_now": money(right.base, right.currency),
        "rung_now": right.rung,
        "supported_now": money(right.supported, right.currency),
        "missing": right.missing_now,
        "state": right.state,
    }


def offer_bodies(rows: Sequence[Offer], *, actor: Actor) -> list[Body]:
    """Offers for a list. Come from selectors.offers."""
    names = parties.people(
        id for row in rows for id in (row.maker_id, row.checker_id, row.accepting_maker_id, row.accepting_checker_id)
    )
    return [_offer(row, names, actor=actor) for row in rows]


def _offer(row: Offer, names: Mapping[UUID, str], *, actor: Actor) -> Body:
    programme, request = row.invitation.programme, row.invitation.request
    is_funder, is_supplier = (
        programme.funder_id == actor.organisation_id,
        request.supplier_id == actor.organisation_id,
    )
    loan = getattr(row, "loan", None)
    may = side_actions(OFFER_TRANSITIONS, state=row.state, actor=actor, side=Role.FINANCIER, is_own=is_funder)
    may = _without(may, "approve", unless=two_people.may_check(actor, row.maker_id))
    mine = side_actions(OFFER_TRANSITIONS, state=row.state, actor=actor, side=Role.SUPPLIER, is_own=is_supplier)
    mine = _without(mine, "accept", unless=two_people.may_check(actor, row.accepting_maker_id))
    return {
        **terms(row),
        "grace_days": row.grace_days,
        "id": str(row.id),
        "request": str(request.id),
        "invitation": str(row.invitation_id),
        "programme": named(programme.id, programme.name),
        "funder": named(programme.funder_id, programme.funder.name),
        "supplier": named(request.supplier_id, request.supplier.name),
        "amount": money(row.amount, row.currency),
        "currency": row.currency,
        "maturity": row.maturity.isoformat(),
        "valid_until": time(row.valid_until),
        "conditions": row.conditions,
        "state": row.state,
        "reason": row.reason,
        "maker": _person(names, row.maker_id, shown=is_funder),
        "checker": _person(names, row.checker_id, shown=is_funder),
        "accepting_maker": _person(names, row.accepting_maker_id, shown=is_supplier),
        "accepting_checker": _person(names, row.accepting_checker_id, shown=is_supplier),
        "created_at": time(row.created_at),
        "accepted_at": time(row.accepted_at),
        "loan": str(loan.id) if loan else None,
        "allowed_actions": [*may, *mine],
    }
