"""What the database refuses of the confirmation desk; tried by test_database_rules."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.trade.desk import disputing
from abs_platform.trade.models import (
    AutomaticConfirmation,
    AutomaticRule,
    ConfirmationPolicy,
    Delegation,
    DisputeMessage,
    LoneConfirmation,
    OwnKey,
    PaymentEntry,
    Proposal,
    ProposedDocument,
    SettingsChange,
    SignedDecision,
    SignedManifest,
    TradeDocument,
    TradeLine,
)
from tests.support.illegal import LATER, NAN, again, change
from tests.support.signing_desk import digest_now
from tests.support.stage import Stage

APPEND_ONLY_AT_THE_DESK: list[type[models.Model]] = [
    SignedManifest,
    DisputeMessage,
    AutomaticConfirmation,
    LoneConfirmation,
    PaymentEntry,
]


def play_the_desk(stage: Stage) -> None:
    """One row of everything: a message, a confirmation in part, limits, an own key, what a rule confirmed."""
    core = stage.world.core
    disputing.say(actor=core.actor, document_id=stage.disputed.id, text="why?")
    waiting = TradeDocument.objects.filter(trade__seller=stage.world.supplier.organisation, confirmation="pending")
    order = waiting.get(kind="order", number="PO-P")
    body = {"content_digest": digest_now(core.actor, order.document_id), "lines": [{"position": 0, "quantity": "1"}]}
    core.browser.post(f"confirmations/{order.document_id}/confirm-part", body)
    organisation, change_row = core.organisation, stage.change
    ConfirmationPolicy.objects.create(organisation=organisation, currency="CNY", change=change_row)
    OwnKey.objects.create(organisation=organisation, public=b"\x04" * 65, until=clock.now(), change=change_row)
    PaymentEntry.objects.create(
        organisation=organisation, trade_id=order.trade_id, person_id=core.person_id, terms="0" * 64
    )
    day = clock.today() - timedelta(days=1)
    AutomaticConfirmation.objects.create(document=order, rule=stage.rule, amount=Decimal(1), day=day)


def alone(**values: object) -> Callable[[Stage], None]:
    """One decision more, signed by itself, on the document that was decided on first."""
    return again(SignedDecision, **{"number": 90, **SIGNED_ALONE, **values})


def twice(act: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """Do it once, which may be right, and once more, which is not."""

    def acts(stage: Stage) -> None:
        act(stage)
        act(stage)

    return acts


SIGNED_ALONE = {"manifest": None, "signature": b"s", "salt": b"s", "record_id": uuid7()}
ENDED = {"state": "withdrawn", "ended_at": LATER}
EVERYBODY = {"checker": uuid4(), "checker_right": uuid4()}
ILLEGAL_AT_THE_DESK: dict[str, Callable[[Stage], None]] = {
    "dispute_has_reason": alone(decision="dispute", reason="", lines=None),
    "decision_once": again(SignedDecision, record_id=uuid7()),
    "decision_known": alone(decision="perhaps", reason="x", lines=None),
    "decision_reason_known": alone(reason_code="mood"),
    "decision_rest_of_a_part": alone(lines=None, rest_disputed=True, reason="x"),
    "decision_part_is_confirmed": alone(lines=[], decision="dispute", reason="x"),
    "decision_signed_alone_or_by_manifest": alone(signature=None),
    "manifest_names_documents": again(SignedManifest, documents=0, record_id=uuid7()),
    "trade_document_rest_of_a_part": change(
        TradeDocument, rest_disputed=True, confirmation="pending", decided_at=None, deadline=LATER
    ),
    "trade_line_confirmed_within_stated": change(TradeLine, confirmed=F("quantity") + 1),
    "dispute_message_says_something": again(DisputeMessage, text=""),
    "delegation_to_another": change(Delegation, delegate=F("principal")),
    "delegation_once": twice(again(Delegation, revoked_at=None)),
    "settings_change_kind_known": change(SettingsChange, kind="whim"),
    "settings_change_state_known": change(SettingsChange, state="lost"),
    "settings_change_decided_by_somebody": change(SettingsChange, state="requested"),
    "settings_change_takes_two": change(SettingsChange, state="approved", decided_by=F("requested_by")),
    "policy_one_person": change(ConfirmationPolicy, one_person_up_to=NAN),
    "policy_two_people": change(ConfirmationPolicy, one_person_up_to=1, two_people_up_to=NAN, executives=[uuid4()]),
    "policy_typed": change(ConfirmationPolicy, typed_above=NAN),
    "policy_limits_rise": change(ConfirmationPolicy, one_person_up_to=2, two_people_up_to=1, executives=[uuid4()]),
    "own_key_one_in_force": twice(lambda stage: again(OwnKey, until=None, public=uuid4().bytes)(stage)),
    "own_key_registered_once": again(OwnKey),
    "automatic_rule_amount": change(AutomaticRule, amount_up_to=Decimal(-1)),
    "automatic_rule_day": change(AutomaticRule, daily_up_to=NAN),
    "automatic_rule_limits_rise": change(AutomaticRule, amount_up_to=5, daily_up_to=1),
    "automatic_rule_one_in_force": twice(
        lambda stage: again(AutomaticRule, stopped_at=None, change=_another_change(stage))(stage)
    ),
    "automatic_confirmation_amount": lambda stage: again(
        AutomaticConfirmation, document_id=stage.document.id, amount=Decimal(-1)
    )(stage),
    "lone_confirmation_amount": again(LoneConfirmation, amount=Decimal(-1)),
    "payment_entry_names_terms": again(PaymentEntry, terms="all"),
    "proposal_state_known": change(Proposal, state="lost"),
    "proposal_amount": change(Proposal, amount=NAN),
    "proposal_of_two_or_three": change(Proposal, people=1),
    "proposal_ended_has_time": change(Proposal, ended_at=None),
    "proposal_signed_by_manifest": change(Proposal, state="signed", **EVERYBODY),
    "proposal_checked_by_somebody": change(Proposal, state="checked", ended_at=None),
    "proposal_approved_by_somebody": change(
        Proposal, state="signed", people=3, **EVERYBODY, manifest=SignedManifest.objects.values("id")[:1]
    ),
    "proposal_checker_is_another": change(Proposal, checker=F("maker")),
    "proposal_approver_is_a_third": change(Proposal, approver=F("maker_right")),
    "document_in_one_open_proposal": lambda stage: again(ProposedDocument, open=True, proposal=_another(stage))(stage),
    "document_once_in_a_proposal": again(ProposedDocument),
}


def _another_change(stage: Stage) -> SettingsChange:
    again(SettingsChange)(stage)
    return SettingsChange.objects.latest("id")


def _another(stage: Stage) -> Proposal:
    """A second proposal, where the first one's document is open."""
    ProposedDocument.objects.update(open=True)
    again(Proposal)(stage)
    return Proposal.objects.exclude(id=stage.proposal.id).get()
