"""How the desk's settings look in replies."""

from abs_platform.core.rest.fields import Body, money, named, time
from abs_platform.core.transitions import allowed_actions
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.trade.desk import selectors as desk
from abs_platform.trade.desk.authority import person_name, reader_of
from abs_platform.trade.desk.states import CHANGES
from abs_platform.trade.models import AutomaticRule, ConfirmationPolicy, Delegation, OwnKey, SettingsChange
from abs_platform.trade.signatories import own_key_of

MOST_SUPPLIERS = 500


def desk_body(*, actor: Actor) -> Body:
    """Limits, keys, rules, delegations and changes under way of the actor's organisation. Raises Forbidden."""
    reader_of(actor).require(Role.CORE_ENTERPRISE)
    colleagues = {row.id: person_name(row) for row in desk.colleagues(actor=actor)}
    policy = ConfirmationPolicy.objects.filter(organisation_id=actor.home).first()
    key = own_key_of(actor.home)
    suppliers = Organisation.objects.filter(sales__buyer_id=actor.home).distinct().order_by("name")[:MOST_SUPPLIERS]
    return {
        "policy": _policy(policy, {str(id): name for id, name in colleagues.items()}) if policy else None,
        "own_key": _key(key) if key else None,
        "rules": [_rule(row) for row in desk.automatic_rules(actor=actor)],
        "delegations": [_delegation(row, actor) for row in desk.delegations(actor=actor)],
        "changes": [_change(row, actor) for row in desk.open_changes(actor=actor)],
        "colleagues": [named(id, name) for id, name in colleagues.items()],
        "suppliers": [named(row.id, row.name) for row in suppliers],
    }


def _policy(row: ConfirmationPolicy, names: dict[str, str]) -> Body:
    return {
        "currency": row.currency,
        "one_person_up_to": money(row.one_person_up_to, row.currency),
        "two_people_up_to": money(row.two_people_up_to, row.currency),
        "typed_above": money(row.typed_above, row.currency),
        "executives": [named(id, names.get(str(id), "")) for id in row.executives],
    }


def _key(row: OwnKey) -> Body:
    return {"public_key": bytes(row.public).hex(), "since": time(row.since)}


def _rule(row: AutomaticRule) -> Body:
    return {
        "id": str(row.id),
        "seller": named(row.seller_id, row.seller.name),
        "kinds": row.kinds,
        "currency": row.currency,
        "amount_up_to": money(row.amount_up_to, row.currency),
        "daily_up_to": money(row.daily_up_to, row.currency),
        "set_by": row.set_by,
    }


def _delegation(row: Delegation, actor: Actor) -> Body:
    return {
        "id": str(row.id),
        "principal": named(row.principal_id, person_name(row.principal)),
        "delegate": named(row.delegate_id, person_name(row.delegate)),
        "until": row.until.isoformat(),
        "given_by_you": row.principal_id == actor.person_id,
    }


def _change(row: SettingsChange, actor: Actor) -> Body:
    actions = allowed_actions(CHANGES, state=row.state, roles=actor.roles)
    is_own = row.requested_by_id == actor.person_id
    if actor.is_program:
        actions = []
    return {
        "id": str(row.id),
        "kind": row.kind,
        "payload": row.payload,
        "state": row.state,
        "requested_by": person_name(row.requested_by),
        "requested_at": time(row.requested_at),
        "allowed_actions": [action for action in actions if action != "approve" or not is_own],
    }
