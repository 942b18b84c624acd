"""Chinese invoices as XML and XBRL: read alike in every version, held against themselves, refused where they are none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Extracted, Level, from_json, to_json
from abs_platform.integrations.formats.reading import Verdict
from tests.formats.cn_papers import BUYER, EINV, PAPER, RED, SELLER, Item, Paper, einvoice, xbrl, xml
from tests.shared_data import shared


def document(data: bytes) -> Extracted:
    extracted = formats.parse(data)
    assert extracted is not None
    assert from_json(to_json(extracted)) == extracted
    return extracted


def rules(data: bytes, today: date | None = None) -> dict[str, Level]:
    return {remark.rule: remark.level for remark in formats.read(data, today=today).all_remarks}


@pytest.mark.parametrize("version", ["0.2", "0.32", "0.33"])
def test_every_version_says_the_same(version: str) -> None:
    extracted = document(xml(replace(PAPER, version=version)))
    assert (extracted.kind, extracted.number, extracted.version) == ("invoice", PAPER.number, version)
    assert extracted.issue_date == date(2026, 11, 2)
    assert (extracted.seller and extracted.seller.name, extracted.seller and extracted.seller.company_id) == SELLER
    assert (extracted.buyer and extracted.buyer.name, extracted.buyer and extracted.buyer.company_id) == BUYER
    assert extracted.payee_account == PAPER.account
    assert (extracted.currency, extracted.total) == ("CNY", Decimal("420.00"))
    [line] = extracted.lines
    assert (line.item_name, line.item_description, line.unit) == ("*轴承*深沟球轴承", "6204-2RS", "套")
    assert (line.quantity, line.price, line.amount) == (Decimal(20), Decimal("18.5840707964602"), Decimal("371.68"))
    assert (line.tax_percent, line.tax) == (Decimal(13), Decimal("48.32"))
    assert extracted.notes == (PAPER.remark,)
    assert formats.content_key(extracted) == formats.content_key(document(xml()))
    assert not [remark for remark in extracted.remarks if remark.level != Level.NOTICE]


def test_the_published_sample() -> None:
    data = (shared("03_cn_einvoice") / "shudian_xml" / "sample_einvoice.xml").read_bytes()
    extracted = document(data)
    assert (extracted.number, extracted.total) == ("99990000000000000001", Decimal("1130.00"))
    assert [line.amount for line in extracted.lines] == [Decimal("1000.00"), Decimal("0.00")]
    # Its tax numbers are made up, and that is all that is wrong with it.
    assert rules(data) == {"company_id_check_digit": Level.ATTENTION}


def test_the_attached_files_of_legacy_invoices() -> None:
    folder = shared("03_cn_einvoice") / "ofd"
    three = document((folder / "vat_ordinary_3lines_99999951.attached.xml").read_bytes())
    assert (three.number, three.issue_date, three.total) == (
        "05000170011199999951",
        date(2020, 10, 10),
        Decimal("318.00"),
    )
    assert three.payee_account == "625555888900998711"
    assert three.notes == ("校验码：14754822929856772523",)
    hundred = document((folder / "vat_ordinary_100lines_71500013.attached.xml").read_bytes())
    assert (hundred.number, len(hundred.lines), hundred.totals.tax) == ("01100268002671500013", 100, Decimal("291.00"))
    assert not hundred.remarks


def test_a_red_letter_invoice_is_a_credit_note_of_the_blue_one() -> None:
    extracted = document(xml(RED))
    assert (extracted.kind, extracted.invoice_numbers) == ("credit_note", (PAPER.number,))
    assert (extracted.total, extracted.lines[0].amount, extracted.lines[0].quantity) == (
        Decimal("420.00"),
        Decimal("371.68"),
        Decimal(20),
    )
    assert not [remark for remark in extracted.remarks if remark.level != Level.NOTICE]


@pytest.mark.parametrize(
    "remark",
    [
        f"被红冲蓝字数电票号码：{PAPER.number} 红字发票信息确认单编号：1",
        f"被红冲蓝字数电发票号码:{PAPER.number}",
        "对应正数发票代码:050001700111号码:99999951 ",
    ],
)
def test_the_blue_invoice_is_found_in_the_note(remark: str) -> None:
    extracted = document(xml(replace(RED, original="", version="0.32", remark=remark)))
    assert extracted.kind == "credit_note"
    assert extracted.invoice_numbers in ((PAPER.number,), ("05000170011199999951",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gbk", "gb18030"])
def test_encodings(encoding: str) -> None:
    assert document(xml(encoding=encoding)) == document(xml())


def test_prefixes_envelopes_and_signatures_change_nothing() -> None:
    prefixed = xml().replace(b"<EInvoice>", b'<t:EInvoice xmlns:t="urn:t">').replace(b"</EInvoice>", b"</t:EInvoice>")
    signature = (
        b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>MEUC</SignatureValue></Signature>'
    )
    signed = xml().replace(b"</EInvoice>", signature + b"</EInvoice>")
    body = etree.tostring(einvoice(), encoding="utf-8")
    enveloped = b"<Envelope>" + body + signature + b"</Envelope>"
    for data in (prefixed, signed, enveloped):
        assert formats.content_key(document(data)) == formats.content_key(document(xml()))
        assert rules(data)["signature_not_verified"] == Level.NOTICE
    assert "signature_not_verified" not in rules(xml(replace(PAPER, version="0.32")))


def test_several_invoices_in_one_file_each_speak_for_themselves() -> None:
    body = b"".join(etree.tostring(einvoice(each), encoding="utf-8") for each in (PAPER, RED))
    reading = formats.read(b"<Batch>" + body + b"</Batch>")
    assert [document(member.data).number for member in reading.members] == [PAPER.number, RED.number]


@pytest.mark.parametrize(("rate", "tax"), [("免税", "***"), ("不征税", "0.00"), ("***", "***"), ("0", "0.00")])
def test_where_no_tax_is_due(rate: str, tax: str) -> None:
    item = Item(amount="420.00", price="21", rate=rate, tax=tax)
    extracted = document(xml(replace(PAPER, net="420.00", tax=tax, items=(item,))))
    assert (extracted.totals.tax, extracted.lines[0].tax, extracted.lines[0].tax_percent) == (0, 0, 0)
    assert (extracted.lines[0].note or "").startswith(rate if rate != "0" else "")
    assert not [remark for remark in extracted.remarks if remark.level != Level.NOTICE]


@pytest.mark.parametrize(
    ("rate", "percent"), [("0.13", 13), ("0.060000", 6), ("13%", 13), ("1.5%", "1.5"), ("0.015", "1.5")]
)
def test_rates_however_written(rate: str, percent: object) -> None:
    extracted = document(xml(replace(PAPER, items=(replace(Item(), rate=rate),))))
    assert extracted.lines[0].tax_percent == Decimal(str(percent))


def test_xbrl_of_the_receiver_is_the_same_invoice() -> None:
    accounts = document(xbrl())
    assert formats.business_key(accounts) == formats.business_key(document(xml()))
    assert not formats.contradicts(accounts, document(xml()))
    assert formats.business_key(document(xbrl(RED))) == formats.business_key(document(xml(RED)))
    assert rules(xbrl()) == {}


@pytest.mark.parametrize("told", ["true", "1", "TRUE", "是"])
def test_a_claim_that_was_financed_already(told: str) -> None:
    assert rules(xbrl(financed=told)) == {"already_financed": Level.ATTENTION}
    assert "already_financed" not in rules(xbrl(financed="false"))


def test_xbrl_of_a_legacy_invoice() -> None:
    tax_id = "TaxpayerIdentificationNumberUnifiedSocialCreditCode"
    facts = {
        "CodeOfInvoice": "050001700111",
        "NumberOfInvoice": "99999951",
        "IdentifyingCode": "14754822929856772523",
        "DateOfIssue": "2020-10-10",
        "NameOfSeller": SELLER[0],
        f"{tax_id}OfSeller": SELLER[1],
        "NameOfPurchaser": BUYER[0],
        f"{tax_id}OfPurchaser": BUYER[1],
        "TotalAmountExcludingTax": "300.00",
        "TotalTaxAmount": "18.00",
        "TaxIncludedAmountInFigures": "318.00",
        "TaxIncludedAmountInWords": "叁佰壹拾捌圆整",
        "WhetherInvoiceHasBeenFactoredSoldOrSecuritized": "true",
    }
    ns = EINV.replace("einv", "inv")
    line = (
        "<i:InformationOfTaxableGoodsOrServicesDetailItemsTuple><i:NameOfTaxableGoodsOrServices>*餐饮服务*餐费"
        "</i:NameOfTaxableGoodsOrServices><i:AmountExcludingTax>300.00</i:AmountExcludingTax><i:TaxRate>6.00%</i:TaxRate>"
        "<i:TaxAmount>18.00</i:TaxAmount></i:InformationOfTaxableGoodsOrServicesDetailItemsTuple>"
    )
    body = "".join(f"<i:{name}>{value}</i:{name}>" for name, value in facts.items())
    start = f'<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:i="{ns}">'
    extracted = document(f"{start}{body}{line}</xbrl>".encode())
    assert (extracted.number, extracted.total) == ("05000170011199999951", Decimal("318.00"))
    assert (extracted.lines[0].tax_percent, extracted.lines[0].tax) == (Decimal("6.00"), Decimal("18.00"))
    assert [remark.rule for remark in extracted.remarks] == ["already_financed"]
    unique = (
        body.replace("CodeOfInvoice", "X")
        .replace("<i:NumberOf", "<i:UniqueCodeOf")
        .replace("</i:NumberOf", "</i:UniqueCodeOf")
    )
    again = document(f"{start}{unique.replace('>99999951<', '>05000170011199999951<')}</xbrl>".encode())
    assert formats.business_key(again) == formats.business_key(extracted)


def test_other_instances_and_other_invoices_are_none_of_ours() -> None:
    assert formats.parse(b'<xbrl xmlns="http://www.xbrl.org/2003/instance"/>') is None
    ticket = b'<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:r="http://xbrl.mof.gov.cn/taxonomy/2023-12-31/rai"><r:Fare>1</r:Fare></xbrl>'
    assert formats.parse(ticket) is None
    assert formats.parse(b"<EInvoice><Seller/></EInvoice>") is None


CONTRADICTIONS: dict[str, Paper] = {
    "tax_inclusive_arithmetic": replace(PAPER, total="421.00", words="肆佰贰拾壹圆整"),
    "lines_total": replace(PAPER, net="370.00", total="418.32", words=""),
    "tax_total": replace(PAPER, tax="49.32", total="421.00", words=""),
    "line_arithmetic": replace(PAPER, items=(replace(Item(), price="19"),)),
    "line_tax_arithmetic": replace(PAPER, items=(replace(Item(), rate="0.06"),)),
    "amount_in_words": replace(PAPER, words="肆佰贰拾壹圆整"),
    "company_id_check_digit": replace(PAPER, seller=(SELLER[0], "91320594MA0DEM0133")),
}


@pytest.mark.parametrize("rule", CONTRADICTIONS)
def test_what_does_not_hold_needs_attention(rule: str) -> None:
    data = xml(CONTRADICTIONS[rule])
    assert rules(data)[rule] == Level.ATTENTION
    assert formats.read(data).verdict == Verdict.ATTENTION


@pytest.mark.parametrize("number", ["2632200000000418001", "263220000000041800180", "26322000000004180O18", "99999951"])
def test_a_number_of_another_shape_is_refused(number: str) -> None:
    data = xml(replace(PAPER, number=number))
    assert rules(data)["number_shape"] == Level.REFUSED
    with pytest.raises(formats.Refused, match="20 digits"):
        formats.parse(data)


def test_dates_are_held_against_the_day() -> None:
    assert rules(xml(), today=date(2026, 11, 1)) == {"signature_not_verified": Level.NOTICE}
    assert rules(xml(), today=date(2026, 10, 31))["date_in_future"] == Level.ATTENTION
    assert "date_long_ago" not in rules(xml(), today=date(2031, 11, 2))
    assert rules(xml(), today=date(2031, 11, 3))["date_long_ago"] == Level.NOTICE


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": ""}, "number_missing"),
        ({"total": "1e3"}, "figure_invalid"),
        ({"net": "壹"}, "figure_invalid"),
        ({"day": "2026-13-01"}, "day_invalid"),
        ({"remark": "a" * 10_001}, "text_too_long"),
        ({"remark": "a\u202eb"}, "text_invalid"),
        ({"items": (Item(),) * 5_001}, "too_many_lines"),
    ],
)
def test_what_cannot_be_read_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(formats.Refused) as refusal:
        formats.parse(xml(replace(PAPER, **change)))  # type: ignore[arg-type]  # one field each
    assert refusal.value.code == code


def test_broken_files_are_refused_by_name() -> None:
    whole = xml()
    for share in (0.3, 0.6, 0.99):
        with pytest.raises(formats.Refused) as refusal:
            formats.parse(whole[: int(len(whole) * share)])
        assert refusal.value.code == "xml_malformed"
