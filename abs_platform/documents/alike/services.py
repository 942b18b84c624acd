"""Tracing invoices, and telling risk officers of those that nearly repeat another, whoever of the network keeps it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import psycopg
from django.db import connection, transaction

from abs_platform.core import clock
from abs_platform.crypto import sm3
from abs_platform.documents import selectors, verdicts
from abs_platform.documents.alike import rules
from abs_platform.documents.alike.models import KEY_BYTES, InvoiceTrace
from abs_platform.documents.alike.numbers import plain
from abs_platform.documents.alike.rules import Finding, Reason, Trace
from abs_platform.documents.models import Document, Extraction
from abs_platform.integrations.formats.model import Extracted, Party
from abs_platform.integrations.kms import kms
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import PLATFORM
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation

RULE = "near_duplicate"
SEVERITY = {
    Reason.SAME_NUMBER: Severity.HIGH,
    Reason.NUMBER_ALIKE: Severity.MEDIUM,
    Reason.AMOUNT_REPEATS: Severity.MEDIUM,
    Reason.SPLIT: Severity.MEDIUM,
    Reason.AMOUNT_NEAR: Severity.LOW,
}
LOOK_BACK = timedelta(days=2)
MOST_CANDIDATES = 200

_COLUMNS = "document_id, owner_id, number, (amount * 10000)::bigint, day"
_CANDIDATES = f"""
    (SELECT {_COLUMNS} FROM documents_invoicetrace
     WHERE pair_key = %(key)s AND amount BETWEEN %(low)s AND %(high)s AND document_id <> %(id)s
        AND day BETWEEN %(day)s::date - {rules.SIMILAR_DAYS} AND %(day)s::date + {rules.SIMILAR_DAYS}
     LIMIT {MOST_CANDIDATES})
    UNION ALL
    (SELECT {_COLUMNS} FROM documents_invoicetrace
     WHERE pair_key = %(key)s AND day BETWEEN %(day)s::date - {rules.REPEAT_DAYS} AND %(day)s::date + {rules.REPEAT_DAYS}
        AND (amount < %(low)s OR amount > %(high)s)
     ORDER BY abs(day - %(day)s::date) LIMIT {rules.SPLIT_CANDIDATES})
"""  # noqa: S608  # no input in it
_TOUCHED = f"""
    SELECT pair_key, {_COLUMNS}, traced_at >= %(since)s FROM documents_invoicetrace
    WHERE pair_key IN (SELECT pair_key FROM documents_invoicetrace WHERE traced_at >= %(since)s)
    ORDER BY pair_key, amount, document_id
"""  # noqa: S608  # no input in it


def notice(*, document: Document, extracted: Extracted) -> None:
    """Trace an invoice that counts for itself and report what it nearly repeats. Runs inside the transaction that read it."""
    total = extracted.total
    is_conflict = any(item["code"] == verdicts.CONFLICT for item in document.attention)
    if extracted.kind != "invoice" or document.duplicate_of_id or is_conflict or not document.seller_name:
        return
    if total is None or total <= 0:
        return
    key = pair_key(document.owner.network_id, extracted)
    trace = Trace(
        id=document.id,
        owner_id=document.owner_id,
        number=plain(extracted.number),
        amount=rules.units(total),
        day=extracted.issue_date or document.received_at.date(),
    )
    InvoiceTrace.objects.get_or_create(
        document=document,
        defaults={
            "owner_id": trace.owner_id,
            "pair_key": key,
            "number": trace.number,
            "amount": total,
            "day": trace.day,
        },
    )
    if finding := probe(key, trace):
        _report([finding])


@transaction.atomic
def trace_again(*, document_id: UUID) -> None:
    """An invoice was corrected: trace it as it is now. Idempotent."""
    document = Document.objects.select_for_update(of=("self",)).select_related("owner").get(id=document_id)
    InvoiceTrace.objects.filter(document=document).delete()
    if extracted := selectors.extracted_of(document):
        notice(document=document, extracted=extracted)


def trace_missing(limit: int = 1000) -> int:
    """Trace invoices that were read before there were traces. Returns how many there were."""
    rows = (
        Document.objects.filter(
            kind="invoice", extraction=Extraction.EXTRACTED, duplicate_of__isnull=True, trace__isnull=True, total__gt=0
        )
        .exclude(seller_name="")
        .exclude(attention__contains=[{"code": verdicts.CONFLICT}])
        .select_related("owner")
        .order_by("id")[:limit]
    )
    for row in rows:
        if extracted := selectors.extracted_of(row):
            with transaction.atomic():
                notice(document=row, extracted=extracted)
    return len(rows)


def probe(key: bytes, trace: Trace) -> Finding | None:
    """The strongest finding on one invoice among all that are traced under its key. One prepared query."""
    low, high = rules.amounts_near(trace.amount)
    parameters = {"key": key, "id": trace.id, "low": low * rules.UNIT, "high": high * rules.UNIT, "day": trace.day}
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:  # Django's own has every statement planned anew
        rows = cursor.execute(_CANDIDATES, parameters, prepare=True, binary=True).fetchall()
    candidates = [Trace(*row) for row in rows]
    return rules.strongest(trace, candidates) if candidates else None


def scan(*, since: datetime | None = None) -> int:
    """Look at all that was traced since, at once: of invoices read side by side neither sees the other. Idempotent.

    Returns how many findings there are; those known raise no second alert.
    """
    found = list(findings(since=since or clock.now() - LOOK_BACK))
    _report(found)
    return len(found)


def findings(*, since: datetime) -> Iterator[Finding]:
    """The strongest finding on each invoice traced since then, among all of its key. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, {"since": since})
        for _, group in groupby(cursor, key=lambda row: bytes(row[0])):
            rows = list(group)
            yield from _among([Trace(*row[1:6]) for row in rows], {row[1] for row in rows if row[6]})


