"""Filing documents of one owner: where each belongs is decided one after the other, what follows is written at once.

The keys that the documents name are read in one query, and the trades behind them locked in the order of their ids. What a
document opens and registers is known to the next. Only where one ties trades together is everything before it written first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Permission

from abs_platform.core import clock
from abs_platform.core.inserting import insert_all
from abs_platform.core.updating import update_all
from abs_platform.documents import services as documents
from abs_platform.documents import settling
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Extracted, from_json
from abs_platform.trade import filing, selectors
from abs_platform.trade.filing import NO_BUYER, Place
from abs_platform.trade.matching import services as matching
from abs_platform.trade.matching.clearing import invoice_key
from abs_platform.trade.models import Trade, TradeDocument, TradeGroupPermission, TradeKey, TradeLine
from abs_platform.trade.states import Confirmation, first_state


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be filed, and where it looks for its trade."""

    document: Document
    extracted: Extracted
    place: Place


def belongs(document: Document) -> bool:
    """Whether a document belongs into a trade that it makes or names."""
    return settling.is_to_be_filed(document) and filing.has_place(from_json(document.content or {}))


def place(rows: Iterable[Document]) -> list[tuple[Trade, list[Document]]]:
    """File those documents of one owner that belong into trades, in this order; the trades, locked, with what came in.

    Runs under the seller's filing lock. The rows come with `owner` and `counterparty__parent__group`.
    """
    papers = [_paper(row) for row in rows if settling.is_to_be_filed(row)]
    papers = [paper for paper in papers if filing.has_place(paper.extracted)]
    if not papers:
        return []
    desk = _Desk(papers[0].document.owner_id, papers)
    for paper in papers:
        desk.file(paper)
    desk.write()
    return [(desk.trades[id], filed) for id, filed in sorted(desk.filed.items())]


def _paper(row: Document) -> Paper:
    extracted = from_json(row.content or {})
    return Paper(row, extracted, filing.place_of(extracted))


class _Desk:
    """What is known while documents are filed, and what of it is not written yet."""

    def __init__(self, seller_id: UUID, papers: Sequence[Paper]) -> None:
        named = {key for paper in papers for key in paper.place.keys}
        keys = TradeKey.objects.filter(seller_id=seller_id, key__in=named).values_list("key", "buyer_key", "trade_id")
        known = list(keys)
        self.seller_id = seller_id
        self.trades = _locked({trade_id for *_, trade_id in known})
        self.filed: dict[UUID, list[Document]] = {}
        self._known: dict[str, dict[str, UUID]] = {}  # the trade by key, then by buyer
        for key, buyer_key, trade_id in known:
            self._known.setdefault(key, {})[buyer_key] = trade_id
        self._start()

    def _start(self) -> None:
        self._opened: dict[UUID, Trade] = {}
        self._changed: dict[UUID, Trade] = {}
        self._renamed: dict[UUID, Trade] = {}
        self._keys: list[TradeKey] = []
        self._papers: list[tuple[Paper, Trade]] = []

    def file(self, paper: Paper) -> None:
        """Find the trade that a document belongs to; open one when none is known, merge those that it ties together.

        Trades of different buyers never meet: what one buyer confirmed says nothing about another. A document that names
        no buyer joins the one trade that its references lead to, if it is one, and ties nothing together.
        """
        place, buyer_key = paper.place, filing.buyer_key_of(paper.extracted, paper.document.counterparty)
        known = self._led_to(place.keys, buyer_key)
        trade = _chosen(place, known, buyer_key)
        if trade is None:
            trade = self._open(paper, buyer_key)
        elif place.order_number and not trade.order_number:
            trade.order_number = place.order_number
            self._renamed[trade.id] = trade
        if buyer_key != NO_BUYER:
            self._tie(trade, {other.id: other for other in known.values() if other.id != trade.id})
        for key in place.keys:
            self._register(trade, key)
        _describe(trade, paper.extracted)
        self._changed[trade.id] = trade
        self._papers.append((paper, trade))
        self.filed.setdefault(trade.id, []).append(paper.document)

    def _led_to(self, keys: Sequence[str], buyer_key: str) -> dict[str, Trade]:
        """The seller's trades that these keys lead to: those with this buyer, else those that name none.

        For a document that names no buyer: the one trade they lead to; where they are several, those that name none.
        """
        known = {key: self._known[key] for key in keys if key in self._known}
        every = {trade_id for by_buyer in known.values() for trade_id in by_buyer.values()}
        if buyer_key == NO_BUYER and len(every) == 1:
            (only,) = every
            return dict.fromkeys(known, self.trades[only])
        found = {key: by_buyer.get(buyer_key) or by_buyer.get(NO_BUYER) for key, by_buyer in known.items()}
        return {key: self.trades[trade_id] for key, trade_id in found.items() if trade_id}

    def _open(self, paper: Paper, buyer_key: str) -> Trade:
        owner, buyer = paper.document.owner, paper.extracted.buyer
        trade = Trade(
            network_id=owner.network_id,
            seller=owner,
            buyer=paper.document.counterparty,
            buyer_key=buyer_key,
            buyer_name=buyer.name if buyer else "",
            order_number=paper.place.order_number,
        )
        self.trades[trade.id] = self._opened[trade.id] = trade
        return trade

    def _tie(self, trade: Trade, others: dict[UUID, Trade]) -> None:
        merging = [other for other in others.values() if filing.may_merge(other, into=trade)]
        if not merging:
            return
        self.write()
        for other in merging:
            gone = other.id
            if not filing.merge(other, into=trade):
                continue
            self.trades.pop(gone)
            if moved := self.filed.pop(gone, None):
                self.filed.setdefault(trade.id, []).extend(moved)
            for by_buyer in self._known.values():
                by_buyer.update({buyer: trade.id for buyer, trade_id in by_buyer.items() if trade_id == gone})

    def _register(self, trade: Trade, key: str) -> None:
        by_buyer = self._known.setdefault(key, {})
        if trade.buyer_key not in by_buyer:
            by_buyer[trade.buyer_key] = trade.id
            self._keys.append(TradeKey(trade=trade, seller_id=self.seller_id, buyer_key=trade.buyer_key, key=key))

    def write(self) -> None:
        """Everything filed so far, in a number of queries that does not grow with it."""
        insert_all(self._opened.values())
        stored = [trade for trade in self._changed.values() if trade.id not in self._opened]
        update_all(stored, ["order_number", "provisional", "ordered", "currency"])
        for trade in self._renamed.values():
            documents.relabel(trade_id=trade.id, label=trade.order_number)
        insert_all(self._keys)
        filed = insert_all(_filed(paper, trade) for paper, trade in self._papers)
        lines = [_lines(paper) for paper, _ in self._papers]
        insert_all(chain.from_iterable(lines))
        said = [paper.extracted.lines for paper, _ in self._papers]
        matching.note_all(seller_id=self.seller_id, documents=zip(filed, lines, said, strict=True))
        extracted = (paper.extracted for paper, _ in self._papers)
        matching.note_items(seller_id=self.seller_id, documents=zip(filed, extracted, strict=True))
        filing.hold_all([(trade, paper.document.id) for paper, trade in self._papers])
        _show_to_head_offices(self._changed.values())
        self._start()


