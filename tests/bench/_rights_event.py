"""One receipt of three lines arrives in a base of a million order lines, matched in the transaction that files it.

The peer is the same document and lines filed by the same code and committed, without matching. `event_match` is what ours adds
until that commit: the lines noted, every line of the trade matched, rows, consumption, the sums of the trade with the value of
what was accepted and billed, and the question whether another trade uses the same lines. `event` goes on until the trade's right
is computed and committed too, as the job does that an event leaves: the waiting for a worker is not in it. Both sides take turns,
each on trades of its own, whose documents can be read and whose rights stand already.

Afterwards two thousand random events (filed, disputed, withdrawn) on the small base, and the full form: row for row the same.
"""

import random
import statistics
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.management import call_command
from django.db import connection, transaction

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Extracted, Line, to_json
from abs_platform.rights import services as rights
from abs_platform.trade.matching import recomputing, services
from abs_platform.trade.matching import sql as texts
from abs_platform.trade.models import TradeDocument, TradeLine
from tests.bench._measuring import Figure, Progress, plain, share, timed
from tests.bench._rights_base import LINES, Base, the_base

MANY, FEW = 1_000_000, 10_000
EVENTS = 400
RANDOM_EVENTS = 2_000
KINDS = ("receipt_advice", "invoice", "credit_note", "despatch_advice")


def figures_of(progress: Progress, *, many: int = MANY, few: int = FEW, events: int = EVENTS) -> list[Figure]:
    """event, event_growth, event_equals_full."""
    chance = random.Random(20261127)
    base = the_base()
    call_command("setup_ledger", verbosity=0)  # a right's rungs are signed
    times = {}
    for size in (few, many):
        base.grow(size)
        recomputing.rebuild()
        _analyse()
        if size == few:
            differing = _random_events(base, chance, RANDOM_EVENTS)
            progress(f"event: {RANDOM_EVENTS:,} random events, {differing} rows other than the full form's")
            _analyse()
        times[size] = measured = _measured(base, chance, events)
        matched, whole, bare = (
            statistics.median(each) * 1000 for each in (measured.matched, measured.whole, measured.bare)
        )
        progress(
            f"event in {size:,} order lines: {whole:.2f} ms, matched after {matched:.2f} ms; bare insert {bare:.2f} ms"
        )
    peer = "the same receipt filed without matching"
    return [
        share("event", "s", times[many].whole, peer, times[many].bare, "<=3.5"),
        share("event_match", "s", times[many].matched, peer, times[many].bare),
        _growth(times[many].whole, few, times[few].whole),
        plain("event_equals_full", differing, "rows differ"),
    ]


@dataclass(slots=True)
class _Times:
    """Seconds of each event; `whole`: with the right."""

    matched: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def _growth(many: list[float], few_lines: int, few: list[float]) -> Figure:
    """Medians against each other: the rounds are not pairs."""
    ours, theirs = statistics.median(many), statistics.median(few)
    return share("event_growth", "s, p50", [ours], f"with {few_lines:,} order lines", [theirs], "<=1.1")


def _measured(base: Base, chance: random.Random, events: int) -> _Times:
    found = _Times()
    warming = 20
    picked = chance.sample(range(1, base.orders + 1), 2 * (events + warming))
    trades = [base.trade_of(order) for order in picked]
    base.write_documents(trades)
    for trade_id in trades:
        rights.compute(trade_id=trade_id)
    for number, (order, other) in enumerate(zip(picked[::2], picked[1::2], strict=True), -warming):
        arrival, peer = (_Arrival(base, each, "receipt_advice", chance) for each in (order, other))
        if number % 2:
            bare, (matched, whole) = timed(peer.file), _followed(arrival)
        else:
            (matched, whole), bare = _followed(arrival), timed(peer.file)
        if number >= 0:
            found.matched.append(matched)
            found.whole.append(whole)
            found.bare.append(bare)
    return found


def _followed(arrival: "_Arrival") -> tuple[float, float]:
    """Seconds until it is matched, and until its trade's right is computed too."""
    matched = timed(arrival.file_and_match)
    return matched, matched + timed(lambda: rights.compute(trade_id=arrival.trade_id))


class _Arrival:
    """A document of three lines for an order."""

    def __init__(self, base: Base, order: int, kind: str, chance: random.Random) -> None:
        self.base, self.kind = base, kind
        self.trade_id = base.trade_of(order)
        self.number = f"{kind[0].upper()}-{uuid7()}"
        self.lines = [
            Line(
                id=str(number),
                item_name=f"item {number}",
                unit=chance.choice(["KGM", "KGM", "TNE"]),
                quantity=Decimal(chance.randint(1, 900)) / 10,
                price=Decimal("5.00"),
                order_line_id=str(line),
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
        services.match(trade_ids=[self.trade_id])

    def _said(self) -> Extracted:
        return Extracted(
            kind=self.kind, number=self.number, issue_date=date(2026, 11, 1), currency="CNY", lines=tuple(self.lines)
        )

    def _filed(self) -> tuple[TradeDocument, list[TradeLine]]:
        document = Document.objects.create(
            owner=self.base.seller, counterparty=self.base.buyer, uploaded_by="bench", filename="x", size=1,
            media_type="application/xml", digest="0" * 64, salt=bytes(32), record_id=uuid7(), storage_name=str(uuid7()),
            wrapped_key=b"", key_version=1, extraction="extracted", verdict="accepted", kind=self.kind, number=self.number,
            content=to_json(self._said()),
        )  # fmt: skip
        state = {"confirmation": "pending", "deadline": clock.now()}
        if self.kind in ("credit_note", "despatch_advice"):
            state = {"confirmation": "not_required"}
        filed = TradeDocument.objects.create(
            document=document, trade_id=self.trade_id, kind=self.kind, number=self.number,
            issue_date=date(2026, 11, 1), currency="CNY", **state,
        )  # fmt: skip
        rows = TradeLine.objects.bulk_create(
            TradeLine(
                document=filed, position=position, line_id=line.id, item_name=line.item_name or "", unit=line.unit or "",
                quantity=line.quantity, price=line.price, order_line_id=line.order_line_id or "",
            )
            for position, line in enumerate(self.lines)
        )  # fmt: skip
        return filed, rows


def _random_events(base: Base, chance: random.Random, count: int) -> int:
    """How many rows the full form derives otherwise than events left them."""
    filed: list[_Arrival] = []
    for _ in range(count):
        what = chance.choice(["file", "file", "file", "dispute", "withdraw"])
        if what == "file" or not filed:
            arrival = _Arrival(base, chance.randint(1, base.orders), chance.choice(KINDS), chance)
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
            services.match(trade_ids=[arrival.trade_id])
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
