"""How a document finds its trade.

A trade is (seller, buyer, order number). Documents name it directly (order reference) or through another document
(despatch, receipt, billing reference), and arrive in any order. Each filed document registers the keys by which others
may refer to it; a document that refers to a key not yet known opens a provisional trade under it, which is merged once
the document that ties it to an order arrives.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from abs_platform.consent import services as consent
from abs_platform.core.subjects import SubjectRef
from abs_platform.documents import services as documents
from abs_platform.documents.models import Document
from abs_platform.documents.services import Placement
from abs_platform.integrations.formats.model import Extracted, fold, from_json
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
    keys = [f"order:{fold(order)}"] if order else []
    if own := OWN_KEY.get(extracted.kind):
        keys.append(f"{own}:{fold(extracted.number)}")
    for prefix, header, lines in (
        ("invoice", extracted.invoice_numbers, (line.invoice_number for line in extracted.lines)),
        ("receipt", extracted.receipt_numbers, (line.receipt_number for line in extracted.lines)),
        ("despatch", extracted.despatch_numbers, (line.despatch_number for line in extracted.lines)),
    ):
        keys.extend(f"{prefix}:{fold(number)}" for number in [*header, *lines] if number)
    return Place(order or "", tuple(dict.fromkeys(keys)))


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
        extracted.total,
    )


def _register(trade: Trade, place: Place) -> None:
    TradeKey.objects.bulk_create(
        (TradeKey(trade=trade, seller_id=trade.seller_id, buyer_key=trade.buyer_key, key=key) for key in place.keys),
        ignore_conflicts=True,
    )


def may_merge(other: Trade, *, into: Trade) -> bool:
    """A trade without order, or without buyer, is not yet known to be another; one that somebody relies on stays itself."""
    provisional = not other.order_number or other.buyer_key == NO_BUYER
    same_order = other.order_number in ("", into.order_number)
    return provisional and same_order and other.buyer_key in (NO_BUYER, into.buyer_key) and not _stays(other)


def _stays(trade: Trade) -> bool:
    """Whether somebody relies on it as it is: its payment was signed, or its right was lent on."""
    return trade.encumbered or _is_paid(trade)


def _is_paid(trade: Trade) -> bool:
    """Whether its payment was confirmed: that was signed for this trade, which therefore stays what it is."""
    return PaymentConfirmation.objects.filter(trade=trade).exists()


def merge(provisional: Trade, *, into: Trade) -> None:
    """Move everything of a provisional trade into the one it turned out to be, and leave no empty shell."""
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
    provisional.delete()


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
    is_same_order = not order_number or trade.order_number in ("", order_number)
    return is_same_order and trade.buyer_key in (NO_BUYER, buyer_key_of(extracted, document.counterparty))


def reconsider(trade: Trade, document: Document) -> None:
    """Forget what the document said of the trade and hear what it says now; it is filed again after this."""
    TradeDocument.objects.filter(document=document).delete()
    rekey(trade)
    _register(trade, place_of(from_json(document.content or {})))


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
    filed = TradeDocument.objects.filter(trade=trade).select_related("document").order_by("document_id")
    said = [(each, from_json(each.document.content)) for each in filed if each.document.content]
    TradeKey.objects.filter(trade=trade).delete()
    for _, extracted in said:
        _register(trade, place_of(extracted))
    orders = [each for each, _ in said if each.kind == "order"]
    trade.provisional = not orders
    trade.ordered = orders[-1].total if orders else None
    trade.currency = _first(each.currency for each, _ in said) or ""
    if not _stays(trade):
        trade.order_number = _first(place_of(extracted).order_number for _, extracted in said) or ""
        documents.relabel(trade_id=trade.id, label=trade.order_number)
    trade.save(update_fields=["provisional", "ordered", "currency", "order_number"])
