"""How a document finds its trade, and what stays apart."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from abs_platform.config.demo import cast
from abs_platform.consent.models import Containment
from abs_platform.core.errors import Conflict
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Party, from_json, to_json
from abs_platform.trade import filing
from abs_platform.trade import services as trade_services
from abs_platform.trade.models import Trade, TradeDocument
from tests.support.papers import Papers, line
from tests.support.stage import request_and_grant
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-5")


def trades() -> list[tuple[str, int]]:
    """Order number and number of documents of every trade."""
    return sorted((trade.order_number, trade.documents.count()) for trade in Trade.objects.all())


def test_a_trade_without_its_order_is_provisional_until_the_order_comes(world: World) -> None:
    world.supplier.submit({"d": PAPERS.despatch()})
    [row] = world.supplier.browser.rows("trades")
    assert (row["order_number"], row["provisional"], row["ordered"]) == ("PO-5", True, None)
    assert row["right"]["missing"][0] == "order"
    assert [each["id"] for each in world.supplier.browser.rows("trades", state="provisional")] == [row["id"]]
    world.supplier.submit({"o": PAPERS.order()})
    [again] = world.supplier.browser.rows("trades")
    assert (again["id"], again["provisional"], again["ordered"]) == (row["id"], False, "1130.00")
    assert world.supplier.browser.rows("trades", state="provisional") == []


def test_a_credit_note_waits_for_its_invoice_and_then_for_the_order(world: World) -> None:
    world.supplier.submit({"c": PAPERS.credit()})
    assert trades() == [("", 1)]
    world.supplier.submit({"i": PAPERS.invoice()})
    assert trades() == [("PO-5", 2)]
    world.supplier.submit({"o": PAPERS.order()})
    assert trades() == [("PO-5", 3)]


def test_an_invoice_that_ties_two_provisional_trades_together_merges_them(world: World) -> None:
    """A credit note to the invoice stands alone, the order too; the invoice belongs to both."""
    world.supplier.submit({"c": PAPERS.credit(), "o": PAPERS.order()})
    assert trades() == [("", 1), ("PO-5", 1)]
    world.supplier.submit({"i": PAPERS.invoice()})
    assert trades() == [("PO-5", 3)]
    [trade] = Trade.objects.all()
    assert set(Document.objects.values_list("trade_id", flat=True)) == {trade.id}
    assert set(Containment.objects.values_list("container_id", flat=True)) == {trade.id}


def test_what_was_opened_before_a_merge_stays_open_after_it(world: World) -> None:
    [credit] = world.supplier.submit({"c": PAPERS.credit()})
    request_and_grant(world, world.bank, trades=[credit.trade_id])
    assert len(world.bank.browser.rows("documents")) == 1
    world.supplier.submit({"o": PAPERS.order(), "i": PAPERS.invoice()})
    assert trades() == [("PO-5", 3)]
    assert [row["id"] for row in world.bank.browser.rows("documents")] == [str(credit.id)], "no more and no less"
    assert world.bank.browser.rows("trades") == []


def test_a_payment_is_not_confirmed_before_the_order_is_known(world: World) -> None:
    """What would be signed names no order and could not be told from another debt."""
    [invoice] = world.supplier.submit({"i": PAPERS.invoice(order_number="")})
    with pytest.raises(Conflict) as refused:
        world.core.confirm_payment(invoice.trade_id, amount=Decimal(100), due_date=date(2027, 1, 1), account="6")
    assert refused.value.code == "trade_not_known"


def test_what_one_buyer_confirmed_says_nothing_about_another(world: World) -> None:
    """A despatch that names no buyer and refers to both their papers ties nothing together."""
    project = Papers(number="", buyer=cast.PROJECT)
    [receipt] = world.supplier.submit({"r": project.receipt(number="R-9")})
    world.project.decide(receipt)
    [order] = world.supplier.submit({"o": PAPERS.order()})
    world.core.decide(order)
    glue = PAPERS.despatch().replace(
        b"<cac:OrderReference>",
        b"<cac:AdditionalDocumentReference><cbc:ID>R-9</cbc:ID></cac:AdditionalDocumentReference><cac:OrderReference>",
        1,
    )
    start, end = glue.index(b"<cac:DeliveryCustomerParty>"), glue.index(b"</cac:DeliveryCustomerParty>")
    nameless = glue[:start] + glue[end + len(b"</cac:DeliveryCustomerParty>") :]
    world.supplier.submit({"d": nameless})
    receipt.refresh_from_db()
    order.refresh_from_db()
    assert receipt.trade_id != order.trade_id
    [right] = [row for row in world.core.browser.rows("rights") if row["trade"] == str(order.trade_id)]
    assert right["rung"] <= 2
    assert right["poolable"] is False


def test_another_suppliers_equal_order_number_stays_apart(world: World) -> None:
    world.supplier.submit(PAPERS.all())
    castings = Papers(number="PO-5", seller=cast.CASTINGS)
    world.castings.submit(castings.all())
    assert trades() == [("PO-5", 4), ("PO-5", 4)]
    [own], [others] = world.supplier.browser.rows("trades"), world.castings.browser.rows("trades")
    assert own["id"] != others["id"]
    assert (own["seller"]["id"], others["seller"]["id"]) == (world.supplier.id, world.castings.id)
    assert len(world.core.browser.rows("trades")) == 2, "the buyer buys from both"


def test_an_equal_order_number_of_another_buyer_stays_apart(world: World) -> None:
    project = Papers(number="PO-5", buyer=cast.PROJECT)
    world.supplier.submit(PAPERS.all())
    world.supplier.submit(project.all() | {"invoice.xml": project.invoice(number="I-PO-5-project")})
    assert trades() == [("PO-5", 4), ("PO-5", 4)]


def test_the_head_office_sees_its_project_companys_purchases_and_confirms_none(world: World) -> None:
    rows = world.supplier.submit(Papers(number="PO-5", buyer=cast.PROJECT).all())
    [trade] = world.core.browser.rows("trades")
    shown = world.core.browser.get(f"trades/{trade['id']}")
    assert all(document["allowed_actions"] == [] for document in shown["documents"])
    assert shown["allowed_actions"] == []
    assert world.core.browser.rows("confirmations") == []
    world.core.browser.get(f"confirmations/{rows[0].id}", status=404)
    assert world.supplier.browser.rows("accesses") == [], "it takes part, so this is no disclosed look"


def test_a_loose_document_is_joined_by_hand_once(world: World) -> None:
    *_, note = world.supplier.submit({**PAPERS.all(), "note.txt": b"crate damaged"})
    [trade] = world.supplier.browser.rows("trades")
    world.core.browser.get(f"documents/{note.id}", status=404)
    joined = world.supplier.browser.post(f"documents/{note.id}/attach", {"trade": trade["id"]})
    assert joined["trade"] == {"id": trade["id"], "order_number": "PO-5"}
    assert "attach" not in joined["allowed_actions"]
    shown = world.core.browser.get(f"trades/{trade['id']}")
    assert [each["filename"] for each in shown["attachments"]] == ["note.txt"]
    assert world.core.browser.file(str(note.id)) == b"crate damaged"
    again = world.supplier.browser.post(f"documents/{note.id}/attach", {"trade": trade["id"]}, status=409)
    assert again["code"] == "not_loose"


def test_a_document_that_names_another_buyer_is_not_joined_by_hand(world: World) -> None:
    """The buyer that it names would lose it, and this one be shown it."""
    world.supplier.submit(PAPERS.all())
    [trade] = world.supplier.browser.rows("trades")
    [note] = world.supplier.submit({"note.txt": b"for the project company"})
    Document.objects.filter(id=note.id).update(counterparty=world.project.organisation)
    refused = world.supplier.browser.post(f"documents/{note.id}/attach", {"trade": trade["id"]}, status=409)
    assert refused["code"] == "other_buyer"
    note.refresh_from_db()
    assert (note.counterparty_id, note.trade_id) == (world.project.organisation.id, None)


@pytest.mark.parametrize("named", [Party(name="Elsewhere GmbH"), Party(company_id="DE123", name="Elsewhere GmbH")])
def test_nor_is_one_that_names_a_buyer_whom_nobody_knows_here(named: Party, world: World) -> None:
    world.supplier.submit(PAPERS.all())
    order, *_ = Document.objects.filter(kind="order")
    trade = Trade.objects.get()
    content = from_json(order.content or {})

    def is_another(buyer: Party) -> bool:
        return filing.names_another_buyer(trade, Document(content=to_json(replace(content, buyer=buyer))))

    assert is_another(named), "the trade's buyer is here"
    assert not is_another(Party(name=trade.buyer_called.upper())), "and is called so"
    trade.buyer, trade.buyer_key = None, "company_id:de456"
    assert is_another(named)
    assert not is_another(Party(company_id="DE456", name="By another name"))


def test_joining_to_anothers_trade_or_anothers_document_finds_nothing(world: World) -> None:
    [note] = world.supplier.submit({"note.txt": b"x"})
    world.castings.submit(Papers(number="PO-5", seller=cast.CASTINGS).all())
    [trade] = world.castings.browser.rows("trades")
    world.supplier.browser.post(f"documents/{note.id}/attach", {"trade": trade["id"]}, status=404)
    world.castings.browser.post(f"documents/{note.id}/attach", {"trade": trade["id"]}, status=404)


def test_filing_twice_changes_nothing(world: World) -> None:
    rows = world.supplier.submit(PAPERS.all())
    before = list(TradeDocument.objects.order_by("document_id").values())
    for row in rows:
        trade_services.file_document(document_id=row.id)
    drain()
    assert list(TradeDocument.objects.order_by("document_id").values()) == before


def test_trades_are_found_by_what_one_knows_of_them(world: World) -> None:
    world.supplier.submit(PAPERS.all())
    world.supplier.submit({"o": Papers(number="PO-77", buyer=cast.PROJECT).order()})
    world.supplier.submit({"i": Papers(number="PO-88").invoice(line(quantity="1"))})

    def found(**query: object) -> list[str]:
        return sorted(row["order_number"] for row in world.supplier.browser.rows("trades", **query))

    assert found(search="77") == ["PO-77"]
    assert found(search="烟台") == ["PO-77"]
    assert found(state="pending") == ["PO-5", "PO-77", "PO-88"]
    assert found(state="provisional") == ["PO-88"]
    assert found(state="financeable") == []
    for document in TradeDocument.objects.filter(trade__order_number="PO-5").order_by("document_id"):
        if document.confirmation == "pending":
            world.core.decide(document.document)
    assert found(state="financeable") == ["PO-5"]


def test_a_trade_that_was_paid_twice_is_not_confirmed_twice(world: World) -> None:
    [order] = world.supplier.submit({"o": PAPERS.order()})
    terms = {"amount": Decimal(100), "due_date": date(2027, 1, 1), "account": "6"}
    world.core.confirm_payment(order.trade_id, **terms)
    with pytest.raises(Conflict):
        world.core.confirm_payment(order.trade_id, **terms)
