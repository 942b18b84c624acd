"""One receipt of three lines arrives in a base of a million order lines, matched in the transaction that files it.

The peer is the same document and lines filed by the same code and committed, without matching. `event_match` is what ours adds
until that commit: the lines noted, every line of the trade matched, rows, consumption, the sums of the trade with the value of
what was accepted and billed, and the question whether another trade uses the same lines. `event` goes on until the trade's right
is computed and committed too, as the job does that an event leaves: the waiting for a worker is not in it. Both sides take turns,
each on trades of its own, whose documents can be read and whose rights stand already. The small base and the large one take turns
too, each in a database of its own.

Afterwards two thousand random events (filed, disputed, withdrawn; payments that name any invoices among them) on the small base, and the full form: row for row the same.
"""

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import psycopg
from django.core.management import call_command
from django.db import connection, transaction

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Extracted, Line, Totals, to_json
from abs_platform.rights import services as rights
from abs_platform.trade.matching import clearing, recomputing, services
from abs_platform.trade.matching import sql as texts
from abs_platform.trade.models import TradeDocument, TradeLine
from tests.bench._measuring import Figure, Progress, plain, share, timed
from tests.bench._rights_base import LINES, Base, the_base

MANY, FEW = 1_000_000, 10_000
ROUNDS, EVENTS, WARMING = 8, 50, 20
RANDOM_EVENTS = 2_000
KINDS = ("receipt_advice", "invoice", "credit_note", "despatch_advice", "remittance_advice")


def figures_of(progress: Progress, *, many: int = MANY, few: int = FEW, rounds: int = ROUNDS) -> list[Figure]:
    """event, event_growth, event_equals_full."""
    chance = random.Random(20261127)
    base = the_base()
    call_command("setup_ledger", verbosity=0)  # a right's rungs are signed
    base.grow(few)
    recomputing.rebuild()
    _analyse()
    differing = _random_events(base, chance, RANDOM_EVENTS)
    progress(f"event: {RANDOM_EVENTS:,} random events, {differing} rows other than the full form's")
    _analyse()
    small = _copied("few", base)
    base.grow(many)
    recomputing.rebuild()
    _analyse()
    large = _Measured(str(connection.settings_dict["NAME"]), base)
    for _ in range(rounds):
        for each in (small, large):
            each.measure(chance)
    for size, each in ((few, small), (many, large)):
        matched, whole, bare = (statistics.median(seconds) * 1000 for seconds in (each.matched, each.whole, each.bare))
        progress(
            f"event in {size:,} order lines: {whole:.2f} ms, matched after {matched:.2f} ms; bare insert {bare:.2f} ms"
        )
    peer = "the same receipt filed without matching"
    return [
        share("event", "s", large.whole, peer, large.bare, "<=3.5"),
        share("event_match", "s", large.matched, peer, large.bare),
        _growth(large.whole, few, small.whole),
        plain("event_equals_full", differing, "rows differ"),
    ]


def _growth(many: list[float], few_lines: int, few: list[float]) -> Figure:
    """Medians against each other: the events are not pairs."""
    ours, theirs = statistics.median(many), statistics.median(few)
    return share("event_growth", "s, p50", [ours], f"with {few_lines:,} order lines", [theirs], "<=1.1")


def _copied(name: str, base: Base) -> "_Measured":
    """A database as this one is now: what is measured later in turn with it has the same machine."""
    own = connection.get_connection_params()
    _leave()
    with psycopg.connect(**{**own, "dbname": "postgres", "cursor_factory": None}, autocommit=True) as elsewhere:
        elsewhere.execute(f"CREATE DATABASE {name} TEMPLATE {own['dbname']}")
    return _Measured(name, replace(base))


def _leave() -> None:
    """No connection is open to the database any more."""
    connection.close()
    connection.close_pool()


@dataclass(slots=True)
class _Measured:
    """Seconds of each event in a database; `whole`: with the right."""

    database: str
    base: Base
    matched: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def measure(self, chance: random.Random) -> None:
        """Some more events, over a connection that has warmed up."""
        before = connection.settings_dict["NAME"]
        _leave()
        connection.settings_dict["NAME"] = self.database
        try:
            self._measure(chance)
        finally:
            _leave()
            connection.settings_dict["NAME"] = before

    def _measure(self, chance: random.Random) -> None:
        picked = chance.sample(range(1, self.base.orders + 1), 2 * (EVENTS + WARMING))
        trades = [self.base.trade_of(order) for order in picked]
        self.base.write_documents(trades)
        for trade_id in trades:
            rights.compute(trade_id=trade_id)
        for number, (order, other) in enumerate(zip(picked[::2], picked[1::2], strict=True), -WARMING):
            arrival, peer = (_Arrival(self.base, each, "receipt_advice", chance) for each in (order, other))
            if number % 2:
                bare, (matched, whole) = timed(peer.file), _followed(arrival)
            else:
                (matched, whole), bare = _followed(arrival), timed(peer.file)
            if number >= 0:
                self.matched.append(matched)
                self.whole.append(whole)
                self.bare.append(bare)


