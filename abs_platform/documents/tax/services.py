"""Asking for tax statuses and keeping what was answered."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, Max, Q, QuerySet, Value
from django.db.models.functions import Least

from abs_platform.core import audit, clock, events, jobs
from abs_platform.core.errors import Conflict, NotFound, TooSoon
from abs_platform.core.inserting import insert_all
from abs_platform.core.transitions import target_of
from abs_platform.documents import selectors, settling
from abs_platform.documents.models import Document
from abs_platform.documents.rules import filing_lane
from abs_platform.documents.tax import alerts, rules
from abs_platform.documents.tax import selectors as tax_selectors
from abs_platform.documents.tax.models import Reliance, TaxStatus, TaxStatusChange
from abs_platform.documents.tax.states import CORRECTION, TAX_OFFICE, TRANSITIONS
from abs_platform.integrations.formats.model import Extracted
from abs_platform.integrations.tax.configured import tax_status
from abs_platform.integrations.tax.status import Answer, Malformed, Rejected, Status, TaxStatusError
from abs_platform.parties import keys
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import Role

JOB = "documents.tax_status"
CLAIM = timedelta(minutes=10)  # how long a claimed row is left to its job before it is due again
SILENCE = timedelta(minutes=1)  # after a failure nobody else asks for so long
ANSWERING = timedelta(minutes=5)  # for so long after an answer, a refusal or nonsense is about the invoice asked about
BACKOFF_LIMIT = timedelta(hours=6)
BATCH = 200
ASKED_TOGETHER = 50
"""Invoices that a job of the sweep asks about, one after the other."""
LANE = "tax_office"
"""Those jobs run one at a time, so that a hundred thousand invoices keep no worker from what people wait for."""
FOLLOWED_TOGETHER = 200
"""Changes of one owner's invoices that the layers above follow in one transaction."""


def watch(*, document: Document, extracted: Extracted) -> None:
    """From now on the tax office is asked about a document that it can know of, at once or when its number's turn comes.

    A credit note has the invoices that it takes from asked about too. Runs inside the transaction that read it.
    """
    if not rules.applies(extracted):
        return
    now = clock.now()
    TaxStatus.objects.get_or_create(document=document, defaults={"next_check_at": now + CLAIM})
    _ask_in_turn(document)
    if numbers := rules.credited_numbers(extracted):
        TaxStatus.objects.filter(document__owner_id=document.owner_id, document__number__in=numbers).update(
            next_check_at=now
        )


def watch_all(*, read: Iterable[tuple[Document, Extracted]]) -> None:
    """`watch` for one owner's new documents that were read together: the sweep asks. Runs inside their transaction."""
    known = [(document, extracted) for document, extracted in read if rules.applies(extracted)]
    now, every = clock.now(), settings.TAX_STATUS_ASK_EVERY
    owners = {document.owner_id for document, _ in known}
    lately = TaxStatus.objects.filter(document__owner_id__in=owners, asked_at__gt=now - every)
    numbers = [document.number for document, _ in known]
    waiting = set(lately.filter(document__number__in=numbers).values_list("document__number", flat=True))
    turns = {document: now + every if document.number in waiting else now for document, _ in known}
    insert_all(TaxStatus(document=document, asked_at=turn, next_check_at=turn) for document, turn in turns.items())
    credited = {number for _, extracted in known for number in rules.credited_numbers(extracted)}
    if credited:
        TaxStatus.objects.filter(document__owner_id__in=owners, document__number__in=credited).update(
            next_check_at=clock.now()
        )


