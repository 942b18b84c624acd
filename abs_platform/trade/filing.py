"""How a document finds its trade.

A trade is (seller, buyer, order number). Documents name it directly (order reference) or through another document
(despatch, receipt, billing reference), and arrive in any order. Each filed document registers the keys by which others
may refer to it; a document that refers to a key not yet known opens a provisional trade under it, which is merged once
the document that ties it to an order arrives.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, Q

from abs_platform.consent import services as consent
from abs_platform.core.money import as_kept
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.updating import update_all
from abs_platform.crypto import sm3
from abs_platform.documents import services as documents
from abs_platform.documents.models import Document
from abs_platform.documents.services import Placement
from abs_platform.integrations.formats.fields import MAX_ID
from abs_platform.integrations.formats.model import Extracted, Party, fold, from_json
from abs_platform.parties.actor import PLATFORM
from abs_platform.parties.models import Organisation
from abs_platform.trade.models import PaymentConfirmation, Trade, TradeDocument, TradeKey

NO_BUYER = ""
# Mean nothing without the document that they change, cancel, add to or pay.
DEPENDENT = frozenset({"order_change", "order_cancellation", "debit_note", "remittance_advice"})
OWN_KEY = {"despatch_advice": "despatch", "receipt_advice": "receipt", "invoice": "invoice"}


@dataclass(frozen=True, slots=True)
class Place:
    """Under which keys a document looks for its trade, the order's first, and which it answers to.

    Numbers in keys are folded (case, width, invisible characters), so that a variant of a number is no other trade.
    """

    order_number: str
    keys: tuple[str, ...]


def place_of(extracted: Extracted) -> Place:
    """The keys of a document, most decisive first."""
    order = extracted.trade_order_number or _first(line.order_number for line in extracted.lines)
    keys = [_key("order", order)] if order else []
    if own := OWN_KEY.get(extracted.kind):
        keys.append(_key(own, extracted.number))
    for prefix, header, lines in (
        ("invoice", extracted.invoice_numbers, (line.invoice_number for line in extracted.lines)),
        ("receipt", extracted.receipt_numbers, (line.receipt_number for line in extracted.lines)),
        ("despatch", extracted.despatch_numbers, (line.despatch_number for line in extracted.lines)),
    ):
        keys.extend(_key(prefix, number) for number in [*header, *lines] if number)
    return Place(order or "", tuple(dict.fromkeys(keys)))


def _key(prefix: str, number: str) -> str:
    folded = fold(number)  # one character may become many
    return f"{prefix}:{folded if len(folded) <= MAX_ID else sm3.sm3(folded.encode()).hex()}"


def has_place(extracted: Extracted) -> bool:
    """Whether it makes a trade or names one; a payment or a change of nobody knows what waits to be joined by hand."""
    return extracted.kind not in DEPENDENT or bool(place_of(extracted).keys)


def _first(numbers: Iterable[str | None]) -> str | None:
    return next((number for number in numbers if number), None)


def buyer_key_of(extracted: Extracted, buyer: Organisation | None) -> str:
    """The buyer's organisation id where it is known here, else the party's most decisive identifier, else empty."""
    if buyer:
        return str(buyer.id)
    identifiers = extracted.buyer.identifiers() if extracted.buyer else []
    return ":".join(identifiers[0])[:250] if identifiers else NO_BUYER


def is_current(filed: TradeDocument, extracted: Extracted) -> bool:
    """Whether a document is filed as what it says now; between a correction and its filing it is not."""
    return (filed.kind, filed.number, filed.issue_date, filed.due_date, filed.currency, filed.total) == (
        extracted.kind,
        extracted.number,
        extracted.issue_date,
        extracted.due_date,
        extracted.currency or "",
        as_kept(extracted.total),
    )


def _register(places: Iterable[tuple[Trade, Place]]) -> None:
    TradeKey.objects.bulk_create(
        (
            TradeKey(trade=trade, seller_id=trade.seller_id, buyer_key=trade.buyer_key, key=key)
            for trade, place in places
            for key in place.keys
        ),
        ignore_conflicts=True,
    )


def may_merge(other: Trade, *, into: Trade) -> bool:
    """A trade without order, or without buyer, is not yet known to be another; one that somebody relies on stays itself."""
    provisional = not other.order_number or other.buyer_key == NO_BUYER
    return (
        provisional
        and may_be_of(other, into.order_number)
        and other.buyer_key in (NO_BUYER, into.buyer_key)
        and not _stays(other)
    )


def may_be_of(trade: Trade, order_number: str) -> bool:
    """Whether a trade may be that of an order: it is called the same, however that is written, or by no order yet."""
    return not trade.order_number or fold(trade.order_number) == fold(order_number)


def _stays(trade: Trade) -> bool:
    """Whether somebody relies on it as it is: its payment was signed, or its right was lent on."""
    return trade.encumbered or trade.id in _paid([trade])


def _paid(trades: Sequence[Trade]) -> set[UUID]:
    """Those whose payment was confirmed: that was signed for this trade, which therefore stays what it is."""
    return set(PaymentConfirmation.objects.filter(trade__in=trades).values_list("trade_id", flat=True))


def merge(provisional: Trade, *, into: Trade) -> bool:
    """Move everything of a provisional trade into the one it turned out to be, and leave no empty shell; False, and nothing
    moved, where somebody asked or lent on its right once: that is on record of this trade, which stays itself.
    """
    try:
        with transaction.atomic():
            _move_all(provisional, into=into)
            provisional.delete()
    except ProtectedError:
        return False
    return True


def _move_all(provisional: Trade, *, into: Trade) -> None:
    moved = list(TradeDocument.objects.filter(trade=provisional).values_list("document_id", flat=True))
    TradeDocument.objects.filter(trade=provisional).update(trade=into)
    TradeKey.objects.filter(trade=provisional).update(trade=into)
    held = dict(
        Document.objects.filter(Q(trade_id=provisional.id) | Q(id__in=moved))
        .order_by("id")
        .values_list("id", "filename")
    )
    members = [(SubjectRef("document", id), filename) for id, filename in held.items()]
    consent.dissolve(actor=PLATFORM, container=SubjectRef("trade", provisional.id), members=members)
    hold(into, list(held))


def hold(trade: Trade, document_ids: Sequence[UUID]) -> None:
    """Put documents into a trade: tell documents where they belong, and consent what contains them."""
    hold_all([(trade, id) for id in document_ids])


def hold_all(held: Sequence[tuple[Trade, UUID]]) -> None:
    """`hold` for documents of many trades."""
    documents.place_all(
        Placement(
            document_id=document_id,
            trade_id=trade.id,
            label=trade.order_number,
            counterparty_id=trade.buyer_id,
            head_office_id=trade.buyer.parent_id if trade.buyer else None,
        )
        for trade, document_id in held
    )
    consent.contain_all((SubjectRef("trade", trade.id), SubjectRef("document", id)) for trade, id in held)


def may_stay(trade: Trade, document: Document) -> bool:
    """Whether a corrected document still fits its trade: the same buyer, no other order."""
    extracted = from_json(document.content or {})
    order_number = place_of(extracted).order_number
    is_same_order = not order_number or may_be_of(trade, order_number)
    return is_same_order and trade.buyer_key in (NO_BUYER, buyer_key_of(extracted, document.counterparty))


def names_another_buyer(trade: Trade, document: Document) -> bool:
    """Whether a loose document names another buyer than its trade's, here or not: neither found, nor called, like that one."""
    if document.counterparty_id is not None or trade.buyer_key == NO_BUYER:
        return document.counterparty_id not in (None, trade.buyer_id)
    buyer = from_json(document.content).buyer if document.content else None
    if buyer is None or not buyer.identifiers():
        return False
    called = Party(name=trade.buyer_called).identifiers()
    known = {trade.buyer_key, *(":".join(each)[:250] for each in called)}
    return known.isdisjoint(":".join(each)[:250] for each in buyer.identifiers())


