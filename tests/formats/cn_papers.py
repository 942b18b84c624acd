"""Chinese invoices made for tests, in every carrier, from one description."""

import io
import json
import zipfile
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
import typst
from lxml import etree

SELLER = ("苏州精工轴承有限公司", "91320594MA0DEM0132")
BUYER = ("青岛海晟装备有限公司", "91370200MA0DEM021W")
XBRLI = "http://www.xbrl.org/2003/instance"
EINV = "http://xbrl.mof.gov.cn/taxonomy/2023-12-31/einv"


@dataclass(frozen=True, slots=True)
class Item:
    """One line; figures as they are written."""

    name: str = "*轴承*深沟球轴承"
    spec: str = "6204-2RS"
    unit: str = "套"
    quantity: str = "20"
    price: str = "18.5840707964602"
    amount: str = "371.68"
    rate: str = "0.13"
    tax: str = "48.32"


@dataclass(frozen=True, slots=True)
class Paper:
    """One invoice."""

    number: str = "26322000000004180018"
    day: str = "2026-11-02"
    seller: tuple[str, str] = SELLER
    buyer: tuple[str, str] = BUYER
    account: str = "32050198863600001234"
    net: str = "371.68"
    tax: str = "48.32"
    total: str = "420.00"
    words: str = "肆佰贰拾圆整"
    items: tuple[Item, ...] = (Item(),)
    remark: str = "合同 HT-2026-018"
    version: str = "0.33"
    blue: str = "Y"
    original: str = ""


PAPER = Paper()
RED = replace(
    PAPER,
    number="26322000000004180099",
    blue="N",
    original=PAPER.number,
    net="-371.68",
    tax="-48.32",
    total="-420.00",
    words="（负数）肆佰贰拾圆整",
    items=(Item(quantity="-20", amount="-371.68", tax="-48.32"),),
    remark=f"被红冲蓝字数电票号码：{PAPER.number} 红字发票信息确认单编号：32050124061002615708",
)


def many(count: int) -> Paper:
    """An invoice of so many lines."""
    net, tax = Decimal("371.68") * count, Decimal("48.32") * count
    return replace(PAPER, net=str(net), tax=str(tax), total=str(net + tax), words="", items=(Item(),) * count)


def einvoice(paper: Paper = PAPER) -> "etree._Element":
    """The 数电票 XML's tree, by the paths of its version."""
    root = etree.Element("EInvoice")

    def put(path: str, text: str) -> None:
        at = root
        for name in path.split("/"):
            found = at.find(name)
            at = etree.SubElement(at, name) if found is None else found
        at.text = text

    put("Header/EIid", paper.number)
    put("Header/EInvoiceTag", "SWEI3200")
    put("Header/Version", paper.version)
    if paper.version != "0.32":
        put("Header/InherentLabel/InIssuType/LabelCode", paper.blue)
        put("Header/InherentLabel/InIssuType/LabelName", "是否蓝字发票标志")
    put("Header/InherentLabel/EInvoiceType/LabelCode", "01")
    put("Header/InherentLabel/GeneralOrSpecialVAT/LabelName", "增值税专用发票")
    for role, (name, tax_id) in (("Seller", paper.seller), ("Buyer", paper.buyer)):
        put(f"EInvoiceData/{role}Information/{role}IdNum", tax_id)
        put(f"EInvoiceData/{role}Information/{role}Name", name)
    put("EInvoiceData/SellerInformation/SellerBankAccNum", paper.account)
    put("EInvoiceData/BasicInformation/TotalAmWithoutTax", paper.net)
    put("EInvoiceData/BasicInformation/TotalTaxAm", paper.tax)
    put("EInvoiceData/BasicInformation/TotalTax-includedAmount", paper.total)
    put("EInvoiceData/BasicInformation/TotalTax-includedAmountInChinese", paper.words)
    put("EInvoiceData/BasicInformation/RequestTime", f"{paper.day} 09:47:14")
    data = root.find("EInvoiceData")
    assert data is not None
    for item in paper.items:
        line = etree.SubElement(data, "IssuItemInformation")
        for name, text in (
            ("ItemName", item.name),
            ("SpecMod", item.spec),
            ("MeaUnits", item.unit),
            ("Quantity", item.quantity),
            ("UnPrice", item.price),
            ("Amount", item.amount),
            ("TaxRate", item.rate),
            ("ComTaxAm", item.tax),
        ):
            etree.SubElement(line, name).text = text
    if paper.version != "0.32":
        put("EInvoiceData/SpecificInformation/Construction/Place", "江苏省苏州市")
    if paper.original:
        put("EInvoiceData/SpecificInformation/RedEInvoice/OriginalInvoiceCode", paper.original)
        put("EInvoiceData/SpecificInformation/RedEInvoice/CreditNoteNumber", "32050124061002615708")
    put("EInvoiceData/AdditionalInformation/Remark", paper.remark)
    put("TaxSupervisionInfo/InvoiceNumber", paper.number)
    put("TaxSupervisionInfo/IssueTime", f"{paper.day} 10:08:05" if paper.version == "0.2" else paper.day)
    put("TaxSupervisionInfo/TaxBureauName", "国家税务总局江苏省税务局")
    if paper.version != "0.32":
        put("TaxBureauSignature/SignatureAlgorithm", "1.2.156.10197.1.501")
        put("TaxBureauSignature/SignatureValue", "MEUCIQ==")
    return root


