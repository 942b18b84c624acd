"""How a document finds its trade.

A trade is (seller, buyer, order number). Documents name it directly (order reference) or through another document
(despatch, receipt, billing reference), and arrive in any order. Each filed document registers the keys by which others
may refer to it; a document that refers to a key not yet known opens a provisional trade under it, which is merged once
the document that ties it to an order arrives.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from abs_platform.consent import services as consent
from abs_platform.core.subjects import SubjectRef
from abs_platform.documents import services as documents
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Extracted
from abs_platform.parties.models import Organisation
from abs_platform.trade.models import PaymentConfirmation, Trade, TradeDocument, TradeKey

OWN_KEY = {"despatch_advice": "despatch", "receipt_advice": "receipt", "invoice": "invoice"}


@dataclass(frozen=True, slots=True)
class Place:
    """Under which keys a document looks for its trade, the order's first, and which it answers to."""

    order_number: str
    keys: tuple[str, ...]


def place_of(extracted: Extracted) -> Place:
    """The keys of a document, most decisive first."""
    order = extracted.trade_order_number or _first(line.order_number for line in extracted.lines)
    keys = [f"order:{order}"] if order else []
    if own := OWN_KEY.get(extracted.kind):
        keys.append(f"{own}:{extracted.number}")
    for prefix, header, lines in (
        ("invoice", extracted.invoice_numbers, (line.invoice_number for line in extracted.lines)),
        ("receipt", extracted.receipt_numbers, (line.receipt_number for line in extracted.lines)),
        ("despatch", extracted.despatch_numbers, (line.despatch_number for line in extracted.lines)),
    ):
        keys.extend(f"{prefix}:{number}" for number in [*header, *lines] if number)
    return Place(order or "", tuple(dict.fromkeys(keys)))


def _first(numbers: Iterable[str | None]) -> str | None:
    return next((number for number in numbers if number), None)


def buyer_key_of(extracted: Extracted, buyer: Organisation | None) -> str:
    """The buyer's organisation id where it is known here, else the party's most decisive identifier, else empty."""
    if buyer:
        return str(buyer.id)
    identifiers = extracted.buyer.identifiers() if extracted.buyer else []
    return ":".join(identifiers[0])[:250] if identifiers else ""


def find_or_open(*, document: Document, extracted: Extracted, buyer: Organisation | None) -> Trade:
    """The trade that a document belongs to; opened when none is known, merged when it ties several together.

    Runs under the seller's filing lock.
    """
    place = place_of(extracted)
    buyer_key = buyer_key_of(extracted, buyer)
    known = _trades_by_key(document.owner_id, buyer_key, place.keys)
    trade = _chosen(place, known)
    if trade is None:
        trade = Trade.objects.create(
            network_id=document.owner.network_id,
            seller_id=document.owner_id,
            buyer=buyer,
            buyer_key=buyer_key or f"document:{document.id}",
            buyer_name=extracted.buyer.name if extracted.buyer else "",
            order_number=place.order_number,
        )
    elif place.order_number and not trade.order_number:
        trade.order_number = place.order_number
    for other in {row.id: row for row in known.values()}.values():
        if other.id != trade.id and not other.order_number and not _is_paid(other):
            _merge(other, into=trade)
    TradeKey.objects.bulk_create(
        (
            TradeKey(trade=trade, seller_id=trade.seller_id, buyer_key=trade.buyer_key, key=key[:220])
            for key in place.keys
        ),
        ignore_conflicts=True,
    )
    return trade


def _trades_by_key(seller_id: UUID, buyer_key: str, keys: tuple[str, ...]) -> dict[str, Trade]:
    rows = TradeKey.objects.filter(seller_id=seller_id, key__in=[key[:220] for key in keys]).select_related("trade")
    if buyer_key:
        rows = rows.filter(buyer_key=buyer_key)
    found: dict[str, Trade] = {}
    ambiguous = set()
    for row in rows:
        if row.key in found and found[row.key].id != row.trade_id:
            ambiguous.add(row.key)
        found[row.key] = row.trade
    return {key: found[key] for key in keys if key in found and key not in ambiguous}


def _chosen(place: Place, known: dict[str, Trade]) -> Trade | None:
    """The order's own trade first; else a trade reached by another key, unless that one has another order number."""
    for key in place.keys:
        trade = known.get(key)
        if trade and (
            key.startswith("order:") or not place.order_number or trade.order_number in ("", place.order_number)
        ):
            return trade
    return None


def _is_paid(trade: Trade) -> bool:
    """Whether its payment was confirmed: that was signed for this trade, which therefore stays what it is."""
    return PaymentConfirmation.objects.filter(trade=trade).exists()


def _merge(provisional: Trade, *, into: Trade) -> None:
    """Move everything of a provisional trade into the one it turned out to be, and leave no empty shell."""
    moved = list(TradeDocument.objects.filter(trade=provisional).values_list("document_id", flat=True))
    TradeDocument.objects.filter(trade=provisional).update(trade=into)
    TradeKey.objects.filter(trade=provisional).update(trade=into)
    held = dict(
        Document.objects.filter(Q(trade_id=provisional.id) | Q(id__in=moved))
        .order_by("id")
        .values_list("id", "filename")
    )
    for document_id in held:
        documents.place(
            document_id=document_id, trade_id=into.id, label=into.order_number, counterparty_id=into.buyer_id
        )
    members = [(SubjectRef("document", id), filename) for id, filename in held.items()]
    consent.dissolve(container=SubjectRef("trade", provisional.id), members=members)
    consent.contain(container=SubjectRef("trade", into.id), members=[member for member, _ in members])
    provisional.delete()