def _ask_in_turn(document: Document) -> None:
    """Have it asked at once, unless it, or another of its owner's of that number, was within the hour: then the sweep asks after it.

    Uploads and corrections count like a person's question, so that writing to and fro asks no more often.
    """
    now = clock.now()
    alike = Q(document=document) | Q(document__owner_id=document.owner_id, document__number=document.number)
    last: datetime | None = TaxStatus.objects.filter(alike).aggregate(last=Max("asked_at"))["last"]
    turn = now if last is None else last if last > now else max(now, last + settings.TAX_STATUS_ASK_EVERY)
    standing = TaxStatus.objects.filter(document=document)
    if turn > now:
        standing.update(asked_at=turn, next_check_at=turn)
    else:
        standing.update(asked_at=now, next_check_at=now + CLAIM)
        _enqueue(document.id)


@transaction.atomic
def watch_again(*, document_id: UUID) -> None:
    """A document was corrected: what the tax office said was said of another content, so it is asked anew. Idempotent."""
    document = Document.objects.select_related("owner").get(id=document_id)
    row = TaxStatus.objects.select_for_update().filter(document=document).first()
    if row and row.status in TRANSITIONS[Status.NOT_VERIFIED].sources:
        before, row.status = row.status, Status.NOT_VERIFIED
        row.save(update_fields=["status"])
        if before != row.status:
            _note(document, row, before, provider=CORRECTION, said={})
    extracted = selectors.extracted_of(document)
    if extracted and settling.is_to_be_filed(document):
        watch(document=document, extracted=extracted)


def check_all(*, document_ids: Sequence[UUID], progress: Callable[[int, int], None]) -> None:
    """`check` one after the other."""
    for done, document_id in enumerate(document_ids):
        progress(done, len(document_ids))
        check(document_id=document_id)


def check(*, document_id: UUID) -> None:
    """Ask for an invoice's status and keep the answer. What fails is tried later and changes nothing. Idempotent."""
    row = TaxStatus.objects.select_related("document").filter(document_id=document_id).first()
    extracted = selectors.extracted_of(row.document) if row else None
    if row is None or extracted is None:
        return
    if _is_silent():
        TaxStatus.objects.filter(document_id=document_id).update(next_check_at=clock.now() + SILENCE)
        return
    try:
        provider = tax_status()
        answer = provider.status(rules.query_of(extracted))
        _keep(document_id, provider.name, answer)
    except TaxStatusError as error:
        _fail(document_id, error)


def sweep() -> int:
    """Enqueue the checks that are due, in batches; of a provider that fails, one at a time. Returns how many."""
    enqueued = 0
    while True:
        size = 1 if _is_failing() else BATCH
        with transaction.atomic():
            now = clock.now()
            due = list(
                TaxStatus.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(next_check_at__lte=now, document__erased_at=None, document__withdrawn_at=None)
                .exclude(status=Status.VOIDED)
                .order_by("next_check_at")
                .values_list("document_id", flat=True)[:size]
            )
            TaxStatus.objects.filter(document_id__in=due).update(next_check_at=now + CLAIM)
            for first in range(0, len(due), ASKED_TOGETHER):
                together = [str(document_id) for document_id in due[first : first + ASKED_TOGETHER]]
                jobs.enqueue(JOB, payload={"documents": together}, lane=LANE)
        enqueued += len(due)
        if len(due) < BATCH or enqueued >= 10 * BATCH:  # what is left waits for the next sweep
            return enqueued


@transaction.atomic
def ask(*, actor: Actor, document_id: UUID) -> Document:
    """Have the tax office asked at once, by the seller or the buyer.

    Raises Forbidden, NotFound, Conflict, TooSoon; Gone for one that was erased.
    """
    actor.require(Role.SUPPLIER, Role.CORE_ENTERPRISE)
    document = selectors.document(actor=actor, document_id=document_id)
    if selectors.by_disclosure(actor=actor, row=document):
        raise NotFound
    row = TaxStatus.objects.select_for_update().filter(document=document).first()
    if document.erased_at:
        raise keys.gone()
    if row is None:
        raise Conflict("tax_status_not_applicable", "The tax office does not know of documents of this kind.")
    if not tax_selectors.may_ask(row):
        wait = settings.TAX_STATUS_ASK_EVERY
        raise TooSoon(
            "tax_check_too_soon",
            "The tax office was asked about this invoice a short while ago; it takes few questions a day.",
            again_at=(row.asked_at + wait).isoformat() if row.asked_at else "",
        )
    row.asked_at = clock.now()
    row.save(update_fields=["asked_at"])
    audit.record(actor=actor, verb="document.tax_asked", subject=selectors.subject_of(document))
    _enqueue(document.id)
    return document


