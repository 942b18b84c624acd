"""Settings of the desk, each changed by two people: limits, the organisation's own key, automatic confirmation."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from abs_platform.core import audit, clock, events
from abs_platform.core.errors import Conflict, Forbidden, Invalid, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.crypto import sm2
from abs_platform.crypto.canonical import canonical_json
from abs_platform.crypto.errors import CryptoError
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Membership, Organisation
from abs_platform.parties.roles import Role
from abs_platform.trade.desk.authority import person_name, require_person
from abs_platform.trade.desk.states import CHANGES, ChangeKind, ChangeState
from abs_platform.trade.models import AutomaticRule, ConfirmationPolicy, OwnKey, SettingsChange

Json = Mapping[str, Any]  # Any: JSON


def possession_statement(organisation_id: UUID, public: bytes) -> str:
    """What whoever registers a key signs with it, to show that it holds the private part."""
    shown = {"format": "abs-own-key/v1", "organisation": str(organisation_id), "public_key": public.hex()}
    return canonical_json(shown).decode()


def possession_of(*, actor: Actor, public: bytes) -> str:
    """`possession_statement` of the actor's organisation. Raises Forbidden."""
    actor.require(Role.CORE_ENTERPRISE)
    return possession_statement(actor.home, public)


def request_policy(
    *,
    actor: Actor,
    currency: str,
    one_person_up_to: Decimal | None,
    two_people_up_to: Decimal | None,
    typed_above: Decimal | None,
    executives: list[UUID],
) -> SettingsChange:
    """Ask for other limits. Raises Forbidden, Invalid for limits that do not rise or executives who are no colleagues."""
    actor.require(Role.CORE_ENTERPRISE)
    if two_people_up_to is not None and (
        one_person_up_to is None or two_people_up_to < one_person_up_to or not executives
    ):
        raise Invalid(
            "limits_invalid",
            "The limit for two people is at least that for one, and above it somebody must be named as executive.",
        )
    colleagues = Membership.objects.filter(organisation_id=actor.home, person__in=executives).count()
    if colleagues < len(set(executives)):
        raise Invalid("executive_unknown", "Name people of your organisation as executives.")
    limits = {"one_person_up_to": one_person_up_to, "two_people_up_to": two_people_up_to, "typed_above": typed_above}
    payload = {
        "currency": currency,
        **{name: None if limit is None else str(limit) for name, limit in limits.items()},
        "executives": sorted({str(each) for each in executives}),
    }
    return _request(actor, ChangeKind.POLICY, payload)


def request_own_key(*, actor: Actor, public: bytes, signature: bytes) -> SettingsChange:
    """Ask to sign with an own key from now on; `signature`, by it, over `possession_statement`.

    Raises Forbidden, Invalid for what is no key or not held, Conflict for a key that was registered before.
    """
    statement = possession_of(actor=actor, public=public).encode()
    try:
        is_held = sm2.verify(public, statement, signature)
    except CryptoError as error:
        raise Invalid("public_key_invalid", "Give an SM2 public key: 65 bytes, 04 and the point, in hex.") from error
    if not is_held:
        raise Invalid(
            "key_not_held", "The signature does not show that you hold this key. Sign the exact bytes with it."
        )
    _refuse_known(public)
    return _request(actor, ChangeKind.OWN_KEY, {"public_key": public.hex()})


def request_custodial_key(*, actor: Actor) -> SettingsChange:
    """Ask to sign with the key in the platform's custody again. Raises Forbidden, Conflict where that is so."""
    actor.require(Role.CORE_ENTERPRISE)
    if not OwnKey.objects.filter(organisation_id=actor.home, until=None).exists():
        raise Conflict("custodial_already", "Your organisation signs with the key in the platform's custody.")
    return _request(actor, ChangeKind.CUSTODIAL_KEY, {})


def request_rule(
    *, actor: Actor, seller_id: UUID, kinds: list[str], currency: str, amount_up_to: Decimal, daily_up_to: Decimal
) -> SettingsChange:
    """Ask for automatic confirmation of a supplier's documents. Raises Forbidden, NotFound, Invalid for limits that do not rise."""
    actor.require(Role.CORE_ENTERPRISE)
    organisation = Organisation.objects.get(id=actor.home)
    known = Organisation.objects.filter(
        id=seller_id, network_id=organisation.network_id, roles__contains=[Role.SUPPLIER], sales__buyer_id=actor.home
    )
    if not known.exists():
        raise NotFound
    if not 0 < amount_up_to <= daily_up_to or not kinds:
        raise Invalid("limits_invalid", "Choose kinds, and amounts above zero; a day's limit is at least a document's.")
    payload = {
        "seller": str(seller_id),
        "kinds": sorted(set(kinds)),
        "currency": currency,
        "amount_up_to": str(amount_up_to),
        "daily_up_to": str(daily_up_to),
    }
    return _request(actor, ChangeKind.AUTOMATIC_RULE, payload)


