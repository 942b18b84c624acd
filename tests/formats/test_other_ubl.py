"""UBL beyond the ladder: what changes a trade is read whole, anything else as what it is, and nothing as an invoice."""

from decimal import Decimal

import pytest

from abs_platform.config.sample.trade import files
from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Extracted
from abs_platform.integrations.formats.reading import Verdict
from tests.shared_data import shared

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def published(name: str) -> Extracted:
    extracted = formats.parse((shared("01_ubl/oasis_2.1") / f"UBL-{name}-2.1-Example.xml").read_bytes())
    assert extracted is not None
    return extracted


def test_a_change_of_an_order_says_which_and_how() -> None:
    change = published("OrderChange")
    assert (change.kind, change.number, change.order_number) == ("order_change", "7", "34")
    assert (change.lines[0].quantity, change.lines[0].unit, change.lines[0].price) == (240, "LTR", 50)


def test_a_cancellation_says_which_order_and_why() -> None:
    cancelled = published("OrderCancellation")
    assert (cancelled.kind, cancelled.order_number, cancelled.lines) == ("order_cancellation", "34", ())
    assert cancelled.notes == ("With reference to phone call",)
    assert "lines_missing" not in {remark.rule for remark in cancelled.remarks}


def test_a_debit_note_is_no_invoice() -> None:
    note = published("DebitNote")
    assert (note.kind, note.number, note.total, note.totals.tax) == (
        "debit_note",
        "TOSL108",
        Decimal(729),
        Decimal("292.20"),
    )
    assert [line.quantity for line in note.lines[:3]] == [1, -1, 2]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("380", "invoice"),
        ("389", "invoice"),
        ("01", "invoice"),
        ("SATIS", "invoice"),
        ("381", "credit_note"),
        ("383", "debit_note"),
    ],
)
def test_an_invoice_is_what_its_type_code_says(code: str, kind: str) -> None:
    """Saudi Arabia's credit and debit notes are invoices with another code; none may count as a claim."""
    read = formats.parse(files()["05-invoice.xml"].replace(b">380<", f">{code}<".encode()))
    plain = formats.parse(files()["05-invoice.xml"])
    assert read is not None and plain is not None
    assert (read.kind, read.lines, read.totals) == (kind, plain.lines, plain.totals)
    assert "type_code_unlisted" not in {remark.rule for remark in read.remarks}


@pytest.mark.parametrize(
    ("code", "rule"),
    [("325", "proforma"), ("393", "already_financed"), ("02", "type_code_unlisted"), ("IADE", "type_code_unlisted")],
)
def test_somebody_looks_at_an_invoice_that_may_be_none(code: str, rule: str) -> None:
    reading = formats.read(files()["05-invoice.xml"].replace(b">380<", f">{code}<".encode()))
    assert (reading.verdict, reading.document.kind if reading.document else "") == (Verdict.ATTENTION, "invoice")
    assert rule in {remark.rule for remark in reading.all_remarks}


def minimal(name: str, number: str = "<cbc:ID>W-1</cbc:ID>") -> bytes:
    return (
        f'<{name} xmlns="{UBL}{name}-2" xmlns:cbc="{UBL}CommonBasicComponents-2"'
        f' xmlns:cac="{UBL}CommonAggregateComponents-2">{number}<cbc:IssueDate>2026-03-02</cbc:IssueDate>'
        "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine></" + name + ">"
    ).encode()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Waybill", "waybill"),
        ("InventoryReport", "inventory_report"),
        ("BillOfLading", "bill_of_lading"),
        ("SelfBilledInvoice", "self_billed_invoice"),
        ("Reminder", "reminder"),
    ],
)
def test_anything_else_is_filed_as_what_it_is(name: str, kind: str) -> None:
    reading = formats.read(minimal(name))
    assert reading.document is not None
    assert (reading.document.kind, reading.document.number, reading.document.lines) == (kind, "W-1", ())


def test_one_without_a_number_is_an_attachment_that_somebody_should_look_at() -> None:
    reading = formats.read(minimal("Waybill", number=""))
    assert (reading.document, reading.verdict, reading.remarks[0].rule) == (
        None,
        Verdict.ATTENTION,
        "number_missing",
    )


def test_a_name_in_another_documents_namespace_is_no_document() -> None:
    assert formats.parse(minimal("Waybill").replace(b"schema:xsd:Waybill-2", b"schema:xsd:Invoice-2")) is None


def test_an_envelope_is_opened() -> None:
    """Peppol's Standard Business Document: header and one document."""
    header = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    inner = minimal("Waybill").decode()
    wrapped = (
        f'<sh:StandardBusinessDocument xmlns:sh="{header}"><sh:StandardBusinessDocumentHeader/>'
        f"{inner}</sh:StandardBusinessDocument>"
    )
    assert formats.parse(wrapped.encode()) == formats.parse(inner.encode())
    assert formats.parse(wrapped.replace(inner, inner + inner).encode()) is None


def test_a_quotation_has_its_total() -> None:
    quoted = '<cac:QuotedMonetaryTotal><cbc:PayableAmount currencyID="EUR">15.00</cbc:PayableAmount></cac:QuotedMonetaryTotal>'
    number = "<cbc:ID>Q-1</cbc:ID>"
    read = formats.parse(minimal("Quotation", number + quoted))
    assert read is not None
    assert (read.kind, read.total, read.currency) == ("quotation", Decimal(15), "EUR")
