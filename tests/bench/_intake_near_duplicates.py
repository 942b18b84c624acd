"""Near duplicates among 100,000 invoices: what is found, what is told falsely, and what one question costs.

Four hundred pairs of seller and buyer, amounts over three orders of magnitude, one year. Planted are 2,000 near duplicates of
eleven kinds, each of an invoice of its own (an invoice split into parts: each part). Among the others are those that only look alike: fees that recur monthly, batches of one day
under neighbouring numbers with amounts within one per cent, numbers that differ by one sign over quite other amounts, and
equal amounts to other buyers.
"""

import itertools
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
from django.db import connection

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.documents.alike import services
from abs_platform.documents.alike.numbers import plain
from abs_platform.documents.alike.rules import UNIT, Finding, Reason, Trace, units
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM
from tests.bench._measuring import Figure, Progress, timed
from tests.bench._measuring import plain as figure

MANY, PLANTED = 100_000, 2_000
PAIRS = 400
PROBES = 4_000
YEAR = date(2026, 1, 1)
CENT = Decimal("0.01")

_DOCUMENTS = """
    INSERT INTO documents_document (
        id, owner_id, uploaded_by, received_at, filename, size, media_type, digest, salt, record_id, storage_name,
        wrapped_key, key_version, extraction, kind, number, currency, seller_name, buyer_name, fingerprint, number_key,
        number_shape, attention, trade_label, content, verdict, format, remarks, version, typed_in_by, buyer_decision)
    SELECT document_id, owner_id, 'bench', now(), 'x', 1, 'application/xml', repeat('0', 64), decode(repeat('00', 32), 'hex'),
        gen_random_uuid(), encode(sha256(document_id::text::bytea), 'hex'), '', 1, 'extracted', 'invoice', number, 'CNY',
        'x', 'x', '', '', '', '[]', '', '{}', 'accepted', 'UBL', '[]', 0, '', ''
    FROM fresh
"""


@dataclass
class Made:
    """All invoices with their pairs, and of the planted ones which others each may be found with."""

    owners: list[UUID]
    chance: random.Random = field(default_factory=lambda: random.Random(20260418))
    rows: list[tuple[int, Trace]] = field(default_factory=list)
    planted: dict[UUID, str] = field(default_factory=dict)
    related: dict[UUID, set[UUID]] = field(default_factory=dict)
    counters: list[int] = field(default_factory=list)

    def invoice(self, pair: int, *, amount: Decimal | None = None, day: date | None = None, number: str = "") -> Trace:
        """An honest one: the seller's next number but a few, as its other buyers take numbers too."""
        pick = self.chance
        if not number:
            self.counters[pair] += pick.randint(1, 400)
            number = f"26{pair % 31:02}20000{self.counters[pair]:011}"
        amount = amount or Decimal(round(10 ** pick.uniform(3, 6), 2)).quantize(CENT)
        day = day or YEAR + timedelta(days=pick.randint(0, 364))
        trace = Trace(uuid7(), self.owners[0], plain(number), units(amount), day)
        self.rows.append((pair, trace))
        return trace

    def plant(self, kind: str, pair: int, origin: Trace, changed: list[Trace]) -> None:
        """Near duplicates of one invoice."""
        traces = [replace(each, id=uuid7()) for each in changed]
        self.rows.extend((pair, trace) for trace in traces)
        ids = {origin.id, *(trace.id for trace in traces)}
        for id in ids:
            self.related.setdefault(id, set()).update(ids - {id})
        self.planted.update({trace.id: kind for trace in traces})


def _make(owners: list[UUID]) -> Made:
    made = Made(owners=owners, counters=[random.Random(pair).randint(1, 10**9) for pair in range(PAIRS)])
    for _ in _lookalikes(made):
        pass
    while len(made.rows) < MANY - PLANTED:
        made.invoice(made.chance.randrange(PAIRS))
    origins = iter(made.chance.sample(made.rows, PLANTED))
    kinds = itertools.cycle(KINDS)
    while len(made.planted) < PLANTED:
        pair, origin = next(origins)
        name, edit = next(kinds)
        made.plant(name, pair, origin, edit(made, origin))
    return made


