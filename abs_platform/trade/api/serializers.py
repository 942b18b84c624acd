"""Shapes that only this API takes and gives; trades look as in trade/replies.py, the desk's are in desk_serializers.py."""

from typing import Any

from rest_framework import serializers

from abs_platform.consent.states import GrantState
from abs_platform.core.rest.fields import Day
from abs_platform.trade.own_signing import OwnIn


class PaymentIn(serializers.Serializer[Any]):
    content_digest = serializers.RegexField(r"^[0-9a-f]{64}$")
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)
    due_date = Day()
    account = serializers.CharField(max_length=100)


class PaymentSignedIn(PaymentIn):
    own = OwnIn(required=False)


class WaitingOut(serializers.Serializer[Any]):
    people = serializers.IntegerField(help_text="How many have to enter the same")
    entered = serializers.IntegerField()
    differs = serializers.BooleanField(help_text="Whether colleagues entered something else")


class AttachIn(serializers.Serializer[Any]):
    trade = serializers.UUIDField()


class GrantIn(serializers.Serializer[Any]):
    trades = serializers.ListField(child=serializers.UUIDField(), max_length=500, default=list)
    documents = serializers.ListField(child=serializers.UUIDField(), max_length=500, default=list)
    whole = serializers.BooleanField(default=False)
    days = serializers.IntegerField(min_value=1, max_value=366)


class GrantedOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=[str(state) for state in GrantState])
    valid_until = serializers.DateTimeField()


class CandidateTrade(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    order_number = serializers.CharField(allow_blank=True)
    buyer_name = serializers.CharField(allow_blank=True)
    matches_request = serializers.BooleanField()


class CandidateDocument(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    filename = serializers.CharField()


class CandidatesOut(serializers.Serializer[Any]):
    trades = CandidateTrade(many=True)
    documents = CandidateDocument(many=True)
