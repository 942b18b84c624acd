"""How an invoice's standing with the tax office looks in replies."""

from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Body, money, time
from abs_platform.documents.models import Document
from abs_platform.documents.tax import selectors
from abs_platform.documents.tax.models import TaxStatus
from abs_platform.integrations.tax.status import Status
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role


class TaxChangeOut(serializers.Serializer[Any]):
    before = serializers.ChoiceField(choices=list(Status))
    status = serializers.ChoiceField(choices=list(Status))
    red_amount = serializers.CharField(allow_null=True)
    red_numbers = serializers.ListField(child=serializers.CharField())
    provider = serializers.CharField()
    said = serializers.DictField(child=serializers.CharField())
    at = serializers.DateTimeField()


class TaxOut(serializers.Serializer[Any]):
    red_amount = serializers.CharField(allow_null=True, help_text="what was taken back, with tax")
    red_numbers = serializers.ListField(child=serializers.CharField(), help_text="the red-letter invoices")
    provider = serializers.CharField(allow_blank=True)
    next_check_at = serializers.DateTimeField(allow_null=True, help_text="null: the status is final")
    failing_since = serializers.DateTimeField(allow_null=True, help_text="the last question was not answered")
    asked_at = serializers.DateTimeField(allow_null=True)
    history = TaxChangeOut(many=True)


def tax_body(row: Document, standing: TaxStatus) -> Body:
    """The standing with its history, oldest first."""
    return {
        "red_amount": money(standing.red_amount, row.currency),
        "red_numbers": standing.red_numbers,
        "provider": standing.provider,
        "next_check_at": None if standing.status == Status.VOIDED else time(standing.next_check_at),
        "failing_since": time(standing.failed_at),
        "asked_at": time(standing.asked_at),
        "history": [
            {
                "before": change.before,
                "status": change.status,
                "red_amount": money(change.red_amount, row.currency),
                "red_numbers": change.red_numbers,
                "provider": change.provider,
                "said": change.said,
                "at": time(change.at),
            }
            for change in selectors.history(row.id)
        ],
    }


def may_ask_tax(row: Document, standing: TaxStatus, actor: Actor) -> bool:
    """Whether the actor may have the tax office asked now."""
    takes_part = actor.home in (row.owner_id, row.counterparty_id, row.head_office_id)
    may = takes_part and not row.erased_at and actor.has(Role.SUPPLIER, Role.CORE_ENTERPRISE)
    return may and selectors.may_ask(standing)