def rely(*, document_ids: Iterable[UUID], has_right: bool) -> None:
    """Rights tells whether a right depends on the statuses of documents. Runs inside its transaction."""
    _set_reliance(
        TaxStatus.objects.filter(document_id__in=list(document_ids)).exclude(reliance=Reliance.PLEDGE),
        Reliance.RIGHT if has_right else Reliance.NONE,
    )


def pledge(*, document_ids: Iterable[UUID], is_pledged: bool) -> None:
    """Whoever pledges rights tells that their documents are pledged, or released. Runs inside its transaction."""
    _set_reliance(
        TaxStatus.objects.filter(document_id__in=list(document_ids)),
        Reliance.PLEDGE if is_pledged else Reliance.RIGHT,
    )


def changed(*, owner_id: UUID, among: "QuerySet[Any, Any] | None" = None) -> list[UUID]:
    """Documents of an owner, or of `among` their ids, of which the tax office said something new that trades and rights have
    not followed yet; some at a time.
    """
    rows = TaxStatus.objects.filter(to_follow=True, document__owner_id=owner_id).order_by("document_id")
    if among is not None:
        rows = rows.filter(document__in=among)
    return list(rows.values_list("document_id", flat=True)[:FOLLOWED_TOGETHER])


def follow(*, owner_id: UUID, document_ids: Iterable[UUID]) -> None:
    """From now on these count as followed; what is left has its turn behind whatever waits in the owner's lane.

    To be called before they are read anew, in the transaction that acts on them: nothing new is said of them until it ends.
    """
    rows = TaxStatus.objects.select_for_update().filter(document_id__in=list(document_ids)).order_by("document_id")
    TaxStatus.objects.filter(document_id__in=[row.document_id for row in rows]).update(to_follow=False)
    if changed(owner_id=owner_id):
        _publish(owner_id)


def erase(*, document_id: UUID) -> None:
    """A document was erased: what the tax office said of it goes too. Runs inside the transaction that erases.

    Status and amount taken back stay in the present standing: without them a right could rise again.
    """
    TaxStatus.objects.filter(document_id=document_id).update(red_numbers=[], failures=0, failed_at=None, error="")
    TaxStatusChange.objects.filter(document_id=document_id).update(said={}, red_numbers=[], red_amount=None)


def _set_reliance(rows: "QuerySet[TaxStatus]", reliance: Reliance) -> None:
    soon = Value(clock.now() + settings.TAX_STATUS_EVERY[str(reliance)], output_field=DateTimeField())
    rows.exclude(reliance=reliance).update(reliance=reliance, next_check_at=Least("next_check_at", soon))


def _enqueue(document_id: UUID) -> None:
    jobs.enqueue(JOB, key=str(document_id), payload={"documents": [str(document_id)]})


def _is_silent() -> bool:
    """Whether the provider failed a moment ago: until it answers, one question a minute is enough."""
    return _failures().filter(failed_at__gt=clock.now() - SILENCE).exists()


def _failures() -> "QuerySet[TaxStatus]":
    """What failed, as far as it tells of the provider. While it answers about other invoices, one that it refuses to look at
    tells of that invoice alone; else a supplier with a few such would keep everybody's from being asked about."""
    failed = TaxStatus.objects.filter(failures__gt=0)
    if not TaxStatus.objects.filter(checked_at__gt=clock.now() - ANSWERING).exists():
        return failed
    of_the_invoice = Q()
    for kind in (Rejected, Malformed):
        of_the_invoice |= Q(error__startswith=f"{kind.reason}:")
    return failed.exclude(of_the_invoice)


