"""Thousands of documents filed and matched at once: rows by bulk, then the full form. For real data of other systems."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection

from abs_platform.core import clock
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Extracted
from abs_platform.parties.models import Organisation
from abs_platform.trade.matching import lines as noted
from abs_platform.trade.matching import recomputing
from abs_platform.trade.matching.clearing import invoice_key
from abs_platform.trade.models import MatchLine, Trade, TradeDocument, TradeLine
from abs_platform.trade.selectors import LINE_FIELDS
from abs_platform.trade.states import first_state
from tests.support.filing import document_of


def file_all(
    papers: Iterable[Extracted], *, owner: Organisation, buyer: Organisation, disputed: frozenset[str]
) -> None:
    """Each order number a trade, each document without one a trade of its own. `disputed`: numbers of documents."""
    with connection.cursor() as cursor:  # making thousands of rows in Python takes a busy machine its time
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    trades: dict[str, list[Extracted]] = defaultdict(list)
    for said in papers:
        trades[said.trade_order_number or f"-{said.number}"].append(said)
    rows = Trade.objects.bulk_create(
        Trade(
            network=owner.network, seller=owner, buyer=buyer, buyer_key=str(buyer.id), buyer_name=buyer.name,
            order_number="" if key.startswith("-") else key, currency="USD",
        )
        for key in trades
    )  # fmt: skip
    placed = [(trade, said) for trade, group in zip(rows, trades.values(), strict=True) for said in group]
    documents = Document.objects.bulk_create(document_of(said, owner=owner, buyer=buyer) for _, said in placed)
    filed = TradeDocument.objects.bulk_create(
        _filed(document, trade, said, said.number in disputed)
        for document, (trade, said) in zip(documents, placed, strict=True)
    )
    lines = TradeLine.objects.bulk_create(
        TradeLine(
            document=row,
            position=position,
            line_id=line.id,
            **{name: value for name in LINE_FIELDS if (value := getattr(line, name, None)) is not None},
        )
        for row, (_, said) in zip(filed, placed, strict=True)
        for position, line in enumerate(said.lines)
    )
    of_document = defaultdict(list)
    for line in lines:
        of_document[line.document_id].append(line)
    MatchLine.objects.bulk_create(
        MatchLine(line=line, document_id=row.document_id, trade_id=row.trade_id, **columns)
        for row, (_, said) in zip(filed, placed, strict=True)
        for line, columns in zip(
            of_document[row.document_id],
            noted.match_lines(owner.id, noted.Said(said.kind, said.number, said.issue_date, said.currency), said.lines),
            strict=True,
        )
    )
    recomputing.rebuild()


def _filed(document: Document, trade: Trade, said: Extracted, disputed: bool) -> TradeDocument:
    state = first_state(said.kind)
    waits = state == "pending"
    return TradeDocument(
        document=document, trade=trade, kind=said.kind, number=said.number, issue_date=said.issue_date,
        currency=said.currency or "", total=said.total,
        invoice_key=invoice_key(trade.seller_id, said.number) if said.kind == "invoice" else None, confirmation="disputed" if disputed else state,
        deadline=clock.now() if waits else None, decided_at=clock.now() if disputed else None,
    )  # fmt: skip
