"""XBRL instances of 财政部《电子凭证会计数据标准》: `einv` (数电票, receiver's view) and `inv` (legacy VAT invoices), by local names.

Sources: XBRL 2.1 §4; taxonomies http://xbrl.mof.gov.cn/taxonomy/2021-11-30 and 2023-12-31, entry points einv_ord_receiver,
einv_spcl_receiver, inv_ord_issuer, inv_spcl_issuer and their receivers.
"""

from abs_platform.integrations.formats.cn.stated import Stated, StatedLine, StatedParty
from abs_platform.integrations.formats.cn.values import Element, account, local, own_text
from abs_platform.integrations.formats.fields import MAX_NAME, MAX_TEXT
from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.remarks import ALREADY_FINANCED
from abs_platform.integrations.formats.vat import RECEIVERS_VIEW

INSTANCE = "{http://www.xbrl.org/2003/instance}xbrl"
TAXONOMY = "http://xbrl.mof.gov.cn/taxonomy/"
# `WhetherEinvoiceHasBeenFactoredSoldOrSecuritized`; the taxonomies of other years and kinds name the subject otherwise.
FINANCED = "HasBeenFactoredSoldOrSecuritized"
TRUE = frozenset({"true", "1", "是"})


def read_xbrl(root: Element) -> Stated | None:
    """What the instance states of an invoice; None where it is an instance of something else. Raises Refused."""
    facts = _facts(root)
    if not any(name in facts for name in ("InvoiceNumber", "NumberOfInvoice", "UniqueCodeOfInvoice")):
        return None
    return _einv(root, facts) if "InvoiceNumber" in facts else _inv(root, facts)


def _facts(root: Element) -> dict[str, str]:
    """The facts right below the root, the first of each name that says anything."""
    facts: dict[str, str] = {}
    for each in root:
        name = local(each)
        if name and TAXONOMY in str(each.tag) and not len(each) and not facts.get(name):
            facts[name] = own_text(each, MAX_TEXT)
    return facts


def _einv(root: Element, facts: dict[str, str]) -> Stated:
    """The receiver's view: the accounting entity is who received the invoice, the buyer."""
    return Stated(
        syntax=RECEIVERS_VIEW,
        version=_version(root),
        number=facts["InvoiceNumber"],
        date=facts.get("IssueTime") or facts.get("RequestTime", ""),
        seller=StatedParty(
            facts.get("SellerName", ""), facts.get("SellerIdNum", ""), facts.get("SellerBankAccNum", "")
        ),
        buyer=StatedParty(
            facts.get("BuyerName") or facts.get("NameOfAccountingEntity", ""),
            facts.get("BuyerIdNum") or facts.get("UnifiedSocialCreditCodeOfAccountingEntity", ""),
        ),
        net=facts.get("TotalAmWithoutTax", ""),
        tax=facts.get("TotalTaxAm", ""),
        total=facts.get("TotalTax-includedAmount", ""),
        words=facts.get("TotalTax-includedAmountInChinese", ""),
        contract_number=facts.get("ContractNumber", ""),
        red=facts.get("WhetherEinvoiceIsRedEinvoice", "").lower() in TRUE,
        remarks=_financed(facts),
    )


def _inv(root: Element, facts: dict[str, str]) -> Stated:
    code, number = facts.get("CodeOfInvoice", ""), facts.get("NumberOfInvoice", "")
    unique = facts.get("UniqueCodeOfInvoice", "")
    if not (code and number) and len(unique) in (18, 20):
        code, number = unique[:-8], unique[-8:]
    seller, buyer = "OfSeller", "OfPurchaser"
    tax_id = "TaxpayerIdentificationNumberUnifiedSocialCreditCode"
    check_code = facts.get("IdentifyingCode", "").replace(" ", "")
    note = facts.get("Remarks", "")
    return Stated(
        syntax="XBRL inv",
        version=_version(root),
        code=code,
        number=number,
        check_code=check_code,
        date=facts.get("DateOfIssue", ""),
        seller=StatedParty(
            facts.get("NameOfSeller", ""),
            facts.get(tax_id + seller) or facts.get("UnifiedSocialCreditCodeOfSeller", ""),
            account(facts.get("DepositBankAndAccountNumberOfSeller", "")) or "",
        ),
        buyer=StatedParty(
            facts.get("NameOfPurchaser") or facts.get("NameOfAccountingEntity", ""),
            facts.get(tax_id + buyer)
            or facts.get("UnifiedSocialCreditCodeOfPurchaser")
            or facts.get("UnifiedSocialCreditCodeOfAccountingEntity", ""),
        ),
        net=facts.get("TotalAmountExcludingTax", ""),
        tax=facts.get("TotalTaxAmount", ""),
        total=facts.get("TaxIncludedAmountInFigures", ""),
        words=facts.get("TaxIncludedAmountInWords", ""),
        lines=tuple(_line(each) for each in root if local(each).endswith("DetailItemsTuple")),
        notes=(note,) if note else (),
        contract_number=facts.get("ContractNumber", ""),
        red=facts.get("WhetherInvoiceIsRedInvoice", "").lower() in TRUE,
        remarks=_financed(facts),
    )


def _line(item: Element) -> StatedLine:
    stated = {local(each): own_text(each, MAX_NAME) for each in item}

    def first(*names: str) -> str:
        """The taxonomies of several years end these names differently."""
        found = (value for begin in names for name, value in stated.items() if name.startswith(begin) and value)
        return next(found, "")

    price = first("UnitPrice")
    return StatedLine(
        name=first("NameOfTaxableGoodsOrServices", "NameOfGoods"),
        specification=first("Specification"),
        unit=first("UnitOf", "MeasurementUnit"),
        quantity=first("Quantity"),
        price=price,
        amount=first("AmountExcludingTax"),
        rate=first("TaxRate"),
        tax=first("TaxAmount"),
    )


def _version(root: Element) -> str | None:
    """The taxonomy's date, from the namespace of the first fact."""
    for each in root:
        if isinstance(each.tag, str) and TAXONOMY in each.tag:
            return each.tag.partition(TAXONOMY)[2].partition("/")[0][:20] or None
    return None


def _financed(facts: dict[str, str]) -> tuple[Remark, ...]:
    """The receiver says that the claim was factored, sold or securitised: whoever finances it finances it twice."""
    told = [name for name, value in facts.items() if name.endswith(FINANCED) and value.lower() in TRUE]
    if not told:
        return ()
    detail = f"{told[0]} is true: the claim of this invoice was factored, sold or securitised already."
    return (Remark(ALREADY_FINANCED, detail, {}, Level.ATTENTION),)