def _lookalikes(made: Made) -> Iterator[Trace]:
    """Different invoices that look alike."""
    pick = made.chance
    for _ in range(300):  # a monthly fee
        pair, amount = pick.randrange(PAIRS), Decimal(pick.randint(10, 500) * 100)
        for month in range(12):
            yield made.invoice(pair, amount=amount, day=YEAR + timedelta(days=30 * month + pick.randint(0, 2)))
    for _ in range(500):  # two deliveries of one day, billed one after the other
        pair, day = pick.randrange(PAIRS), YEAR + timedelta(days=pick.randint(0, 364))
        first = made.invoice(pair, day=day)
        amount = (money(first) * Decimal(pick.uniform(1.001, 1.008))).quantize(CENT)
        yield first
        yield made.invoice(pair, day=day, amount=amount, number=f"{int(first.number) + 1:020}")
    for _ in range(500):  # one sign apart, over quite another amount
        pair, first = pick.randrange(PAIRS), made.invoice(pick.randrange(PAIRS))
        yield first
        yield made.invoice(pair, number=_typo(made, first.number), amount=money(first) * 3)
    for _ in range(500):  # the same amount on the same day to another buyer
        first = made.invoice(pick.randrange(PAIRS))
        yield first
        yield made.invoice(pick.randrange(PAIRS), amount=money(first), day=first.day)


def _typo(made: Made, number: str) -> str:
    at = made.chance.randrange(4, len(number) - 4)
    return number[:at] + str((int(number[at]) + made.chance.randint(1, 9)) % 10) + number[at + 1 :]


def money(trace: Trace) -> Decimal:
    return (trace.amount * UNIT).quantize(CENT)


def _close_amount(made: Made, trace: Trace) -> int:
    return units((money(trace) * Decimal(made.chance.uniform(0.991, 1.009))).quantize(CENT))


def _later(made: Made, trace: Trace, days: int) -> date:
    return trace.day + timedelta(days=made.chance.randint(0, days))


def _fresh(made: Made) -> str:
    return f"26{made.chance.randrange(10**18):018}"


Edit = Callable[[Made, Trace], list[Trace]]


def _transposed(made: Made, trace: Trace) -> list[Trace]:
    places = [n for n in range(4, 16) if trace.number[n] != trace.number[n + 1]]
    at = made.chance.choice(places)
    number = trace.number[:at] + trace.number[at + 1] + trace.number[at] + trace.number[at + 2 :]
    return [replace(trace, number=number, amount=_close_amount(made, trace))]


def _split(made: Made, trace: Trace) -> list[Trace]:
    """Two or three that add up to it, within two days, under numbers of their own."""
    parts = made.chance.choice([2, 3])
    cuts = sorted(made.chance.sample(range(10, 91), parts - 1))
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    amounts = [(money(trace) * share / 100).quantize(CENT) for share in shares[1:]]
    return [
        replace(trace, number=_fresh(made), amount=units(amount), day=_later(made, trace, 2))
        for amount in (money(trace) - sum(amounts), *amounts)
    ]


KINDS: list[tuple[str, Edit]] = [
    ("typo", lambda made, t: [replace(t, number=_typo(made, t.number), day=_later(made, t, 40))]),
    ("sign more", lambda made, t: [replace(t, number=t.number[:9] + "7" + t.number[9:], amount=_close_amount(made, t))]),
    ("sign less", lambda made, t: [replace(t, number=t.number[:9] + t.number[10:], day=_later(made, t, 40))]),
    ("O for 0", lambda made, t: [replace(t, number=t.number.replace("0", "o", 1), amount=_close_amount(made, t))]),
    ("transposed", _transposed),
    ("prefix", lambda made, t: [replace(t, number=f"r{t.number}", amount=_close_amount(made, t), day=_later(made, t, 40))]),
    ("suffix", lambda made, t: [replace(t, number=f"{t.number}a1", day=_later(made, t, 40))]),
    ("other owner", lambda made, t: [replace(t, owner_id=made.owners[1])]),
    ("amount again", lambda made, t: [replace(t, number=_fresh(made), day=_later(made, t, 6))]),
    ("close amount", lambda made, t: [replace(t, number=_fresh(made), amount=_close_amount(made, t), day=_later(made, t, 6))]),
    ("split", _split),
]  # fmt: skip