def _locked(trade_ids: set[UUID]) -> dict[UUID, Trade]:
    """Trades as they are now, locked by id: decisions on them come wholly before what follows, or wholly after it."""
    if not trade_ids:
        return {}
    rows = Trade.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=trade_ids).order_by("id")
    return {row.id: row for row in rows.select_related("seller", "buyer__parent__group")}


def _chosen(place: Place, known: dict[str, Trade], buyer_key: str) -> Trade | None:
    """The order's own trade first; else a trade reached by another key, unless that one has another order number.

    A trade that names no buyer is not chosen by a document that does: it is merged into that document's own.
    """
    for key in place.keys:
        trade = known.get(key)
        if trade is None or (trade.buyer_key == NO_BUYER and buyer_key != NO_BUYER):
            continue
        if key.startswith("order:") or not place.order_number or filing.may_be_of(trade, place.order_number):
            return trade
    return None


def _describe(trade: Trade, extracted: Extracted) -> None:
    if extracted.kind == "order":
        trade.provisional = False
        trade.ordered = extracted.total
        trade.currency = extracted.currency or ""
    trade.currency = trade.currency or extracted.currency or ""


def _filed(paper: Paper, trade: Trade) -> TradeDocument:
    extracted, state = paper.extracted, first_state(paper.extracted.kind)
    deadline = clock.now() + timedelta(days=settings.CONFIRMATION_DAYS) if state == Confirmation.PENDING else None
    return TradeDocument(
        document=paper.document,
        trade=trade,
        kind=extracted.kind,
        number=extracted.number,
        issue_date=extracted.issue_date,
        currency=extracted.currency or "",
        due_date=extracted.due_date,
        total=extracted.total,
        invoice_key=invoice_key(trade.seller_id, extracted.number) if extracted.kind == "invoice" else None,
        confirmation=state,
        deadline=deadline,
    )


def _lines(paper: Paper) -> list[TradeLine]:
    return [
        TradeLine(
            document_id=paper.document.id,
            position=position,
            line_id=line.id,
            **{name: value for name in selectors.LINE_FIELDS if (value := getattr(line, name, None)) is not None},
        )
        for position, line in enumerate(paper.extracted.lines)
    ]


def _show_to_head_offices(trades: Iterable[Trade]) -> None:
    """Let a buyer's head office see its trades."""
    theirs = [(trade, trade.buyer.parent.group) for trade in trades if trade.buyer and trade.buyer.parent]
    if not theirs:
        return
    may_see = Permission.objects.get(content_type__app_label="trade", codename="see_trade")
    TradeGroupPermission.objects.bulk_create(
        (TradeGroupPermission(permission=may_see, group=group, content_object=trade) for trade, group in theirs),
        ignore_conflicts=True,
    )
