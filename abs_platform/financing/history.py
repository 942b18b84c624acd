"""What happened to a loan, from its offer to its end, as the audit trail tells it to either side."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from rest_framework import serializers

from abs_platform.core.models import AuditEntry
from abs_platform.core.rest.fields import Body, money, time
from abs_platform.financing.lending.models import Loan
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation

MOST = 200
WITHIN_ONE_SIDE = (
    "offer.proposed", "offer.acceptance_proposed", "offer.acceptance_taken_back",
    "loan.disbursement_proposed", "loan.disbursement_taken_back",
    "loan.write_off_proposed", "loan.write_off_taken_back",
    "payment.recorded", "payment.rejected", "payment.reversal_proposed", "payment.reversal_taken_back",
    "payout.recorded", "payout.rejected",
)  # fmt: skip
"""What one person proposes to a colleague: until the second one acts the other side has no part in it."""


class HistoryOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    verb = serializers.CharField()
    by = serializers.CharField(allow_null=True, help_text="A colleague, or the other organisation; null: the platform.")
    amount = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


def of_loan(row: Loan, *, actor: Actor) -> list[Body]:
    """The newest MOST events of a loan that the actor may see, oldest first. People are named to their own organisation only."""
    subjects: dict[str, list[UUID]] = {
        "loan": [row.id],
        "offer": [row.offer_id],
        "pledge": list(row.pledges.values_list("id", flat=True)),
        "notice": [row.notice.id] if hasattr(row, "notice") else [],
    }
    wanted = Q(pk__in=[])
    for kind, ids in subjects.items():
        wanted |= Q(subject_kind=kind, subject_id__in=ids)
    not_theirs = Q(verb__in=WITHIN_ONE_SIDE) & ~Q(organisation_id=actor.home)
    entries = list(AuditEntry.objects.filter(wanted).exclude(not_theirs).order_by("-at", "-id")[:MOST])
    others = {each.organisation_id for each in entries if each.organisation_id} - {actor.home}
    names = dict(Organisation.objects.filter(id__in=others).values_list("id", "name"))
    return [_body(each, row.currency, names, actor) for each in reversed(entries)]


def _body(each: AuditEntry, currency: str, names: dict[UUID, str], actor: Actor) -> Body:
    is_own = each.organisation_id == actor.home
    amount = each.detail.get("amount")
    return {
        "at": time(each.at),
        "verb": each.verb,
        "by": each.actor if is_own else names.get(each.organisation_id) if each.organisation_id else None,
        "amount": money(Decimal(str(amount)), currency) if amount else None,
        "reason": str(each.detail.get("reason", "")),
    }
