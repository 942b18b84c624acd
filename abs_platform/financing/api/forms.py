"""What requests to financing carry: shape only."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Day, Moment
from abs_platform.financing.models import DAY_COUNTS, METHODS
from abs_platform.financing.states import NoticeState, OfferState, PledgeState, ProgrammeState, RequestState
from abs_platform.integrations.tables.writing import FORMS
from abs_platform.trade.own_signing import OwnIn

LANGUAGES = ("zh", "en")


def amount() -> serializers.DecimalField:
    """An amount of money, above zero."""
    return serializers.DecimalField(max_digits=20, decimal_places=4, min_value=Decimal("0.0001"))


def rate() -> serializers.DecimalField:
    """A fraction of one."""
    return serializers.DecimalField(max_digits=9, decimal_places=6, min_value=Decimal(0), max_value=Decimal(1))


class TermsIn(serializers.Serializer[Any]):
    method = serializers.ChoiceField(choices=METHODS)
    recourse = serializers.BooleanField()
    annual_rate = rate()
    fee_rate = rate()
    day_count = serializers.ChoiceField(choices=DAY_COUNTS)
    grace_days = serializers.IntegerField(min_value=0, max_value=365, default=0)


class AdvanceRateIn(serializers.Serializer[Any]):
    rung = serializers.IntegerField(min_value=1, max_value=5)
    rate = serializers.DecimalField(max_digits=5, decimal_places=4, min_value=Decimal(0), max_value=Decimal(1))


class ProgrammeIn(TermsIn):
    core_enterprise = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    limit = amount()
    supplier_limit = amount()
    min_rung = serializers.IntegerField(min_value=1, max_value=5)
    advance_rates = AdvanceRateIn(many=True)
    max_tenor_days = serializers.IntegerField(min_value=1, max_value=3660)


class SeenTermsIn(serializers.Serializer[Any]):
    terms = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="As the programme's reply gave them.")


class RequestIn(serializers.Serializer[Any]):
    rights = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200)
    programmes = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=10)
    amount = amount()
    until = Day()
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class OptionalReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class OfferIn(TermsIn):
    amount = amount()
    maturity = Day()
    valid_until = Moment()
    conditions = serializers.CharField(max_length=1000, allow_blank=True, default="")


class TypedAmountIn(serializers.Serializer[Any]):
    amount = serializers.DecimalField(max_digits=20, decimal_places=4, help_text="Typed back, to be compared.")


class AcceptIn(TypedAmountIn):
    own = OwnIn(required=False)


class AcknowledgeIn(serializers.Serializer[Any]):
    own = OwnIn(required=False)


class ProgrammeQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[str(s) for s in ProgrammeState], required=False)
    core_enterprise = serializers.UUIDField(required=False)


class RequestQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[str(s) for s in RequestState], required=False)
    supplier = serializers.UUIDField(required=False)
    programme = serializers.UUIDField(required=False)
    sort = serializers.ChoiceField(choices=["newest", "amount", "until"], required=False)


class OfferQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[str(s) for s in OfferState], required=False)
    request = serializers.UUIDField(required=False)
    sort = serializers.ChoiceField(choices=["newest", "amount", "valid_until"], required=False)


class PledgeQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[str(s) for s in PledgeState], required=False)
    loan = serializers.UUIDField(required=False)
    right = serializers.UUIDField(required=False)
    sort = serializers.ChoiceField(choices=["newest", "base"], required=False)


class NoticeQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[str(s) for s in NoticeState], required=False)
    loan = serializers.UUIDField(required=False)


class FileQuery(serializers.Serializer[Any]):
    file = serializers.ChoiceField(choices=FORMS, default=FORMS[0])
    lang = serializers.ChoiceField(choices=LANGUAGES, default=LANGUAGES[0])


class RequestsExportQuery(RequestQuery, FileQuery):
    pass


class PledgesExportQuery(PledgeQuery, FileQuery):
    pass


class NoticeFileQuery(serializers.Serializer[Any]):
    lang = serializers.ChoiceField(choices=LANGUAGES, default=LANGUAGES[0])


class EligibilityQuery(serializers.Serializer[Any]):
    rights = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200)
    until = Day()
