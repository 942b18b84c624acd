"""Invoices in XML: the 数电票 (EInvoice), the legacy e-invoice (eInvoice) and XBRL instances, by local names.

Source of the 数电票's paths: 财政部《电子凭证会计数据标准——全面数字化的电子发票》 annexes, versions 0.2, 0.32 and 0.33 of the file.
"""

from abs_platform.integrations.formats.cn import values
from abs_platform.integrations.formats.cn.stated import Stated, StatedLine, StatedParty
from abs_platform.integrations.formats.cn.values import Element, account, children, local, only_text_at, text_at
from abs_platform.integrations.formats.cn.xbrl import read_xbrl
from abs_platform.integrations.formats.fields import MAX_NAME, MAX_TEXT
from abs_platform.integrations.formats.model import Level, Remark

SHUDIAN = "EInvoice"
LEGACY = "eInvoice"
# In how many envelopes an invoice may lie: a signature's Object, a response of a service.
MAX_FOUND = 2_000


def invoices_in(root: Element) -> list[Element]:
    """The invoices in a tree, be it one itself or an envelope around some; signatures around and within are passed over."""
    if _is_invoice(root):
        return [root]
    found: list[Element] = []
    for name in (SHUDIAN, LEGACY):
        for each in root.iter("{*}" + name):
            if _is_invoice(each) and len(found) < MAX_FOUND:
                found.append(each)
    return found


def read_tree(root: Element) -> Stated | None:
    """What the element states, where it is an invoice of any of these; None where it is none. Raises Refused."""
    if not _is_invoice(root):
        return None
    if local(root) == SHUDIAN:
        return _shudian(root)
    return _legacy(root) if local(root) == LEGACY else read_xbrl(root)


def _is_invoice(root: Element) -> bool:
    name = local(root)
    if name == SHUDIAN:
        return bool(children(root, "EInvoiceData"))
    if name == LEGACY:
        return any(local(each) in ("InvoiceNo", "InvoiceCode", "TaxInclusiveTotalAmount") for each in root)
    return name == "xbrl" and read_xbrl(root) is not None


def _shudian(root: Element) -> Stated:
    data = "EInvoiceData"
    basic = f"{data}/BasicInformation"
    issued_as, header = only_text_at(root, "TaxSupervisionInfo/InvoiceNumber"), only_text_at(root, "Header/EIid")
    items = [each for group in children(root, data) for each in children(group, "IssuItemInformation")]
    original = text_at(root, f"{data}/SpecificInformation/RedEInvoice/OriginalInvoiceCode")
    note = text_at(root, f"{data}/AdditionalInformation/Remark", MAX_TEXT)
    return Stated(
        syntax="数电票 XML",
        version=text_at(root, "Header/Version") or None,
        number=issued_as or header,
        date=only_text_at(root, "TaxSupervisionInfo/IssueTime") or text_at(root, f"{basic}/RequestTime"),
        seller=_shudian_party(root, "Seller"),
        buyer=_shudian_party(root, "Buyer"),
        net=only_text_at(root, f"{basic}/TotalAmWithoutTax"),
        tax=only_text_at(root, f"{basic}/TotalTaxAm"),
        total=only_text_at(root, f"{basic}/TotalTax-includedAmount"),
        words=text_at(root, f"{basic}/TotalTax-includedAmountInChinese"),
        lines=tuple(_shudian_line(each) for each in items),
        notes=(note,) if note else (),
        # 是否蓝字发票标志: whether it is a blue one.
        red=text_at(root, "Header/InherentLabel/InIssuType/LabelCode").upper() == "N",
        originals=(original,) if original else (),
        margin_taxed="差额征税" in note or any("差额" in str(each.text or "") for each in root.iter("{*}LabelName")),
        remarks=_two_numbers(issued_as, header),
    )


def _two_numbers(issued_as: str, header: str) -> tuple[Remark, ...]:
    """The number stands in the header and with the tax authority's part, and is one."""
    if not issued_as or not header or issued_as == header:
        return ()
    detail = f"The header says number {header[:40]}, the tax authority's part says {issued_as[:40]}."
    params = {"expected": issued_as[:40], "found": header[:40]}
    return (Remark("numbers_differ", detail, params, Level.ATTENTION, "number"),)


def _shudian_party(root: Element, role: str) -> StatedParty:
    at = f"EInvoiceData/{role}Information/{role}"
    return StatedParty(
        name=only_text_at(root, f"{at}Name", MAX_NAME),
        tax_id=only_text_at(root, f"{at}IdNum"),
        account=text_at(root, f"{at}BankAccNum"),
    )


def _shudian_line(item: Element) -> StatedLine:
    return StatedLine(
        name=text_at(item, "ItemName", MAX_NAME),
        specification=text_at(item, "SpecMod", MAX_TEXT),
        unit=text_at(item, "MeaUnits"),
        quantity=text_at(item, "Quantity"),
        price=text_at(item, "UnPrice"),
        amount=text_at(item, "Amount"),
        rate=text_at(item, "TaxRate"),
        tax=text_at(item, "ComTaxAm"),
    )


def _legacy(root: Element) -> Stated:
    note = text_at(root, "Note", MAX_TEXT)
    original = text_at(root, "OriginalInvoiceCode") + text_at(root, "OriginalInvoiceNo")
    check_code = text_at(root, "InvoiceCheckCode").replace(" ", "")
    lines = [each for group in children(root, "GoodsInfos") for each in children(group, "GoodsInfo")]
    number = only_text_at(root, "InvoiceNo")
    return Stated(
        syntax="VAT OFD XML" if only_text_at(root, "InvoiceCode") else "数电票 XML",
        version=root.get("Version") or root.get("version"),
        code=only_text_at(root, "InvoiceCode"),
        number=number,
        check_code=check_code,
        date=only_text_at(root, "IssueDate"),
        seller=_legacy_party(root, "Seller"),
        buyer=_legacy_party(root, "Buyer"),
        net=only_text_at(root, "TaxExclusiveTotalAmount"),
        tax=only_text_at(root, "TaxTotalAmount"),
        total=only_text_at(root, "TaxInclusiveTotalAmount"),
        words=text_at(root, "TaxInclusiveTotalAmountWithWords"),
        lines=tuple(_legacy_line(each) for each in lines),
        notes=(note,) if note else (),
        originals=(original,) if original else (),
        margin_taxed=_nonzero(text_at(root, "DeductibleAmount")) or "差额征税" in note,
    )


def _legacy_party(root: Element, role: str) -> StatedParty:
    """In a group of its own in the attached XML, right below the root in the tags of the page."""
    group = next(iter(children(root, role)), root)
    return StatedParty(
        name=only_text_at(group, f"{role}Name", MAX_NAME),
        tax_id=only_text_at(group, f"{role}TaxID"),
        account=account(text_at(group, f"{role}FinancialAccount", MAX_NAME)) or "",
    )


def _legacy_line(item: Element) -> StatedLine:
    return StatedLine(
        name=text_at(item, "Item", MAX_NAME),
        specification=text_at(item, "Specification", MAX_TEXT),
        unit=text_at(item, "MeasurementDimension"),
        quantity=text_at(item, "Quantity"),
        price=text_at(item, "Price"),
        amount=text_at(item, "Amount"),
        rate=text_at(item, "TaxScheme"),
        tax=text_at(item, "TaxAmount"),
    )


def _nonzero(text: str) -> bool:
    return bool(text) and bool(values.figure(text, "DeductibleAmount"))
