"""Reads of tax statuses, for callers that hold documents they may see."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from abs_platform.core import clock
from abs_platform.core.prepared import IDS, Prepared
from abs_platform.core.rest.fields import time
from abs_platform.documents.tax.models import TaxStatus, TaxStatusChange
from abs_platform.integrations.tax.configured import tax_status
from abs_platform.integrations.tax.status import TaxStatusError

_standings = Prepared(lambda: TaxStatus.objects.filter(document__id__among=IDS))


def standings(document_ids: Iterable[UUID]) -> dict[UUID, TaxStatus]:
    """Where documents stand; those that the tax office cannot know of are left out. One query."""
    return {row.document_id: row for row in _standings(document_ids)}


def history(document_id: UUID) -> list[TaxStatusChange]:
    """Every change, oldest first."""
    return list(TaxStatusChange.objects.filter(document_id=document_id).order_by("id"))


def may_ask(row: TaxStatus) -> bool:
    """Whether a person may have it asked now: aggregators take some five questions a day about one invoice."""
    every: timedelta = settings.TAX_STATUS_ASK_EVERY
    return row.asked_at is None or row.asked_at + every <= clock.now()


def trouble() -> str:
    """What keeps statuses from being learnt, for the operator's status page; empty where nothing does."""
    try:
        tax_status()
    except TaxStatusError as error:
        return str(error)
    if settings.PRODUCTION and not settings.TAX_STATUS_URL:
        return "nobody can be asked for tax statuses"
    failing = TaxStatus.objects.filter(failures__gt=0)
    latest = failing.order_by("-failed_at").first()
    if latest is None:
        return ""
    return f"{failing.count()} invoices wait for an answer; last failure at {time(latest.failed_at)}: {latest.error}"
