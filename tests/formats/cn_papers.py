"""Chinese invoices made for tests, in every carrier, from one description."""

from dataclasses import dataclass, replace
from decimal import Decimal

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
