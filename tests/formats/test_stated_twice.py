"""What a document states once and what stands there twice: nobody could say which counts, so it is not taken."""

import pytest

from abs_platform.config.sample.trade import files
from abs_platform.integrations import formats
from tests.formats.cn_papers import xml
from tests.formats.european import CII

INVOICE = files()["05-invoice.xml"].decode()
TOTAL_END = "</cac:LegalMonetaryTotal>"


def code_of(data: str) -> str:
    with pytest.raises(formats.Refused) as refusal:
        formats.parse(data.encode())
    return refusal.value.code


def text_between(start: str, end: str) -> str:
    at = INVOICE.index(start)
    return INVOICE[at : INVOICE.index(end, at) + len(end)]


SUPPLIER = text_between("<cac:AccountingSupplierParty>", "</cac:AccountingSupplierParty>")
TOTALS = text_between("<cac:LegalMonetaryTotal>", TOTAL_END)
PAYABLE = text_between("<cbc:PayableAmount ", "</cbc:PayableAmount>")
NUMBER = text_between("<cbc:ID>", "</cbc:ID>")
DATE = text_between("<cbc:IssueDate>", "</cbc:IssueDate>")
QUANTITY = text_between("<cbc:InvoicedQuantity ", "</cbc:InvoicedQuantity>")


@pytest.mark.parametrize(
    ("stated", "other"),
    [
        (NUMBER, "<cbc:ID>other</cbc:ID>"),
        (DATE, "<cbc:IssueDate>2020-01-01</cbc:IssueDate>"),
        (PAYABLE, PAYABLE.replace(">", ">9", 1)),
        (TOTALS, TOTALS.replace(PAYABLE, PAYABLE.replace(">", ">9", 1))),
        (SUPPLIER, SUPPLIER.replace("</cbc:Name>", " 2</cbc:Name>")),
        (QUANTITY, QUANTITY.replace(">", ">9", 1)),
    ],
)
def test_two_that_differ_are_refused(stated: str, other: str) -> None:
    assert other != stated
    assert code_of(INVOICE.replace(stated, stated + other, 1)) == "stated_twice"
    assert code_of(INVOICE.replace(stated, other + stated, 1)) == "stated_twice"
    # The same again says nothing else.
    assert formats.parse(INVOICE.replace(stated, stated + stated, 1).encode()) == formats.parse(INVOICE.encode())


@pytest.mark.parametrize("name", ["InvoiceNumber", "IssueTime", "TotalTax-includedAmount", "SellerIdNum", "BuyerName"])
def test_of_an_invoice_of_china_too(name: str) -> None:
    whole = xml().decode()
    start, end = whole.index(f"<{name}>"), whole.index(f"</{name}>") + len(f"</{name}>")
    stated = whole[start:end]
    assert code_of(whole[:end] + stated.replace("</", "1</") + whole[end:]) == "stated_twice"
    assert formats.parse((whole[:end] + stated + whole[end:]).encode()) == formats.parse(whole.encode())


@pytest.mark.parametrize(
    "stated",
    [
        "<ram:DuePayableAmount>2213.40</ram:DuePayableAmount>",
        "<ram:ChargeAmount>18.60</ram:ChargeAmount>",
        "<ram:ID>RE-7</ram:ID>",
    ],
)
def test_of_a_cross_industry_invoice_too(stated: str) -> None:
    assert stated in CII
    other = stated.replace("</", "1</")
    assert code_of(CII.replace(stated, stated + other, 1)) == "stated_twice"
    assert formats.read(CII.replace(stated, stated + stated, 1).encode()).document is not None
