"""The real trade published with UBL 2.0, field by field."""

from datetime import date
from decimal import Decimal

import pytest

from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Extracted, Party
from tests.shared_data import shared

SELLER = Party(name="Consortial", company_id="175 269 2355")
BUYER = Party(name="IYT Corporation", company_id="12356478")


def read(name: str) -> Extracted:
    extracted = formats.parse((shared("01_ubl/oasis_2.0_chain") / f"UBL-{name}-2.0-Example.xml").read_bytes())
    assert extracted is not None
    return extracted


def test_what_was_paid_and_how_the_account_stands() -> None:
    remittance, statement = read("RemittanceAdvice"), read("Statement")
    assert (remittance.kind, remittance.number, remittance.currency) == ("remittance_advice", "6577884", "GBP")
    assert (remittance.total, remittance.lines[0].amount) == (Decimal("107.50"), Decimal("107.50"))
    assert (statement.kind, statement.number) == ("statement", "JUL2005-07758990")
    assert (statement.total, statement.lines[0].amount) == (Decimal("-107.50"), Decimal("-107.50"))


@pytest.mark.parametrize(
    ("name", "kind", "number", "issued"),
    [
        ("Order", "order", "AEG012345", date(2005, 6, 20)),
        ("OrderResponseSimple", "order_response", "66890-9-09", date(2005, 6, 20)),
        ("DespatchAdvice", "despatch_advice", "565899", date(2005, 6, 20)),
        ("ReceiptAdvice", "receipt_advice", "658398", date(2005, 6, 21)),
        ("Invoice", "invoice", "A00095678", date(2005, 6, 21)),
        ("CreditNote", "credit_note", "CN758494", date(2005, 6, 25)),
    ],
)
def test_header_and_parties(name: str, kind: str, number: str, issued: date) -> None:
    extracted = read(name)
    assert (extracted.kind, extracted.number, extracted.issue_date, extracted.version) == (kind, number, issued, "2.0")
    assert (extracted.seller, extracted.buyer) == (SELLER, BUYER)
    assert extracted.trade_order_number == (None if kind == "credit_note" else "AEG012345")


def test_order() -> None:
    order = read("Order")
    assert order.others == (("originator_customer_party", Party(name="The Terminus", company_id="12356478")),)
    assert (order.currency, order.totals.lines, order.totals.payable) == ("GBP", Decimal("100.00"), Decimal("100.00"))
    (line,) = order.lines
    assert (line.id, line.quantity, line.unit, line.price, line.price_base_quantity) == (
        "1",
        Decimal(100),
        "KGM",
        Decimal("100.00"),
        Decimal(1),
    )
    assert (line.amount, line.tax) == (Decimal("100.00"), Decimal("17.50"))
    assert (line.item_name, line.buyer_item_id, line.seller_item_id) == ("beeswax", "6578489", "17589683")


def test_order_response_accepts() -> None:
    assert read("OrderResponseSimple").accepted is True


def test_despatch_and_receipt() -> None:
    despatched, received = read("DespatchAdvice"), read("ReceiptAdvice")
    (sent,), (got,) = despatched.lines, received.lines
    assert (sent.quantity, sent.backorder, sent.order_number, sent.order_line_id) == (
        Decimal(90),
        Decimal(10),
        "AEG012345",
        "1",
    )
    assert (got.quantity, got.short, got.rejected, got.accepted) == (Decimal(90), Decimal(10), Decimal(0), Decimal(90))
    assert received.despatch_numbers == ("565899",)
    assert received.delivery_date == date(2005, 6, 20)


def test_invoice() -> None:
    invoice = read("Invoice")
    totals = invoice.totals
    assert (
        totals.lines,
        totals.allowances,
        totals.tax_exclusive,
        totals.tax,
        totals.tax_basis,
        totals.payable,
    ) == tuple(map(Decimal, ("100.00", "10.00", "90.00", "17.50", "100.00", "107.50")))
    assert (invoice.due_date, invoice.payee_account) == (date(2005, 7, 21), "12345678")
    (line,) = invoice.lines
    assert (line.id, line.order_line_id, line.quantity, line.price, line.tax) == (
        "A",
        "1",
        Decimal(100),
        Decimal("1.00"),
        Decimal("17.50"),
    )


def test_credit_note_refers_to_the_invoice_by_its_lines() -> None:
    credit = read("CreditNote")
    assert credit.invoice_numbers == ("A00095678",)
    assert credit.lines[0].invoice_number == "A00095678"


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("Order", ["line_arithmetic"]),
        ("OrderResponseSimple", []),
        ("DespatchAdvice", []),
        ("ReceiptAdvice", []),
        ("Invoice", ["tax_basis_before_allowance"]),
        # It states 90.00 before tax for lines of 100.00, and no allowance between them.
        ("CreditNote", ["total_arithmetic"]),
    ],
)
def test_remarks(name: str, rules: list[str]) -> None:
    assert [remark.rule for remark in read(name).remarks] == rules


def test_remarks_name_their_figures() -> None:
    assert read("Order").remarks[0].params == {"line": "1", "expected": "10000.00", "found": "100.00"}
    assert read("Invoice").remarks[0].params == {"expected": "90.00", "found": "100.00"}
