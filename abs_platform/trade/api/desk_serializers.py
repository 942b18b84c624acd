"""Shapes that the confirmation desk takes and gives."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Named
from abs_platform.trade.desk.choices import MOST_DOCUMENTS
from abs_platform.trade.desk.states import ChangeKind, ChangeState, ProposalState
from abs_platform.trade.own_signing import OwnIn
from abs_platform.trade.states import CONFIRMED_BY_BUYER, Confirmation, DisputeReason

MOST_LINES = 10_000


def _amount(**options: Any) -> serializers.DecimalField:  # Any: DRF's own field options
    return serializers.DecimalField(max_digits=20, decimal_places=4, min_value=Decimal(0), **options)


def _reason_code() -> serializers.ChoiceField:
    return serializers.ChoiceField(
        choices=[str(each) for each in DisputeReason], required=False, allow_blank=True, default=""
    )


class QueueQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        choices=[s for s in map(str, Confirmation) if s != Confirmation.NOT_REQUIRED], required=False
    )
    supplier = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=sorted(CONFIRMED_BY_BUYER), required=False)
    amount_from = _amount(required=False)
    amount_to = _amount(required=False)
    overdue = serializers.BooleanField(default=False)
    sort = serializers.ChoiceField(
        choices=["deadline", "amount"], default="deadline", help_text="Nearest deadline first, or greatest amount first"
    )


class PartIn(serializers.Serializer[Any]):
    position = serializers.IntegerField(min_value=0)
    quantity = serializers.DecimalField(max_digits=30, decimal_places=13, min_value=Decimal(0))


class DocumentIn(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    content_digest = serializers.RegexField(r"^[0-9a-f]{64}$")
    lines = serializers.ListField(child=PartIn(), required=False, allow_null=True, max_length=MOST_LINES)


class OnBehalfIn(serializers.Serializer[Any]):
    on_behalf_of = serializers.UUIDField(required=False, allow_null=True)


class ManifestToSignIn(OnBehalfIn):
    documents = serializers.ListField(child=DocumentIn(), min_length=1, max_length=MOST_DOCUMENTS)


class ProposeIn(ManifestToSignIn):
    amount = _amount(required=False, allow_null=True, help_text="Typed back, where the limits ask for it")


class ManifestIn(ProposeIn):
    own = OwnIn(required=False)


class ConfirmIn(OnBehalfIn):
    content_digest = serializers.RegexField(r"^[0-9a-f]{64}$")
    amount = _amount(required=False, allow_null=True, help_text="Typed back, where the limits ask for it")
    own = OwnIn(required=False)


class ReasonIn(serializers.Serializer[Any]):
    reason_code = _reason_code()
    reason = serializers.CharField(max_length=2000)


class DisputeIn(ReasonIn, OnBehalfIn):
    content_digest = serializers.RegexField(r"^[0-9a-f]{64}$")
    own = OwnIn(required=False)


class ConfirmPartIn(ConfirmIn):
    lines = serializers.ListField(child=PartIn(), min_length=1, max_length=MOST_LINES)
    rest_disputed = serializers.BooleanField(default=False)
    reason_code = _reason_code()
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ToSignIn(OnBehalfIn):
    decision = serializers.ChoiceField(choices=["confirm", "dispute"])
    content_digest = serializers.RegexField(r"^[0-9a-f]{64}$")
    lines = serializers.ListField(child=PartIn(), required=False, allow_null=True, max_length=MOST_LINES)
    rest_disputed = serializers.BooleanField(default=False)
    reason_code = _reason_code()
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ProposalQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[str(state) for state in ProposalState], required=False)


class AgreeIn(OnBehalfIn):
    amount = _amount(required=False, allow_null=True, help_text="Typed back, where the limits ask for it")
    own = OwnIn(required=False)


class EndIn(OnBehalfIn):
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class MessageIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=2000)


class DelegationIn(serializers.Serializer[Any]):
    delegate = serializers.UUIDField()
    until = serializers.DateField()


class PolicyIn(serializers.Serializer[Any]):
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    one_person_up_to = _amount(allow_null=True)
    two_people_up_to = _amount(allow_null=True)
    typed_above = _amount(allow_null=True)
    executives = serializers.ListField(child=serializers.UUIDField(), max_length=50)


class OwnKeyIn(serializers.Serializer[Any]):
    public_key = serializers.RegexField(r"^04[0-9a-f]{128}$")
    signature = serializers.RegexField(r"^([0-9a-f]{2}){8,80}$", help_text="By this key over the possession statement")


class OwnKeyStatementQuery(serializers.Serializer[Any]):
    public_key = serializers.RegexField(r"^04[0-9a-f]{128}$")


class OwnKeyStatementOut(serializers.Serializer[Any]):
    statement = serializers.CharField()


class RuleIn(serializers.Serializer[Any]):
    seller = serializers.UUIDField()
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(CONFIRMED_BY_BUYER)), min_length=1, max_length=3
    )
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    amount_up_to = _amount()
    daily_up_to = _amount()


class SettingsChangeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[str(kind) for kind in ChangeKind])
    payload = serializers.DictField()
    state = serializers.ChoiceField(choices=[str(state) for state in ChangeState])
    requested_by = serializers.CharField()
    requested_at = serializers.DateTimeField()
    allowed_actions = serializers.ListField(child=serializers.CharField())


class DelegationOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    principal = Named()
    delegate = Named()
    until = serializers.DateField()
    given_by_you = serializers.BooleanField()


class PolicyOut(serializers.Serializer[Any]):
    currency = serializers.CharField()
    one_person_up_to = serializers.CharField(allow_null=True)
    two_people_up_to = serializers.CharField(allow_null=True)
    typed_above = serializers.CharField(allow_null=True)
    executives = Named(many=True)


class OwnKeyOut(serializers.Serializer[Any]):
    public_key = serializers.CharField()
    since = serializers.DateTimeField()


class RuleOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    seller = Named()
    kinds = serializers.ListField(child=serializers.CharField())
    currency = serializers.CharField()
    amount_up_to = serializers.CharField()
    daily_up_to = serializers.CharField()
    set_by = serializers.CharField()


class DeskOut(serializers.Serializer[Any]):
    policy = PolicyOut(allow_null=True)
    own_key = OwnKeyOut(allow_null=True)
    rules = RuleOut(many=True)
    delegations = DelegationOut(many=True)
    changes = SettingsChangeOut(many=True)
    colleagues = Named(many=True)
    suppliers = Named(many=True)