def _among(traces: list[Trace], new_ids: set[UUID]) -> Iterator[Finding]:
    """Findings among the invoices of one key, which come by amount."""
    amounts = [trace.amount for trace in traces]
    by_day = sorted(traces, key=lambda trace: trace.day)
    days = [trace.day for trace in by_day]
    repeat = timedelta(days=rules.REPEAT_DAYS)
    for trace in traces:
        if trace.id not in new_ids:
            continue
        low, high = rules.amounts_near(trace.amount)
        alike = traces[bisect_left(amounts, low) : bisect_right(amounts, high)]
        close = by_day[bisect_left(days, trace.day - repeat) : bisect_right(days, trace.day + repeat)]
        candidates = [each for each in alike if each is not trace]
        candidates += (each for each in close if not low <= each.amount <= high)
        if finding := rules.strongest(trace, candidates):
            yield finding


def pair_key(network_id: UUID, extracted: Extracted) -> bytes:
    """Keyed, of who sells to whom in which currency. Organisations that the network knows count by themselves, however a
    file names them."""
    parts = (
        "abs/near-duplicate/v1",
        str(network_id),
        _party(network_id, extracted.seller),
        _party(network_id, extracted.buyer),
        (extracted.currency or "").upper(),
    )
    return sm3.hmac_sm3(kms().mac_key("fingerprint"), "\n".join(parts).encode())[:KEY_BYTES]


def _party(network_id: UUID, party: Party | None) -> str:
    identifiers = party.identifiers() if party else []
    known = parties.resolve(network_id=network_id, identifiers=identifiers) if identifiers else None
    return str(known.id) if known else ":".join(identifiers[0]) if identifiers else ""


@transaction.atomic
def _report(found: Iterable[Finding]) -> None:
    """One alert for each set of invoices, in the network of the one found."""
    found = list(found)
    ids = {id for finding in found for id in finding.ids}
    rows = Document.objects.select_related("owner").in_bulk(ids)
    by_network: dict[UUID, list[Observation]] = {}
    for finding in found:
        if any(id not in rows for id in finding.ids):
            continue
        row = rows[finding.trace.id]
        by_network.setdefault(row.owner.network_id, []).append(_observation(row, finding, rows))
    for network_id, observations in by_network.items():
        risk.report(actor=PLATFORM, network_id=network_id, observations=observations)


def _observation(row: Document, finding: Finding, rows: dict[UUID, Document]) -> Observation:
    others = [rows[other.id] for other in finding.others]
    return Observation(
        rule=RULE,
        severity=SEVERITY[finding.reason],
        key=f"{RULE}:{':'.join(map(str, finding.ids))}",
        subject=selectors.subject_of(row),
        subject_label=selectors.label_of(row),
        organisation_ids=(row.owner_id, row.counterparty_id, *(other.owner_id for other in others)),
        amount=finding.trace.amount * rules.UNIT,
        currency=row.currency,
        detail={
            "reason": finding.reason.name.lower(),
            "number": row.number,
            "others": ", ".join(f"{other.number} ({other.total}, {other.issue_date or '-'})" for other in others),
        },
    )