@transaction.atomic
def _request(actor: Actor, kind: ChangeKind, payload: Json) -> SettingsChange:
    person = require_person(actor)
    row = SettingsChange.objects.create(
        organisation_id=actor.home, kind=kind, payload=dict(payload), requested_by_id=person
    )
    _tell(actor, row, "settings.requested")
    return row


@transaction.atomic
def decide(*, actor: Actor, change_id: UUID, action: str) -> SettingsChange:
    """`action` "approve", by another than who asked, puts the change into effect; "withdraw" drops it, by anybody.

    Raises NotFound, Forbidden, Conflict when it was decided, or cannot take effect any more.
    """
    actor.require(Role.CORE_ENTERPRISE)
    rows = SettingsChange.objects.select_for_update(no_key=True, of=("self",)).select_related("requested_by")
    row = rows.filter(id=change_id, organisation_id=actor.home).first()
    if row is None:
        raise NotFound
    row.state = target_of(CHANGES, action=action, state=row.state, roles=actor.roles)
    person = require_person(actor)
    if row.state == ChangeState.APPROVED and row.requested_by_id == person:
        raise Forbidden("another_person_needed", "You asked for this change: somebody else must approve it.")
    row.decided_by_id, row.decided_at = person, clock.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    if row.state == ChangeState.APPROVED:
        EFFECTS[ChangeKind(row.kind)](actor, row)
    _tell(actor, row, f"settings.{row.state}")
    return row


def _set_policy(actor: Actor, row: SettingsChange) -> None:
    limits = {
        name: None if row.payload[name] is None else Decimal(row.payload[name])
        for name in ("one_person_up_to", "two_people_up_to", "typed_above")
    }
    ConfirmationPolicy.objects.update_or_create(
        organisation_id=row.organisation_id,
        defaults={
            "currency": row.payload["currency"],
            **limits,
            "executives": [UUID(each) for each in row.payload["executives"]],
            "change": row,
        },
    )


def _set_own_key(actor: Actor, row: SettingsChange) -> None:
    public = bytes.fromhex(row.payload["public_key"])
    _end_own_key(actor, row)
    _refuse_known(public)
    try:
        with transaction.atomic():
            OwnKey.objects.create(organisation_id=row.organisation_id, public=public, change=row)
    except IntegrityError as error:  # registered by somebody else at this moment
        raise _key_known() from error


def _end_own_key(actor: Actor, row: SettingsChange) -> None:
    OwnKey.objects.filter(organisation_id=row.organisation_id, until=None).update(until=clock.now())


def _refuse_known(public: bytes) -> None:
    if OwnKey.objects.filter(public=public).exists():
        raise _key_known()


def _key_known() -> Conflict:
    return Conflict("key_registered_before", "This key was registered before. Make a new one.")


def _set_rule(actor: Actor, row: SettingsChange) -> None:
    in_force = AutomaticRule.objects.filter(
        organisation_id=row.organisation_id, seller_id=row.payload["seller"], stopped_at=None
    )
    in_force.update(stopped_at=clock.now())
    AutomaticRule.objects.create(
        organisation_id=row.organisation_id,
        seller_id=UUID(row.payload["seller"]),
        kinds=row.payload["kinds"],
        currency=row.payload["currency"],
        amount_up_to=Decimal(row.payload["amount_up_to"]),
        daily_up_to=Decimal(row.payload["daily_up_to"]),
        set_by=f"{person_name(row.requested_by)}, {actor.label}",
        change=row,
    )


EFFECTS = {
    ChangeKind.POLICY: _set_policy,
    ChangeKind.OWN_KEY: _set_own_key,
    ChangeKind.CUSTODIAL_KEY: _end_own_key,
    ChangeKind.AUTOMATIC_RULE: _set_rule,
}


@transaction.atomic
def stop_rule(*, actor: Actor, rule_id: UUID) -> AutomaticRule:
    """Stop automatic confirmation at once; one person suffices. Raises Forbidden, NotFound, Conflict when it is stopped."""
    actor.require(Role.CORE_ENTERPRISE)
    rows = AutomaticRule.objects.select_for_update(no_key=True).filter(id=rule_id, organisation_id=actor.home)
    row = rows.first()
    if row is None:
        raise NotFound
    if row.stopped_at:
        raise Conflict("state_conflict", "This rule is stopped.")
    row.stopped_at = clock.now()
    row.save(update_fields=["stopped_at"])
    audit.record(actor=actor, verb="automatic_rule.stopped", subject=SubjectRef("automatic_rule", row.id))
    return row


def _tell(actor: Actor, row: SettingsChange, verb: str) -> None:
    detail: dict[str, object] = {"kind": str(row.kind), **row.payload}
    audit.record(actor=actor, verb=verb, subject=SubjectRef("settings_change", row.id), detail=detail)
    events.notify([row.organisation_id], "confirmation", row.id)