def _is_failing() -> bool:
    """Whether the last thing heard of the provider was a failure."""
    failed = _failures().order_by("-failed_at").values_list("failed_at", flat=True).first()
    return failed is not None and not TaxStatus.objects.filter(checked_at__gt=failed).exists()


@transaction.atomic
def _keep(document_id: UUID, provider: str, answer: Answer) -> None:
    row = TaxStatus.objects.select_for_update(of=("self",)).select_related("document__owner").get(pk=document_id)
    document, before = row.document, (row.status, row.red_amount, row.red_numbers)
    if Document.objects.filter(id=document_id, erased_at__isnull=False).exists():  # while the office was asked
        return
    if answer.status not in TRANSITIONS or row.status not in TRANSITIONS[answer.status].sources:
        raise Malformed(f"it says {answer.status} of an invoice that is {row.status} for good")
    row.status = target_of(TRANSITIONS, action=answer.status, state=row.status, roles=frozenset({TAX_OFFICE}))
    row.red_amount, row.red_numbers = _red(answer, document.total)
    row.provider = provider
    row.checked_at = now = clock.now()
    row.next_check_at = now + _pause(row)
    row.failures, row.failed_at, row.error = 0, None, ""
    row.save()
    if (row.status, row.red_amount, row.red_numbers) != before:
        _note(document, row, before[0], provider=provider, said=answer.said)
        alerts.report(document=document, row=row)
    events.notify([document.owner_id, document.counterparty_id], "document", document_id)


def _note(document: Document, row: TaxStatus, before: str, *, provider: str, said: dict[str, str]) -> None:
    """Keep a change, and let the layers above know."""
    TaxStatusChange.objects.create(
        document=document,
        before=before,
        status=row.status,
        red_amount=row.red_amount,
        red_numbers=row.red_numbers,
        provider=provider,
        said=said,
    )
    audit.record(
        actor=PLATFORM,
        verb="document.tax_status",
        subject=selectors.subject_of(document),
        detail={"before": before, "status": row.status, "provider": provider},
    )
    TaxStatus.objects.filter(document=document).update(to_follow=True)
    _publish(document.owner_id)


def _publish(owner_id: UUID) -> None:
    jobs.publish(
        "document.tax_status", {"owner": str(owner_id)}, key=str(owner_id), lane=filing_lane(owner_id), once=True
    )


def _red(answer: Answer, total: Decimal | None) -> tuple[Decimal | None, list[str]]:
    """How much was taken back: what is said, at most the invoice's total; all of it where nothing is said."""
    if answer.status != Status.RED_LETTER:
        return None, []
    whole = abs(total) if total else None
    amounts = [amount for amount in (answer.red_amount, whole) if amount]
    return (min(amounts) if amounts else None), sorted(answer.red_numbers)


def _pause(row: TaxStatus) -> timedelta:
    every: timedelta = settings.TAX_STATUS_EVERY[row.reliance]
    unknown: timedelta = settings.TAX_STATUS_UNKNOWN_EVERY
    return min(every, unknown) if row.status == Status.NOT_VERIFIED and _may_come(row.document) else every


def _may_come(document: Document) -> bool:
    """Whether an invoice that the tax office does not know may still reach it: it does within days of its issue."""
    since: datetime = document.received_at
    return clock.now() - since < timedelta(days=30)


@transaction.atomic
def _fail(document_id: UUID, error: TaxStatusError) -> None:
    row = TaxStatus.objects.select_for_update().get(pk=document_id)
    row.failures += 1
    row.failed_at = clock.now()
    row.error = f"{error.reason}: {error}"[:300]
    row.next_check_at = row.failed_at + min(SILENCE * 2 ** min(row.failures, 12), BACKOFF_LIMIT)
    row.save(update_fields=["failures", "failed_at", "error", "next_check_at"])
