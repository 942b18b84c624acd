"""Two platforms that share a chain: what the second one learns of the first one's invoices."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from abs_platform.core import jobs
from abs_platform.core.ids import uuid7
from abs_platform.integrations.formats.model import Extracted, Party, Totals
from abs_platform.integrations.kms import kms
from abs_platform.integrations.registries import Kind, Step
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights.models import Right
from abs_platform.rights.registry import digests, services
from abs_platform.rights.registry.fingerprints import combinations, identified
from abs_platform.rights.registry.models import RegistryEntry
from abs_platform.risk.models import Alert
from tests.registry.conftest import CARRYING, PATIENCE, Account, Book
from tests.support.papers import Papers

INVOICE = Extracted(
    kind="invoice",
    number="26312000000012345678",
    issue_date=date(2026, 3, 1),
    currency="CNY",
    seller=Party("甲公司", company_id="91110000MA0000001A"),
    buyer=Party("乙公司", company_id="91110000MA0000002B"),
    order_number="PO-7",
    totals=Totals(payable=Decimal("113.00")),
)


def named(said: Extracted) -> set[tuple[str, ...]]:
    return set(combinations(said, seller=identified(said.seller), buyer=identified(said.buyer)))


def test_an_invoice_is_recognised_by_several_combinations_and_no_single_change_hides_it() -> None:
    known = named(INVOICE)
    assert {each[0] for each in known} == {"number-seller-amount", "number-buyer-date", "seller-buyer-order-amount"}
    changed: list[dict[str, Any]] = [
        {"number": "26312000000012345679"},
        {"seller": Party("丙公司", company_id="91110000MA0000003C")},
        {"issue_date": date(2026, 3, 2)},
        {"totals": Totals(payable=Decimal("113.01"))},
        {"order_number": "PO-8"},
        {"buyer": Party("丁公司", company_id="91110000MA0000004D")},
    ]
    for change in changed:
        assert named(replace(INVOICE, **change)) & known, change
    rewritten = replace(INVOICE, number=" 2631 2000 0000 1234 5678 ", totals=Totals(payable=Decimal("113.0000")))
    assert named(rewritten) == known


def test_what_is_not_stated_makes_no_fingerprint_and_short_numbers_name_no_invoice_alone() -> None:
    assert named(Extracted(kind="invoice", number="")) == set()
    assert {each[0] for each in named(replace(INVOICE, number="1001"))} == {
        "number-seller-amount",
        "seller-buyer-order-amount",
    }
    assert named(replace(INVOICE, kind="receipt_advice")) == set()
    order = replace(INVOICE, kind="order", number="PO-7")
    assert {each[0] for each in named(order)} == {"order", "order-date"}
    cent_more = replace(order, totals=Totals(payable=Decimal("113.01")))
    assert named(cent_more) & named(order), "a cent more is the same order"
    assert {each[0] for each in named(replace(INVOICE, totals=Totals(payable=Decimal("NaN"))))} == {"number-buyer-date"}


def test_a_fingerprint_depends_on_the_consortiums_key_alone(settings: Any) -> None:
    settings.CONSORTIUM_KEY = "11" * 32
    one = digests.fingerprint(("x", "y"))
    kms.cache_clear()
    assert digests.fingerprint(("x", "y")) == one != digests.fingerprint(("x", "z"))
    settings.CONSORTIUM_KEY = "12" * 32
    assert digests.fingerprint(("x", "y")) != one


@pytest.fixture
def right(book: Book) -> Iterator[Right]:
    """A right over an order and its invoice."""
    papers = Papers(number="PO-1")
    order, receipt, _ = book.world.supplier.submit(
        {"order.xml": papers.order(), "receipt.xml": papers.receipt(), "invoice.xml": papers.invoice()}
    )
    book.world.core.decide(order)
    book.world.core.decide(receipt)
    yield Right.objects.get(trade__seller=book.world.supplier.organisation)


def fingerprints(right: Right) -> list[bytes]:
    return digests.fingerprints_of(right.trade)


def pledged_elsewhere(book: Book, claimed: list[bytes]) -> Account:
    other = book.neighbour()
    name = digests.of_pledge(right_id=uuid7(), pledge_id=uuid7(), holder_id=uuid7())
    told = other.carry_out(0, [Step(Kind.REGISTER, name), Step(Kind.PLEDGE, name, name, tuple(claimed))])
    assert told == ["", ""]
    return other


def test_a_right_registers_and_attests_its_rung_as_it_is_computed(book: Book, right: Right) -> None:
    book.carry()
    rungs = RegistryEntry.objects.filter(right_id=right.id, kind="attest").order_by("id")
    assert [row.rung for row in rungs][-1] == right.rung == book.there(right.id).rung
    assert right.rung >= 3


def test_the_second_platform_learns_that_it_is_taken_and_cannot_pledge_it(book: Book, right: Right) -> None:
    book.pledge(right.id)
    book.carry()
    other = book.neighbour()
    ours = fingerprints(right)
    assert len(ours) >= 2 and book.there(right.id).claims == len(ours)
    theirs = uuid7().bytes * 2
    assert other.carry_out(0, [Step(Kind.REGISTER, theirs)]) == [""]
    for each in ours:
        assert other.client.taken(theirs, [each]) == [True], "each combination by itself"
        number = other.client.carried(other.client.address)
        assert other.carry_out(number, [Step(Kind.PLEDGE, theirs, uuid7().bytes * 2, (each,))]) == ["Taken"]


def test_what_another_platform_pledged_is_refused_here_and_alerted(book: Book, right: Right) -> None:
    """One combination in common is enough."""
    pledged_elsewhere(book, fingerprints(right)[:1])
    assert services.taken(right_id=right.id)
    pledge = book.pledge(right.id)
    book.carry()
    entry = RegistryEntry.objects.get(pledge_id=pledge)
    assert (entry.state, entry.reason, entry.active) == ("refused", "Taken", False)
    alert = Alert.objects.get(rule="registry_refused")
    assert alert.subject_id == right.trade_id and alert.network_id == book.world.network.id
    assert set(alert.detail) == {"step", "reason"}, "nothing of who has it"
    assert not services.is_done(right_id=right.id, pledge_id=pledge)


def test_our_own_pledge_is_not_taken_from_ourselves(book: Book, right: Right) -> None:
    assert not services.taken(right_id=right.id)
    pledge = book.pledge(right.id)
    book.carry()
    assert not services.taken(right_id=right.id)
    book.release(right.id, pledge)
    book.pledge(right.id)
    book.carry()
    assert not Alert.objects.filter(rule="registry_refused").exists()


def test_an_invoice_that_comes_after_the_pledge_is_claimed_too(book: Book) -> None:
    papers = Papers(number="PO-2")
    (order,) = book.world.supplier.submit({"order.xml": papers.order()})
    book.world.core.decide(order)
    right = Right.objects.get(trade__order_number="PO-2")
    book.pledge(right.id)
    book.carry()
    before = book.there(right.id).claims
    book.world.supplier.submit({"invoice.xml": papers.invoice()})
    jobs.drain(kinds=(*CARRYING, "rights.claim"), patience=PATIENCE)
    ours = fingerprints(right)
    assert book.there(right.id).claims == len(ours) > before
    jobs.drain(kinds=(*CARRYING, "rights.claim"), patience=PATIENCE)
    with transaction.atomic():
        services.follow(right, services.ask([right.trade_id])())
    jobs.drain(kinds=(*CARRYING, "rights.claim"), patience=PATIENCE)
    assert RegistryEntry.objects.filter(right_id=right.id, kind="claim").count() == len(ours) - before


def test_an_invoice_pledged_elsewhere_that_comes_after_the_pledge_here_is_alerted(book: Book) -> None:
    papers = Papers(number="PO-3")
    (order,) = book.world.supplier.submit({"order.xml": papers.order()})
    book.world.core.decide(order)
    right = Right.objects.get(trade__order_number="PO-3")
    book.pledge(right.id)
    book.carry()
    known = set(fingerprints(right))
    book.world.supplier.submit({"invoice.xml": papers.invoice()})
    pledged_elsewhere(book, [each for each in fingerprints(right) if each not in known])
    jobs.drain(kinds=(*CARRYING, "rights.claim"), patience=PATIENCE)
    refused = RegistryEntry.objects.filter(right_id=right.id, state="refused")
    assert {row.kind for row in refused} == {"claim"} and {row.reason for row in refused} == {"Taken"}
    assert Alert.objects.filter(rule="registry_refused", severity="critical").exists()


def test_a_pledge_is_the_platforms_own_affair(book: Book, right: Right) -> None:
    """Whoever is not asked by financing may still ask for a pledge's end: repeating it changes nothing."""
    pledge = book.pledge(right.id)
    for _ in range(2):
        with transaction.atomic():
            services.release(actor=PLATFORM, right_id=right.id, pledge_id=pledge)
    assert RegistryEntry.objects.filter(right_id=right.id, kind="release").count() == 1