def reconsider(trade: Trade, document: Document) -> None:
    """Forget what the document said of the trade and hear what it says now; it is filed again after this."""
    TradeDocument.objects.filter(document=document).delete()
    rekey(trade)
    _register([(trade, place_of(from_json(document.content or {})))])


def leave(trade: Trade, document: Document) -> bool:
    """Take a document out of its trade, with all that only it said of the trade; False where nothing is left of that.

    What the owner opened with the trade stays open: the document alone. Runs under the seller's filing lock.
    """
    member = SubjectRef("document", document.id)
    TradeDocument.objects.filter(document=document).delete()
    documents.place_all([Placement(document.id, None, "", document.counterparty_id, None)])
    is_empty = not (
        TradeDocument.objects.filter(trade=trade).exists() or Document.objects.filter(trade_id=trade.id).exists()
    )
    if is_empty and not _stays(trade):
        consent.dissolve(actor=PLATFORM, container=SubjectRef("trade", trade.id), members=[(member, document.filename)])
        consent.release(member=member)
        trade.delete()
        return False
    consent.release(member=member)
    rekey(trade)
    return True


def rekey(trade: Trade) -> None:
    """What the trade is called and found by, from the documents that are filed in it."""
    rekey_all([trade])


def rekey_all(trades: Sequence[Trade]) -> None:
    """`rekey` for trades of one seller."""
    said: dict[UUID, list[tuple[Extracted, Place]]] = {trade.id: [] for trade in trades}
    for filed in TradeDocument.objects.filter(trade__in=trades).select_related("document").order_by("document_id"):
        if filed.document.content:
            extracted = from_json(filed.document.content)
            said[filed.trade_id].append((extracted, place_of(extracted)))
    TradeKey.objects.filter(trade__in=trades).delete()
    _register((trade, place) for trade in trades for _, place in said[trade.id])
    paid = _paid(trades)
    for trade in trades:
        orders = [each for each, _ in said[trade.id] if each.kind == "order"]
        trade.provisional = not orders
        trade.ordered = orders[-1].total if orders else None
        trade.currency = _first(each.currency for each, _ in said[trade.id]) or ""
        called = _first(place.order_number for _, place in said[trade.id]) or ""
        if called != trade.order_number and not (trade.encumbered or trade.id in paid):
            trade.order_number = called
            documents.relabel(trade_id=trade.id, label=called)
    update_all(trades, ["provisional", "ordered", "currency", "order_number"])