def xml(paper: Paper = PAPER, encoding: str = "utf-8") -> bytes:
    """The 数电票 XML file."""
    return etree.tostring(einvoice(paper), encoding=encoding, xml_declaration=True, pretty_print=True)


def xbrl(paper: Paper = PAPER, financed: str = "false") -> bytes:
    """The receiver's accounting instance of the same invoice."""
    root = etree.Element(f"{{{XBRLI}}}xbrl", nsmap={"xbrli": XBRLI, "einv": EINV})
    context = etree.SubElement(root, f"{{{XBRLI}}}context", id="now")
    etree.SubElement(context, f"{{{XBRLI}}}entity").text = paper.buyer[1]
    red = "true" if paper.blue == "N" else "false"
    for name, text in (
        ("InvoiceNumber", paper.number),
        ("WhetherEinvoiceHasBeenFactoredSoldOrSecuritized", financed),
        ("WhetherEinvoiceIsRedEinvoice", red),
        ("UnifiedSocialCreditCodeOfAccountingEntity", paper.buyer[1]),
        ("NameOfAccountingEntity", paper.buyer[0]),
        ("SellerName", paper.seller[0]),
        ("SellerIdNum", paper.seller[1]),
        ("TotalAmWithoutTax", paper.net),
        ("TotalTaxAm", paper.tax),
        ("TotalTax-includedAmount", paper.total),
        ("RequestTime", f"{paper.day}T20:05:10"),
    ):
        etree.SubElement(root, f"{{{EINV}}}{name}", contextRef="now").text = text
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


OFD_NS = "http://www.ofdspec.org/2016"
# The form of the 数电票, in millimetres: (x, y of the baseline, text).
Text = tuple[float, float, str]
LABELS: tuple[Text, ...] = (
    (75, 12, "电子发票（增值税专用发票）"),
    (150, 12, "发票号码："),
    (150, 18, "开票日期："),
    *((6, 32 + 4 * n, sign) for n, sign in enumerate("购买方信息")),
    (14, 34, "名称："),
    (14, 44, "统一社会信用代码/纳税人识别号："),
    *((106, 32 + 4 * n, sign) for n, sign in enumerate("销售方信息")),
    (114, 34, "名称："),
    (114, 44, "统一社会信用代码/纳税人识别号："),
    (16, 56, "项目名称"),
    (50, 56, "规格型号"),
    (74, 56, "单 位"),
    (92, 56, "数 量"),
    (115, 56, "单 价"),
    (140, 56, "金 额"),
    (155, 56, "税率/征收率"),
    (190, 56, "税 额"),
    (16, 96, "合"),
    (30, 96, "计"),
    (16, 103, "价税合计（大写）"),
    (135, 103, "（小写）"),
    (6, 112, "备"),
    (6, 120, "注"),
    (20, 132, "开票人："),
)


def right(edge: float, y: float, text: str) -> Text:
    """A figure that stands at the right edge of its column."""
    return (edge - 1.5 * len(text), y, text)


def shown(paper: Paper = PAPER) -> list[Text]:
    """The values on the form of the 数电票."""
    year, month, day = paper.day.split("-")
    texts: list[Text] = [
        (167, 12, paper.number),
        (167, 18, f"{year}年{month}月{day}日"),
        (24, 34, paper.buyer[0]),
        (62, 44, paper.buyer[1]),
        (124, 34, paper.seller[0]),
        (162, 44, paper.seller[1]),
        right(148, 96, f"¥{paper.net}"),
        right(202, 96, f"¥{paper.tax}" if paper.tax[:1] != "*" else paper.tax),
        (50, 103, paper.words),
        (150, 103, f"¥{paper.total}"),
        (14, 114, paper.remark),
        (32, 132, "王芳"),
    ]
    for position, item in enumerate(paper.items):
        y = 61 + 5 * position
        rate = (
            item.rate if not item.rate[:1].isdigit() else f"{Decimal(item.rate) * 100:f}".rstrip("0").rstrip(".") + "%"
        )
        texts += [
            (6, y, item.name),
            (50, y, item.spec),
            (76, y, item.unit),
            right(103, y, item.quantity),
            right(128, y, item.price),
            right(148, y, item.amount),
            right(166, y, rate),
            right(202, y, item.tax),
        ]
    return texts


