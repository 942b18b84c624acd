"""OFD: the invoice attached, tagged or printed; what is seen must be what is stated; nothing in it harms the reader."""

import io
import zipfile
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Extracted, Level, from_json, to_json
from abs_platform.integrations.formats.reading import Verdict
from tests.formats.cn_papers import PAPER, RED, Item, einvoice, many, ofd_members, packed, right, shown, xbrl, xml
from tests.shared_data import shared

PUBLISHED = ("vat_ordinary_3lines_99999951", "vat_ordinary_100lines_71500013")


def document(data: bytes) -> Extracted:
    extracted = formats.parse(data)
    assert extracted is not None
    return extracted


def rules(data: bytes) -> dict[str, Level]:
    return {remark.rule: remark.level for remark in formats.read(data).all_remarks}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_files_say_what_is_attached(name: str) -> None:
    folder = shared("03_cn_einvoice") / "ofd"
    data, attached = (folder / f"{name}.ofd").read_bytes(), (folder / f"{name}.attached.xml").read_bytes()
    reading = formats.read(data)
    assert (reading.format, reading.media_type) == ("OFD 1.1", "application/ofd")
    assert formats.business_key(document(data)) == formats.business_key(document(attached))
    assert formats.content_key(document(data)) == formats.content_key(document(attached))
    found = rules(data)
    assert found["signature_not_verified"] == Level.NOTICE
    assert "seen_differs_from_stated" not in found


def members_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("without", [("Attachs",), ("Attachs", "Tags")])
def test_published_files_without_their_attachment_are_read_from_the_page(name: str, without: tuple[str, ...]) -> None:
    path = shared("03_cn_einvoice") / "ofd" / f"{name}.ofd"
    whole = path.read_bytes()
    members = {key: data for key, data in members_of(whole).items() if not any(each in key for each in without)}
    printed = document(packed(members))
    assert formats.business_key(printed) == formats.business_key(document(whole))
    assert not formats.contradicts(printed, document(whole))
    if name == PUBLISHED[0]:
        assert len(printed.lines) == 3


def test_packed_anew_or_signed_otherwise_it_is_the_same_invoice() -> None:
    whole = (shared("03_cn_einvoice") / "ofd" / f"{PUBLISHED[1]}.ofd").read_bytes()
    members = members_of(whole)
    unsigned = {name: data for name, data in members.items() if "Signs" not in name}
    unsigned["OFD.xml"] = unsigned["OFD.xml"].replace(
        b"<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>", b""
    )
    for each in (packed(dict(reversed(members.items())), zipfile.ZIP_STORED), packed(unsigned)):
        assert formats.content_key(document(each)) == formats.content_key(document(whole))
    assert "signature_not_verified" not in rules(packed(unsigned))


def test_what_was_changed_after_signing_is_named() -> None:
    members = members_of((shared("03_cn_einvoice") / "ofd" / f"{PUBLISHED[1]}.ofd").read_bytes())
    assert "signature_digest_differs" not in rules(packed(members))
    page = "Doc_0/Pages/Page_0/Content.xml"
    changed = {**members, page: members[page].replace(b"10000.00", b"90000.00")}
    found = rules(packed(changed))
    assert found["signature_digest_differs"] == Level.ATTENTION
    assert found["seen_differs_from_stated"] == Level.ATTENTION


