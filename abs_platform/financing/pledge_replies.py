"""How pledges and notices look in replies."""

import json
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Body, Named, money, named, time
from abs_platform.crypto import sm3
from abs_platform.financing.models import METHODS, Notice, Pledge
from abs_platform.financing.replies import actions, side_actions
from abs_platform.financing.states import HOLDING, NOTICE_TRANSITIONS, NoticeState, PledgeState
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.rights.states import RightState


class PledgeOut(serializers.Serializer[Any]):
    """`base` as it was when the right was pledged; `base_now` as it is. What the right is now, a former holder is not told."""

    id = serializers.UUIDField()
    loan = serializers.UUIDField()
    right = serializers.UUIDField()
    trade = serializers.UUIDField()
    order_number = serializers.CharField(allow_blank=True)
    supplier = Named()
    debtor = Named(allow_null=True)
    holder = Named()
    method = serializers.ChoiceField(choices=METHODS)
    currency = serializers.CharField()
    base = serializers.CharField()
    base_now = serializers.CharField(allow_null=True)
    held_for = serializers.CharField(
        help_text="Its share of the loan's principal; not the debtor's to know.", allow_null=True
    )
    rung = serializers.IntegerField(allow_null=True)
    due_date = serializers.DateField(allow_null=True)
    right_state = serializers.ChoiceField(choices=[str(s) for s in RightState], allow_null=True)
    state = serializers.ChoiceField(choices=[str(s) for s in PledgeState])
    created_at = serializers.DateTimeField()
    registered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class NoticeRight(serializers.Serializer[Any]):
    order_number = serializers.CharField(allow_blank=True)
    amount = serializers.CharField()
    currency = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)


class NoticeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    loan = serializers.UUIDField()
    method = serializers.ChoiceField(choices=METHODS)
    debtor = Named()
    supplier = Named()
    holder = Named()
    total = serializers.CharField()
    currency = serializers.CharField()
    rights = NoticeRight(many=True)
    state = serializers.ChoiceField(choices=[str(s) for s in NoticeState])
    signed_by = serializers.CharField()
    signed_at = serializers.DateTimeField()
    custodial = serializers.BooleanField(help_text="Signed by the key that the platform holds for the supplier.")
    statement_sm3 = serializers.CharField()
    record = serializers.UUIDField()
    sent_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(allow_blank=True)
    lifted_at = serializers.DateTimeField(allow_null=True)
    allowed_actions = actions()


class NoticeDetailOut(NoticeOut):
    statement = serializers.CharField(help_text="What was signed, to the letter.")
    signature = serializers.CharField(help_text="SM2 over the statement, DER in hex.")
    public_key = serializers.CharField(help_text="The signer's SM2 public key, hex.")
    acknowledgement = serializers.CharField(allow_null=True, help_text="What the debtor signed, to the letter.")


def pledge_body(row: Pledge, *, actor: Actor) -> Body:
    """A pledge. Comes from selectors.pledges."""
    right, trade, currency = row.right, row.right.trade, row.loan.currency
    shown = actor.organisation_id in (row.holder_id, trade.seller_id)
    is_party = actor.organisation_id in (trade.seller_id, trade.buyer_id)
    now = right if is_party or row.state in HOLDING else None
    return {
        "id": str(row.id),
        "loan": str(row.loan_id),
        "right": str(right.id),
        "trade": str(trade.id),
        "order_number": trade.order_number,
        "supplier": named(trade.seller_id, trade.seller.name),
        "debtor": named(trade.buyer.id, trade.buyer.name) if trade.buyer else None,
        "holder": named(row.holder_id, row.holder.name),
        "method": row.method,
        "currency": currency,
        "base": money(row.base, currency),
        "base_now": money(now.base, currency) if now else None,
        "held_for": money(row.held_for, currency) if shown else None,
        "rung": now.rung if now else None,
        "due_date": now.due_date.isoformat() if now and now.due_date else None,
        "right_state": now.state if now else None,
        "state": row.state,
        "created_at": time(row.created_at),
        "registered_at": time(row.registered_at),
        "ended_at": time(row.ended_at),
    }


def notice_body(row: Notice, *, actor: Actor) -> Body:
    """A notice, as it was signed. Comes from selectors.notices."""
    said = json.loads(row.statement)
    loan = row.loan
    acknowledgement = getattr(row, "acknowledgement", None)
    return {
        "id": str(row.id),
        "loan": str(loan.id),
        "method": said["method"],
        "debtor": named(row.debtor_id, row.debtor.name),
        "supplier": named(loan.supplier_id, loan.supplier.name),
        "holder": named(loan.funder_id, loan.funder.name),
        "total": money(sum((Decimal(each["amount"]) for each in said["rights"]), Decimal(0)), loan.currency),
        "currency": loan.currency,
        "rights": [
            {name: each[name] for name in ("order_number", "amount", "currency", "due_date")} for each in said["rights"]
        ],
        "state": row.state,
        "signed_by": row.person,
        "signed_at": time(row.at),
        "custodial": row.custodial,
        "statement_sm3": sm3.sm3(row.statement.encode()).hex(),
        "record": str(row.record_id),
        "sent_at": time(row.sent_at),
        "acknowledged_at": time(acknowledgement.at) if acknowledgement else None,
        "acknowledged_by": acknowledgement.person if acknowledgement else "",
        "lifted_at": time(row.lifted_at),
        "allowed_actions": side_actions(
            NOTICE_TRANSITIONS,
            state=row.state,
            actor=actor,
            side=Role.CORE_ENTERPRISE,
            is_own=row.debtor_id == actor.organisation_id,
        ),
    }


def notice_detail(row: Notice, *, actor: Actor) -> Body:
    """A notice with what anybody needs to check its signature."""
    acknowledgement = getattr(row, "acknowledgement", None)
    return {
        **notice_body(row, actor=actor),
        "statement": row.statement,
        "signature": bytes(row.signature).hex(),
        "public_key": bytes(row.public_key).hex(),
        "acknowledgement": acknowledgement.statement if acknowledgement else None,
    }