def figures_of(progress: Progress) -> list[Figure]:
    """recall, precision (of all findings, and of those that raise more than a low alert), the time of one probe beside an
    empty round trip, and of the scan."""
    progress(f"near duplicates: {MANY:,} invoices, {PLANTED:,} of them planted")
    network = parties.create_network(actor=PLATFORM, name="bench of near duplicates")
    owners = [
        parties.create_organisation(
            actor=PLATFORM, network_id=network.id, name=f"owner {n}", roles=["supplier"], identifiers=()
        ).id
        for n in range(2)
    ]
    made = _make(owners)
    _store(made)
    keys = {trace.id: _key(pair) for pair, trace in made.rows}
    traces = {trace.id: trace for _, trace in made.rows}
    asked = [*made.planted, *made.chance.sample(list(traces), PROBES - len(made.planted))]
    made.chance.shuffle(asked)
    for id in asked[:200]:
        services.probe(keys[id], traces[id])
    found, times = {}, []
    for id in asked:
        start = time.perf_counter()
        found[id] = services.probe(keys[id], traces[id])
        times.append((time.perf_counter() - start) * 1000)
    hits = {id for id in made.planted if _is_right(made, found[id])}
    missed = Counter(kind for id, kind in made.planted.items() if id not in hits)
    if missed:
        progress(f"missed: {', '.join(f'{kind} {count}' for kind, count in missed.items())}")
    since = clock.now() - timedelta(days=1)
    scanned: list[Finding] = []
    seconds = timed(lambda: scanned.extend(services.findings(since=since)))
    cuts = statistics.quantiles(times, n=100)
    return [
        _goal("near_duplicates_recall", len(hits) / len(made.planted), "of planted", 0.99, ">="),
        figure("near_duplicates_precision", _precision(made, scanned), "of findings"),
        figure(
            "near_duplicates_precision_medium_and_up",
            _precision(made, [each for each in scanned if each.reason < Reason.AMOUNT_NEAR]),
            "of findings",
        ),
        figure("near_duplicates_round_trip", statistics.median(_round_trips()), "ms"),
        _goal("near_duplicates_probe_p50", cuts[49], "ms", 0.5, "<="),
        _goal("near_duplicates_probe_p95", cuts[94], "ms", 0.5, "<="),
        figure("near_duplicates_scan", seconds, "s"),
    ]


def _precision(made: Made, found: list[Finding]) -> float:
    return sum(_is_right(made, each) for each in found) / len(found)


def _round_trips() -> list[float]:
    """What an empty question costs in the same run."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        return [timed(lambda: cursor.execute("SELECT 1", prepare=True).fetchall()) * 1000 for _ in range(1000)]


def _goal(name: str, value: float, unit: str, limit: float, sign: str) -> Figure:
    """A figure against the limit that was asked for."""
    return {
        "name": name, "value": value, "unit": unit, "peer": "asked for", "peer_value": limit, "ratio": value / limit,
        "goal": f"{sign} 1",
    }  # fmt: skip


def _is_right(made: Made, finding: Finding | None) -> bool:
    """Whether a finding is about a planted near duplicate and what it repeats."""
    if finding is None:
        return False
    return bool(made.related.get(finding.trace.id, set()) & {other.id for other in finding.others})


def _key(pair: int) -> bytes:
    return pair.to_bytes(16)


def _store(made: Made) -> None:
    """By COPY, with a bare document for each."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE fresh (LIKE documents_invoicetrace)")
        copy = "COPY fresh (document_id, owner_id, pair_key, number, amount, day, traced_at) FROM STDIN"
        moment = clock.now()
        with cursor.copy(copy) as rows:
            for pair, trace in made.rows:
                rows.write_row((trace.id, trace.owner_id, _key(pair), trace.number, money(trace), trace.day, moment))
        cursor.execute(_DOCUMENTS)
        cursor.execute("INSERT INTO documents_invoicetrace SELECT * FROM fresh")
        cursor.execute("DROP TABLE fresh")
        cursor.execute("ANALYZE documents_invoicetrace")