def _page(texts: list[Text], first_id: int, template: str = "") -> str:
    objects = "".join(
        f'<ofd:TextObject ID="{first_id + n}" Boundary="{x} {y - 3} 60 5" Font="1" Size="3"><ofd:TextCode X="0" Y="3">'
        f"{text}</ofd:TextCode></ofd:TextObject>"
        for n, (x, y, text) in enumerate(texts)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ofd:Page xmlns:ofd="{OFD_NS}">{template}<ofd:Content><ofd:Layer>'
        f"{objects}</ofd:Layer></ofd:Content></ofd:Page>"
    )


TAGS = {
    "InvoiceNo": 0,
    "IssueDate": 1,
    "BuyerName": 2,
    "BuyerTaxID": 3,
    "SellerName": 4,
    "SellerTaxID": 5,
    "TaxExclusiveTotalAmount": 6,
    "TaxTotalAmount": 7,
    "TaxInclusiveTotalAmount": 9,
}


def ofd_members(
    paper: Paper = PAPER,
    attached: dict[str, bytes] | None = None,
    *,
    tags: bool = False,
    texts: list[Text] | None = None,
) -> dict[str, bytes]:
    """The members of a 数电票 OFD: print on a template, `attached` files listed, tags on the texts where asked for."""
    attached = attached or {}
    start = f'<?xml version="1.0" encoding="UTF-8"?><ofd:{{0}} xmlns:ofd="{OFD_NS}" {{1}}>{{2}}</ofd:{{0}}>'
    listed = "".join(
        f'<ofd:Attachment ID="{n}" Name="{name}" Format="xml"><ofd:FileLoc>{name}</ofd:FileLoc></ofd:Attachment>'
        for n, name in enumerate(attached)
    )
    parts = (
        '<ofd:CommonData><ofd:TemplatePage ID="9" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
        '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
        + ("<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>" if tags else "")
    )
    body = "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
    named = "".join(
        f'<fp:{name}><ofd:ObjectRef PageRef="1">{100 + at}</ofd:ObjectRef></fp:{name}>' for name, at in TAGS.items()
    )
    members = {
        "OFD.xml": start.format("OFD", 'Version="1.1" DocType="OFD"', body),
        "Doc_0/Document.xml": start.format("Document", "", parts),
        "Doc_0/Attachs/Attachments.xml": start.format("Attachments", "", listed),
        "Doc_0/Tpls/Tpl_0/Content.xml": _page(list(LABELS), 500),
        "Doc_0/Pages/Page_0/Content.xml": _page(
            shown(paper) if texts is None else texts, 100, '<ofd:Template TemplateID="9"/>'
        ),
    }
    if tags:
        loc = '<ofd:CustomTag TypeID="0"><ofd:FileLoc>CustomTag.xml</ofd:FileLoc></ofd:CustomTag>'
        members["Doc_0/Tags/CustomTags.xml"] = start.format("CustomTags", "", loc)
        members["Doc_0/Tags/CustomTag.xml"] = (
            f'<fp:eInvoice xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019" xmlns:ofd="{OFD_NS}">{named}</fp:eInvoice>'
        )
    return {
        **{name: text.encode() for name, text in members.items()},
        **{f"Doc_0/Attachs/{name}": data for name, data in attached.items()},
    }


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


FONTS = Path(__file__).resolve().parents[2] / "frontend/node_modules/@expo-google-fonts/noto-sans-sc/400Regular"


def pdf(texts: list[Text], attached: dict[str, bytes] | None = None, *, size: str = "3mm") -> bytes:
    """A page with these texts, drawn in the order given, and files attached to it."""
    if not FONTS.is_dir():
        pytest.skip("the fonts are not installed")
    placed = "\n".join(
        f"#place(top + left, dx: {x}mm, dy: {y - 3}mm, text({json.dumps(text, ensure_ascii=False)}))"
        for x, y, text in texts
    )
    files = "\n".join(
        f"#pdf.attach({json.dumps(name)}, bytes(({', '.join(map(str, data))},)))"
        for name, data in (attached or {}).items()
    )
    layout = f'#set page(width: 210mm, height: 140mm, margin: 0mm)\n#set text(font: "Noto Sans SC", size: {size})\n{files}\n{placed}'
    made = typst.compile(
        layout.encode(), format="pdf", font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
    )
    assert isinstance(made, bytes)
    return made
