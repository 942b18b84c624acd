"""Invoices that nearly repeat another: told by amount, date and number, for risk officers alone."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.core import clock
from abs_platform.documents.alike import rules, services
from abs_platform.documents.alike.models import KEY_BYTES, InvoiceTrace
from abs_platform.documents.alike.numbers import Likeness, likeness, plain
from abs_platform.documents.alike.rules import Reason, Trace, resemblance, strongest
from abs_platform.risk.models import Alert
from tests.support.papers import Papers, line
from tests.support.world import World

OWNER, OTHER_OWNER = uuid4(), uuid4()
DAY = date(2026, 3, 13)


def trace(number: str = "26322000000004180018", amount: str = "1000.00", days: int = 0, owner: UUID = OWNER) -> Trace:
    return Trace(uuid4(), owner, plain(number), rules.units(Decimal(amount)), DAY + timedelta(days=days))


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("INV-2026-0O17", "INV-2026-0017", Likeness.SAME),
        ("INV-2026-001", "INV 2026 1", Likeness.SAME),
        ("2026/7-001", "2026-7-1", Likeness.SAME),
        ("B1S2", "8152", Likeness.SAME),
        ("ＩＮＶ－１２３４", "inv1234", Likeness.SAME),
        ("INV-7781", "INV-7781-A", Likeness.AFFIX),
        ("INV-7781", "R-INV-7781", Likeness.AFFIX),
        ("26322000000004180018", "26322000000041800018", Likeness.NONE),
        ("26322000000004180018", "26322000000004810018", Likeness.TRANSPOSED),
        ("26322000000004180018", "26322000000009180018", Likeness.TYPO),
        ("26322000000004180018", "2632200000004180018", Likeness.TYPO),
        ("INV-2026-0017", "INV-2026-0018", Likeness.NEIGHBOURS),
        ("26322000000004180018", "26322000000004180099", Likeness.NEIGHBOURS),
        ("A1", "A1B", Likeness.NONE),
        ("HY-4711", "QX-0815", Likeness.NONE),
    ],
)
def test_how_numbers_resemble_each_other(one: str, other: str, found: Likeness) -> None:
    assert likeness(plain(one), plain(other)) == found
    assert likeness(plain(other), plain(one)) == found


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (trace("26322000000009180018", "1009.00", 40), Reason.NUMBER_ALIKE),
        (trace("26322000000009180018", "1009.00", 46), None),
        (trace("26322000000009180018", "1011.00"), None),
        (trace("26322000000004180019", "1000.00", 6), Reason.AMOUNT_REPEATS),
        (trace("26322000000004180019", "1000.00", 7), None),
        (trace("26322000000004180019", "1000.01", 1), None),
        (trace("QX-0815", "1000.00", -6), Reason.AMOUNT_REPEATS),
        (trace("QX-0815", "995.00", 3), Reason.AMOUNT_NEAR),
        (trace("QX-0815", "995.00", 30), None),
        (trace(owner=OTHER_OWNER), Reason.SAME_NUMBER),
        (trace(amount="1001.00"), None),
    ],
)
def test_what_makes_two_invoices_one(other: Trace, reason: Reason | None) -> None:
    one = trace()
    assert resemblance(one, other) == reason
    assert resemblance(other, one) == reason


@pytest.mark.parametrize("parts", [("400.00", "600.00"), ("100.00", "250.00", "650.00")])
def test_a_split_is_found_from_the_whole_and_from_each_part(parts: tuple[str, ...]) -> None:
    whole = trace(amount="1000.00")
    pieces = [trace(f"QX-{n}00{n}", amount, n) for n, amount in enumerate(parts, 1)]
    everything = [whole, *pieces]
    for each in everything:
        found = strongest(each, [other for other in everything if other is not each])
        assert found is not None
        assert (found.reason, found.ids) == (Reason.SPLIT, sorted(one.id for one in everything))


def test_parts_far_apart_are_no_split() -> None:
    assert strongest(trace(), [trace("QX-1001", "400.00", 7), trace("QX-2002", "600.00", 1)]) is None


def test_the_strongest_reason_is_told() -> None:
    near, alike = trace("QX-0815", "1000.00", 1), trace("26322000000009180018", "1000.00", 30)
    found = strongest(trace(), [near, alike])
    assert found is not None
    assert (found.others, found.reason) == ((alike,), Reason.NUMBER_ALIKE)


traces = st.builds(
    trace,
    number=st.text("0O1I258BSZA-", min_size=1, max_size=12),
    amount=st.integers(1, 300).map(lambda cents: str(Decimal(cents) / 100)),
    days=st.integers(0, 60),
    owner=st.sampled_from([OWNER, OTHER_OWNER]),
)


@given(traces, traces)
def test_resemblance_is_mutual_and_within_its_bounds(one: Trace, other: Trace) -> None:
    low, high = rules.amounts_near(one.amount)
    reason = resemblance(one, other)
    assert reason == resemblance(other, one)
    if reason:
        assert low <= other.amount <= high
        assert abs((one.day - other.day).days) <= rules.SIMILAR_DAYS


@given(st.lists(traces, min_size=1, max_size=12))
def test_the_scan_finds_what_one_probe_finds(found: list[Trace]) -> None:
    ordered = sorted(found, key=lambda each: (each.amount, each.id))
    scanned = {each.trace.id: each.reason for each in services._among(ordered, {each.id for each in found})}
    probed = {}
    for each in found:
        finding = strongest(each, [other for other in found if other is not each])
        if finding:
            probed[each.id] = finding.reason
    assert scanned == probed


@given(st.text("0123456789ABO-", min_size=5, max_size=20), st.integers(0, 18), st.sampled_from("0123456789"))
def test_one_wrong_sign_is_always_seen(number: str, at: int, sign: str) -> None:
    one = plain(number)
    if not one or at >= len(one):
        return
    other = one[:at] + sign + one[at + 1 :]
    assert likeness(one, other) != Likeness.NONE or len(one) < 4


# --- in the database


def invoice(number: str, price: str = "10.00", *, order: str = "PO-9", seller: object = None) -> bytes:
    more = {"seller": seller} if seller else {}
    return Papers(number=order, lines=(line("1", "100", price),), **more).invoice(number=number, order_number="")  # type: ignore[arg-type]  # a Company


def alerts() -> list[Alert]:
    return list(Alert.objects.filter(rule="near_duplicate").order_by("id"))


@pytest.mark.usefixtures("db")
def test_an_invoice_in_disguise_raises_one_alert(world: World) -> None:
    first, second = world.supplier.submit(
        {"a.xml": invoice("INV-2026-0417"), "b.xml": invoice("INV-2026-O417", "10.05")}
    )
    [alert] = alerts()
    assert (alert.severity, alert.subject_id, alert.detail["reason"]) == ("medium", second.id, "number_alike")
    assert first.number in alert.detail["others"]
    assert services.scan() == 2, "each is found from the other"
    assert len(alerts()) == 1
    shown = str([world.supplier.browser.get(f"documents/{row.id}")["attention"] for row in (first, second)])
    assert "duplicate" not in shown and "resembles" not in shown, "its owner is told nothing"


@pytest.mark.usefixtures("db")
def test_what_two_tenants_present_is_seen_by_officers_alone(world: World) -> None:
    [own] = world.supplier.submit({"a.xml": invoice("INV-2026-0417")})
    [other] = world.castings.submit({"b.xml": invoice("INV-2026-0417")})
    [alert] = alerts()
    assert (alert.severity, alert.detail["reason"]) == ("high", "same_number")
    assert set(alert.organisation_ids) >= {world.supplier.organisation.id, world.castings.organisation.id}
    assert [row["rule"] for row in world.officer.browser.rows("alerts")] == ["near_duplicate"]
    assert world.other_officer.browser.rows("alerts") == []
    shown = world.castings.browser.get(f"documents/{other.id}")
    assert [item["code"] for item in shown["attention"]] == ["seller_not_you"]
    assert str(own.id) not in str(shown)
    world.castings.browser.get("alerts", status=403)


@pytest.mark.usefixtures("db")
def test_another_network_another_buyer_and_another_currency_are_other_business(world: World) -> None:
    world.supplier.submit({"a.xml": invoice("INV-2026-0417")})
    world.stranger.submit({"a.xml": invoice("INV-2026-0418")})
    euros = Papers(number="PO-9", lines=(line("1", "100", "10.00"),), currency="EUR")
    world.supplier.submit({"e.xml": euros.invoice(number="INV-2026-0419", order_number="")})
    assert InvoiceTrace.objects.values("pair_key").distinct().count() == 3
    assert alerts() == []


@pytest.mark.usefixtures("db")
def test_a_repetition_is_left_to_its_own_rule(world: World) -> None:
    data = invoice("INV-2026-0417")
    world.supplier.submit({"a.xml": data})
    world.supplier.submit({"again.xml": data})
    world.supplier.submit({"zeros.xml": invoice("INV2026 0417")})
    assert {alert.rule for alert in Alert.objects.all()} == {"duplicate_invoice", "number_resembles"}
    assert InvoiceTrace.objects.count() == 2


@pytest.mark.usefixtures("db")
def test_what_was_read_before_there_were_traces_is_traced_once(world: World) -> None:
    world.supplier.submit({"a.xml": invoice("INV-2026-0417"), "b.xml": invoice("INV-2026-O417", "10.05")})
    InvoiceTrace.objects.all().delete()
    Alert.objects.all().delete()
    assert services.trace_missing() == 2
    assert services.trace_missing() == 0
    assert len(alerts()) == 1
    InvoiceTrace.objects.update(traced_at=clock.now() - timedelta(days=3))
    assert services.scan() == 0


@pytest.mark.django_db
def test_the_question_for_candidates_is_planned_once() -> None:
    for _ in range(3):
        assert services.probe(bytes(KEY_BYTES), trace()) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [statement for (statement,) in cursor.fetchall()]
    assert [statement for statement in prepared if "documents_invoicetrace" in statement]