CARRIERS = {
    "attached": ofd_members(attached={"einvoice.xml": xml()}),
    "tagged": ofd_members(tags=True),
    "printed": ofd_members(),
    "accounts": ofd_members(attached={"einv.xbrl": xbrl()}),
    "attached in an unlisted place": {**ofd_members(), "Doc_0/Attachs/original_invoice.xml": xml()},
    "attached and tagged": ofd_members(attached={"einvoice.xml": xml()}, tags=True),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_every_carrier_is_the_same_invoice(carrier: str) -> None:
    extracted = document(packed(CARRIERS[carrier]))
    assert formats.business_key(extracted) == formats.business_key(document(xml()))
    assert not formats.contradicts(extracted, document(xml()))
    if carrier.startswith("attached"):
        assert formats.content_key(extracted) == formats.content_key(document(xml()))
    assert ("read_from_print" in rules(packed(CARRIERS[carrier]))) is (carrier == "printed")
    assert "seen_differs_from_stated" not in rules(packed(CARRIERS[carrier]))


def test_a_print_is_read_with_its_lines() -> None:
    items = (Item(), Item(name="*轴承*圆锥滚子轴承", spec="30206", quantity="5", price="74.336"))
    paper = replace(PAPER, net="743.36", tax="96.64", total="840.00", words="捌佰肆拾圆整", items=items)
    printed = document(packed(ofd_members(paper)))
    assert [(line.item_name, line.item_description, line.unit, line.quantity) for line in printed.lines] == [
        ("*轴承*深沟球轴承", "6204-2RS", "套", Decimal(20)),
        ("*轴承*圆锥滚子轴承", "30206", "套", Decimal(5)),
    ]
    assert not formats.contradicts(printed, document(xml(paper)))
    assert (printed.totals.tax_exclusive, printed.totals.tax) == (Decimal("743.36"), Decimal("96.64"))


def test_names_that_go_on_in_the_next_row() -> None:
    texts = [*shown(), (6, 64.5, "（高精度）"), (50, 64.5, "/P5")]
    [line] = document(packed(ofd_members(texts=texts))).lines
    assert (line.item_name, line.item_description) == ("*轴承*深沟球轴承(高精度)", "6204-2RS/P5")


def test_lines_that_make_another_sum_are_left_out() -> None:
    texts = [*shown(), (6, 66, "*轴承*看不清"), right(148, 66, "1.00"), right(166, 66, "13%"), right(202, 66, "0.13")]
    data = packed(ofd_members(texts=texts))
    assert document(data).lines == ()
    assert rules(data)["lines_not_read"] == Level.NOTICE


def test_a_buyer_without_a_number() -> None:
    paper = replace(PAPER, buyer=("张伟", ""))
    printed = document(packed(ofd_members(paper)))
    assert printed.buyer is not None
    assert (printed.buyer.name, printed.buyer.company_id) == ("张伟", None)
    assert printed.seller == document(xml()).seller
    assert formats.business_key(printed) == formats.business_key(document(xml(paper)))


def test_a_red_letter_print() -> None:
    printed = document(packed(ofd_members(RED)))
    assert (printed.kind, printed.invoice_numbers) == ("credit_note", (PAPER.number,))
    assert formats.business_key(printed) == formats.business_key(document(xml(RED)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": "26322000000004180019"}, "number"),
        ({"day": "2026-11-03"}, "issue_date"),
        ({"total": "4200.00"}, "totals.payable"),
    ],
)
def test_what_is_seen_must_be_what_is_stated(change: dict[str, str], field: str) -> None:
    data = packed(ofd_members(replace(PAPER, **change), attached={"einvoice.xml": xml()}))  # type: ignore[arg-type]  # texts all
    [remark] = [each for each in formats.read(data).all_remarks if each.rule == "seen_differs_from_stated"]
    assert (remark.field, remark.level) == (field, Level.ATTENTION)
    assert formats.read(data).verdict == Verdict.ATTENTION


def test_an_attachment_that_says_otherwise_than_another() -> None:
    attached = {"a.xml": xml(), "b.xml": xml(replace(PAPER, account="99999999999999"))}
    assert "seen_differs_from_stated" in rules(packed(ofd_members(attached=attached)))


def test_the_flag_of_an_attached_instance_counts() -> None:
    data = packed(ofd_members(attached={"a.xml": xml(), "b.xml": xbrl(financed="true")}))
    assert rules(data)["already_financed"] == Level.ATTENTION
    assert len(document(data).lines) == 1


def test_an_ofd_without_an_invoice_is_kept_for_entry() -> None:
    reading = formats.read(packed(ofd_members(texts=[(10, 10, "会议通知")])))
    assert (reading.document, reading.media_type, reading.verdict) == (None, "application/ofd", Verdict.ATTENTION)
    assert [remark.rule for remark in reading.remarks] == ["no_structured_data"]


def test_long_invoices() -> None:
    paper = many(2_000)
    extracted = document(packed(ofd_members(paper, attached={"einvoice.xml": xml(paper)}, texts=[])))
    assert len(extracted.lines) == 2_000


BROKEN = ofd_members(attached={"einvoice.xml": xml()})
DOCTYPE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
HOSTILE = {
    "no document": ({**BROKEN, "Doc_0/Document.xml": b"<broken"}, "ofd_damaged"),
    "document missing": ({k: v for k, v in BROKEN.items() if k != "Doc_0/Document.xml"}, "ofd_damaged"),
    "entry broken": ({**BROKEN, "OFD.xml": b"<ofd:OFD"}, "ofd_damaged"),
    "entry empty": ({**BROKEN, "OFD.xml": b""}, "ofd_damaged"),
    "doctype in entry": ({**BROKEN, "OFD.xml": DOCTYPE + b"<x/>"}, "doctype_forbidden"),
    "doctype in attachment": ({**BROKEN, "Doc_0/Attachs/einvoice.xml": DOCTYPE + b"<EInvoice/>"}, "doctype_forbidden"),
    "doctype in page": ({**BROKEN, "Doc_0/Pages/Page_0/Content.xml": DOCTYPE + b"<x/>"}, "doctype_forbidden"),
    "bomb": ({**BROKEN, "Doc_0/Pages/Page_0/Content.xml": b" " * 30_000_000}, "archive_bomb"),
    "deep": ({**BROKEN, "Doc_0/Pages/Page_0/Content.xml": b"<x>" * 300 + b"</x>" * 300}, "too_deep"),
    "slip": ({**BROKEN, "../../evil.xml": b"<x/>"}, "archive_path"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_containers_are_refused_by_name(what: str) -> None:
    members, code = HOSTILE[what]
    with pytest.raises(formats.Refused) as refusal:
        formats.parse(packed(members))
    assert refusal.value.code == code
    assert formats.read(packed(members)).verdict == Verdict.REFUSED


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../../etc/passwd", "Doc_0/Document.xml", "", "a" * 5_000, "\\..\\x"]
)
def test_references_lead_nowhere_but_into_the_container(path: str) -> None:
    members = dict(BROKEN)
    for name in ("Doc_0/Attachs/Attachments.xml", "Doc_0/Document.xml"):
        members[name] = (
            members[name].replace(b"einvoice.xml", path.encode()).replace(b"Tpls/Tpl_0/Content.xml", path.encode())
        )
    assert document(packed(members)).number == PAPER.number


@pytest.mark.parametrize("boundary", ["", "NaN NaN 1 1", "1e300 1e300 1 1", "x", "1 " * 10_000, "inf 0 0 0"])
def test_texts_at_impossible_places(boundary: str) -> None:
    members = dict(ofd_members())
    page = "Doc_0/Pages/Page_0/Content.xml"
    members[page] = members[page].replace(b'Boundary="167 9 60 5"', f'Boundary="{boundary}"'.encode(), 1)
    assert formats.read(packed(members)).verdict in (Verdict.ATTENTION, Verdict.REFUSED)


def test_truncated_files_are_refused() -> None:
    whole = packed(BROKEN)
    codes = Counter[str]()
    for share in range(1, 20):
        with pytest.raises(formats.Refused) as refusal:
            formats.parse(whole[: len(whole) * share // 20])
        codes[refusal.value.code] += 1
    assert set(codes) == {"archive_damaged"}


def test_tags_in_the_shape_of_the_shudian_invoice() -> None:
    """Some platforms tag by the paths of the XML, with values beside references."""
    tree = einvoice()
    ns = "http://www.ofdspec.org/2016"
    for element in [each for each in tree.iter() if not len(each) and (each.text or "").strip()]:
        etree.SubElement(element, f"{{{ns}}}ObjectData").text, element.text = element.text, None
    number = tree.find("TaxSupervisionInfo/InvoiceNumber")
    assert number is not None
    number[:] = [etree.Element(f"{{{ns}}}ObjectRef", PageRef="1")]
    number[0].text = "100"  # the first text on the page
    members = {**ofd_members(tags=True), "Doc_0/Tags/CustomTag.xml": etree.tostring(tree)}
    assert formats.content_key(document(packed(members))) == formats.content_key(document(xml()))


def test_the_account_in_the_note() -> None:
    remark = "购方开户银行:中国银行; 银行账号:3700123456789012; 销方开户银行:建设银行苏州分行; 银行账号:32050198863600001234;"
    printed = document(packed(ofd_members(replace(PAPER, remark=remark))))
    assert printed.payee_account == PAPER.account


REAL = ofd_members(attached={"einvoice.xml": xml(), "einv.xml": xbrl()}, tags=True)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_members_are_read_or_refused_by_code(data: st.DataObject) -> None:
    """Bytes are changed inside the container, so that what is damaged gets past its checksums."""
    members = dict(REAL)
    name = data.draw(st.sampled_from(sorted(members)))
    broken = bytearray(members[name])
    for at in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=6)):
        broken[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(broken), len(broken), len(broken) // 2]))
    reading = formats.read(packed({**members, name: bytes(broken[:cut])}))
    if reading.document is not None:
        assert from_json(to_json(reading.document)) == reading.document
    else:
        assert reading.verdict in (Verdict.ATTENTION, Verdict.REFUSED)


def test_tags_held_by_an_element_of_any_name() -> None:
    members = ofd_members(tags=True)
    name = "Doc_0/Tags/CustomTag.xml"
    members[name] = members[name].replace(b"fp:eInvoice", b"fp:CustomTag")
    extracted = document(packed(members))
    assert formats.business_key(extracted) == formats.business_key(document(xml()))
    assert [line.amount for line in extracted.lines] == [Decimal("371.68")]
    assert rules(packed(members)) == {"lines_from_print": Level.NOTICE}


def test_tags_that_point_wrong_leave_the_page_to_be_read() -> None:
    members = ofd_members(tags=True)
    name = "Doc_0/Tags/CustomTag.xml"
    members[name] = members[name].replace(b">109<", b">102<")  # the total points at the buyer's name
    assert formats.business_key(document(packed(members))) == formats.business_key(document(xml()))
    assert "read_from_print" in rules(packed(members))


def test_a_file_whose_page_is_a_picture_is_known_by_its_description() -> None:
    values = {
        "发票号码": PAPER.number,
        "开票日期": "2026年11月02日",
        "购买方名称": PAPER.buyer[0],
        "购买方 纳税人识别号": PAPER.buyer[1],
        "销售方名称": PAPER.seller[0],
        "销售方纳税人识别号": PAPER.seller[1],
        "合计金额": PAPER.net,
        "合计税额": PAPER.tax,
        "价税合计": PAPER.total,
    }
    named = "".join(f'<ofd:CustomData Name="{name}">{value}</ofd:CustomData>' for name, value in values.items())
    info = f"<ofd:DocInfo><ofd:CustomDatas>{named}</ofd:CustomDatas></ofd:DocInfo>".encode()
    members = ofd_members(texts=[])
    members["OFD.xml"] = members["OFD.xml"].replace(b"<ofd:DocRoot>", info + b"<ofd:DocRoot>")
    assert formats.business_key(document(packed(members))) == formats.business_key(document(xml()))
    assert rules(packed(members)) == {"read_from_print": Level.ATTENTION, "lines_missing": Level.ATTENTION}
    attached = {**members, "Doc_0/Attachs/a.xml": xml(replace(PAPER, total="421.00", words="", net="372.68"))}
    assert "seen_differs_from_stated" in rules(packed(attached))


def test_tables_of_special_businesses_are_no_lines() -> None:
    texts = [*shown(), (6, 70, "出行人"), (50, 70, "出行日期"), (6, 75, "张伟"), (50, 75, "2026-11-01")]
    [line] = document(packed(ofd_members(texts=texts))).lines
    assert (line.item_name, line.item_description) == ("*轴承*深沟球轴承", "6204-2RS")
