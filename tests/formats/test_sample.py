"""The project's own sample: the committed files are what the maker makes, and they read as what they were made of."""

from decimal import Decimal

import pytest
from stdnum.cn import uscc

from abs_platform.config.sample import trade
from abs_platform.config.sample.make import SampleLine, credit_note_xml, in_other_bytes
from abs_platform.integrations import formats


def test_committed_files_are_the_made_ones() -> None:
    assert {path.name: path.read_bytes() for path in trade.FOLDER.iterdir()} == trade.files()


def test_credit_codes_hold() -> None:
    assert uscc.validate(trade.SUPPLIER.credit_code)
    assert uscc.validate(trade.CORE_ENTERPRISE.credit_code)


@pytest.mark.parametrize("name", [name for name in trade.files() if name.endswith(".xml")])
def test_documents_read_without_a_remark(name: str) -> None:
    extracted = formats.parse(trade.files()[name])
    assert extracted is not None
    assert extracted.remarks == ()
    assert extracted.seller is not None
    assert extracted.buyer is not None
    assert extracted.seller.company_id == trade.SUPPLIER.credit_code
    assert extracted.buyer.company_id == trade.CORE_ENTERPRISE.credit_code
    assert extracted.trade_order_number == trade.ORDER_NUMBER
    assert formats.parse(in_other_bytes(trade.files()[name])) == extracted


def test_the_attachment_is_one() -> None:
    assert formats.parse(trade.files()["delivery-note.txt"]) is None


def test_a_made_credit_note_refers_to_its_invoice() -> None:
    line = SampleLine("1", "轴承", Decimal(3), Decimal("33.335"), tax_percent=Decimal(6))
    made = credit_note_xml(
        seller=trade.SUPPLIER,
        buyer=trade.CORE_ENTERPRISE,
        number="C1",
        issue_date=trade.date(2026, 11, 20),
        invoice_number=trade.INVOICE_NUMBER,
        lines=[line],
        reason="退货",
    )
    credit = formats.parse(made)
    assert credit is not None
    assert (credit.kind, credit.invoice_numbers, credit.notes, credit.remarks) == (
        "credit_note",
        (trade.INVOICE_NUMBER,),
        ("退货",),
        (),
    )
    assert (credit.lines[0].amount, credit.lines[0].tax, credit.total) == (
        Decimal("100.01"),
        Decimal("6.00"),
        Decimal("106.01"),
    )
