"""The shapes of a right's page: its ladder as evidence, what is missing, when it is due, whether it is eligible."""

from typing import Any

from rest_framework import serializers

from abs_platform.documents.replies import AnchorOut
from abs_platform.rights.due import Basis
from abs_platform.rights.eligibility import Outcome
from abs_platform.rights.evidence import CORE_ENTERPRISE, PLATFORM
from abs_platform.rights.next_step import Who
from abs_platform.rights.replies import RightOut
from abs_platform.rights.sources import LIMIT, QUANTITY, TAX, VALUE
from abs_platform.rights.states import RungEvent

RECORD_PAYMENT = "record_payment"
"""What its supplier and its debtor may do about a right."""


class AgreedOut(serializers.Serializer[Any]):
    organisation = serializers.CharField()
    person = serializers.CharField()
    at = serializers.DateTimeField()
    fields = serializers.ListField(child=serializers.CharField(), help_text="which fields were agreed to")  # type: ignore[assignment]  # the contract's name shadows DRF's property
    document = serializers.UUIDField(allow_null=True, help_text="null: the payment confirmation of the trade")
    custodial = serializers.BooleanField(help_text="signed by the key that the platform holds for the organisation")
    signature = serializers.CharField()
    public_key = serializers.CharField()


class EvidenceOut(serializers.Serializer[Any]):
    document = serializers.UUIDField()
    kind = serializers.CharField()
    number = serializers.CharField()
    sm3 = serializers.CharField(help_text="of the file, hex")


class RungFactOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="among the right's facts, from 1")
    rung = serializers.IntegerField(min_value=1, max_value=5)
    event = serializers.ChoiceField(choices=list(RungEvent))
    reason = serializers.CharField(allow_blank=True, help_text="why the rung was lost")
    at = serializers.DateTimeField()
    agreed_by = serializers.ChoiceField(
        choices=[CORE_ENTERPRISE, PLATFORM], allow_null=True, help_text="null: of a loss"
    )
    agreed = AgreedOut(many=True)
    evidence = EvidenceOut(many=True)
    disputable = serializers.ListField(child=serializers.CharField())
    digest = serializers.CharField(help_text="SM3 of the statement, hex")
    signature = serializers.CharField(help_text="the platform's SM2 signature over the statement, DER in hex")
    public_key = serializers.CharField(help_text="the log's SM2 key, as in the trust file")
    state = serializers.ChoiceField(choices=["received", "recorded", "anchored"])
    anchors = AnchorOut(many=True)
    anchors_required = serializers.IntegerField()


class RungOut(serializers.Serializer[Any]):
    rung = serializers.IntegerField(min_value=1, max_value=5)
    is_held = serializers.BooleanField()
    rate = serializers.CharField()
    base = serializers.CharField(allow_null=True)
    supported = serializers.CharField(
        allow_null=True, help_text="on a rung to come: of today's base, if nothing else changes"
    )
    fact = RungFactOut(allow_null=True, help_text="the newest one; null where the rung was never reached")


class RightDueOut(serializers.Serializer[Any]):
    day = serializers.DateField()
    basis = serializers.ChoiceField(choices=list(Basis))
    is_certain = serializers.BooleanField(help_text="stated or confirmed, not reckoned from a term or the law")
    term = serializers.CharField(allow_blank=True, help_text="the words that it was reckoned from")


class WaitingDocumentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    number = serializers.CharField()


class NextStepOut(serializers.Serializer[Any]):
    missing = serializers.CharField()
    who = serializers.ChoiceField(choices=list(Who))
    organisation = serializers.CharField(allow_blank=True)
    document = WaitingDocumentOut(allow_null=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    deadline = serializers.DateTimeField(allow_null=True)


class EligibilityRuleOut(serializers.Serializer[Any]):
    rule = serializers.CharField()
    outcome = serializers.ChoiceField(choices=list(Outcome))
    reason = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)


class RightEligibilityOut(serializers.Serializer[Any]):
    ruleset = serializers.CharField()
    eligible = serializers.BooleanField(allow_null=True, help_text="null: no rule fails, one cannot be decided")
    rules = EligibilityRuleOut(many=True)


class RightEventOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    params = serializers.DictField()


class RightDetailOut(RightOut):
    due = RightDueOut(allow_null=True)
    next_step = NextStepOut(allow_null=True)
    rungs = RungOut(many=True)
    facts = RungFactOut(many=True, help_text="newest first")
    eligibility = RightEligibilityOut()
    timeline = RightEventOut(many=True)
    allowed_actions = serializers.ListField(child=serializers.ChoiceField(choices=[RECORD_PAYMENT]))


class SourceOut(serializers.Serializer[Any]):
    document = serializers.UUIDField()
    line = serializers.CharField(allow_blank=True)
    item = serializers.CharField(allow_blank=True)
    quantity = serializers.CharField(allow_null=True, help_text="of a receipt: what it accepts")
    unit = serializers.CharField(allow_blank=True)
    amount = serializers.CharField(allow_null=True)
    tax = serializers.CharField(allow_null=True)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=[QUANTITY, LIMIT, VALUE, TAX]))


class FigureRowOut(serializers.Serializer[Any]):
    order_line = serializers.CharField(allow_blank=True)
    item = serializers.CharField(allow_blank=True)
    quantity = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    unit_value = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)
    tax = serializers.CharField(allow_blank=True)
    sources = SourceOut(many=True)


class ReductionSourceOut(serializers.Serializer[Any]):
    document = serializers.UUIDField()
    amount = serializers.CharField(allow_null=True, help_text="of the whole document")


class FigureReductionOut(serializers.Serializer[Any]):
    reason = serializers.CharField()
    amount = serializers.CharField()
    document = serializers.CharField(allow_blank=True)
    sources = ReductionSourceOut(many=True)


class FigurePaymentOut(serializers.Serializer[Any]):
    amount = serializers.CharField()
    due_date = serializers.DateField()
    organisation = serializers.CharField()
    at = serializers.DateTimeField()


class FiguresOut(serializers.Serializer[Any]):
    rung = serializers.IntegerField(min_value=0, max_value=5)
    currency = serializers.CharField(allow_blank=True)
    rows = FigureRowOut(many=True)
    value = serializers.CharField()
    tax = serializers.CharField()
    gross = serializers.CharField()
    reductions = FigureReductionOut(many=True)
    base = serializers.CharField()
    rate = serializers.CharField()
    supported = serializers.CharField()
    payment = FigurePaymentOut(allow_null=True, help_text="on rung 5, where the amount comes from it")
    documents = EvidenceOut(many=True, help_text="those that the sources name")