def _followed(arrival: "_Arrival") -> tuple[float, float]:
    """Seconds until it is matched, and until its trade's right is computed too."""
    matched = timed(arrival.file_and_match)
    return matched, matched + timed(lambda: rights.compute(trade_id=arrival.trade_id))


class _Arrival:
    """A document of three lines for an order."""

    def __init__(self, base: Base, order: int, kind: str, chance: random.Random, invoices: Sequence[str] = ()) -> None:
        self.base, self.kind = base, kind
        self.trade_id = base.trade_of(order)
        clears = kind in clearing.CLEARING and bool(invoices)
        self.number = f"{kind[0].upper()}-{uuid7()}"
        self.lines = [
            Line(
                id=str(number),
                item_name=f"item {number}",
                unit=chance.choice(["KGM", "KGM", "TNE"]),
                quantity=Decimal(chance.randint(1, 900)) / 10,
                price=Decimal("5.00"),
                amount=Decimal(chance.randint(1, 9000)) / 10,
                order_line_id=str(line),
                invoice_number=chance.choice([*invoices, None]) if clears else None,
            )
            for number, line in enumerate(sorted(chance.sample(range(1, LINES + 1), 3)), 1)
        ]

    @transaction.atomic
    def file(self) -> None:
        self._filed()

    @transaction.atomic
    def file_and_match(self) -> None:
        filed, rows = self._filed()
        services.note(seller_id=self.base.seller.id, filed=filed, rows=rows, lines=self.lines)
        services.note_items(seller_id=self.base.seller.id, documents=[(filed, self._said())])
        match(self.trade_id)

    def _said(self) -> Extracted:
        return Extracted(
            kind=self.kind, number=self.number, issue_date=date(2026, 11, 1), currency="CNY", lines=tuple(self.lines),
            totals=Totals(payable=sum((line.amount or Decimal(0) for line in self.lines), Decimal(0))),
        )  # fmt: skip

    def _filed(self) -> tuple[TradeDocument, list[TradeLine]]:
        document = Document.objects.create(
            owner=self.base.seller, counterparty=self.base.buyer, uploaded_by="bench", filename="x", size=1,
            media_type="application/xml", digest="0" * 64, salt=bytes(32), record_id=uuid7(), storage_name=str(uuid7()),
            wrapped_key=b"", key_version=1, extraction="extracted", verdict="accepted", kind=self.kind, number=self.number,
            content=to_json(self._said()),
        )  # fmt: skip
        state = {"confirmation": "pending", "deadline": clock.now()}
        if self.kind not in ("receipt_advice", "invoice"):
            state = {"confirmation": "not_required"}
        filed = TradeDocument.objects.create(
            document=document, trade_id=self.trade_id, kind=self.kind, number=self.number,
            issue_date=date(2026, 11, 1), currency="CNY", total=self._said().total, **state,
            invoice_key=clearing.invoice_key(self.base.seller.id, self.number) if self.kind == "invoice" else None,
        )  # fmt: skip
        rows = TradeLine.objects.bulk_create(
            TradeLine(
                document=filed, position=position, line_id=line.id, item_name=line.item_name or "", unit=line.unit or "",
                quantity=line.quantity, price=line.price, order_line_id=line.order_line_id or "",
            )
            for position, line in enumerate(self.lines)
        )  # fmt: skip
        return filed, rows


def match(trade_id: UUID) -> None:
    """As filing does: the trades that pay with this one, or are paid by it, too."""
    if elsewhere := services.match(trade_ids=[trade_id]).elsewhere:
        services.match(trade_ids=elsewhere)


def _random_events(base: Base, chance: random.Random, count: int) -> int:
    """How many rows the full form derives otherwise than events left them."""
    filed: list[_Arrival] = []
    for _ in range(count):
        what = chance.choice(["file", "file", "file", "dispute", "withdraw"])
        if what == "file" or not filed:
            invoices = [each.number for each in filed if each.kind == "invoice"]
            arrival = _Arrival(base, chance.randint(1, base.orders), chance.choice(KINDS), chance, invoices)
            arrival.file_and_match()
            filed.append(arrival)
            continue
        arrival = filed.pop(chance.randrange(len(filed)))
        with transaction.atomic():
            rows = TradeDocument.objects.filter(trade_id=arrival.trade_id, number=arrival.number)
            if what == "withdraw":
                rows.delete()
            elif arrival.kind in ("receipt_advice", "invoice"):
                rows.update(confirmation="disputed", decided_at=clock.now())
            match(arrival.trade_id)
    with connection.cursor() as cursor:
        differing = 0
        for what in texts.STORED:
            stored, anew = texts.stored(what), texts.anew(what)
            cursor.execute(
                f"WITH stored AS ({stored}), anew AS ({anew}), "
                "other AS ((SELECT * FROM stored EXCEPT ALL SELECT * FROM anew) "
                "UNION ALL (SELECT * FROM anew EXCEPT ALL SELECT * FROM stored)) SELECT count(*) FROM other"
            )
            differing += cursor.fetchone()[0]
    return differing


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
