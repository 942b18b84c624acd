"""What a rule of EN 16931 is about, as a path in the JSON of `Extracted`: from the rule's name and from where it broke.

Source: EN 16931-1 §6 for the business terms of each rule. A best effort: no path where a rule is about something that
is not read (addresses, tax breakdowns, attachments).
"""

from abs_platform.integrations.formats.validators import Failure

LINES = ("InvoiceLine", "CreditNoteLine", "IncludedSupplyChainTradeLineItem")
PARTIES = {
    "AccountingSupplierParty": "seller",
    "SellerTradeParty": "seller",
    "AccountingCustomerParty": "buyer",
    "BuyerTradeParty": "buyer",
}
BY_RULE = {
    "BR-02": "number",
    "BR-03": "issue_date",
    "BR-04": "kind",
    "BR-05": "currency",
    "BR-06": "seller.name",
    "BR-07": "buyer.name",
    "BR-08": "seller",
    "BR-09": "seller",
    "BR-10": "buyer",
    "BR-11": "buyer",
    "BR-12": "totals.lines",
    "BR-13": "totals.tax_exclusive",
    "BR-14": "totals.tax_inclusive",
    "BR-15": "totals.payable",
    "BR-16": "lines",
    "BR-17": "others",
    "BR-18": "others",
    "BR-50": "payee_account",
    "BR-51": "payee_account",
    "BR-61": "payee_account",
    "BR-62": "seller.endpoint_id",
    "BR-63": "buyer.endpoint_id",
    "BR-CL-01": "kind",
    "BR-CL-03": "currency",
    "BR-CL-04": "currency",
    "BR-CO-03": "issue_date",
    "BR-CO-09": "seller.company_id",
    "BR-CO-10": "totals.lines",
    "BR-CO-11": "totals.allowances",
    "BR-CO-12": "totals.charges",
    "BR-CO-13": "totals.tax_exclusive",
    "BR-CO-14": "totals.tax",
    "BR-CO-15": "totals.tax_inclusive",
    "BR-CO-16": "totals.payable",
    "BR-CO-17": "totals.tax",
    "BR-CO-18": "totals.tax",
    "BR-CO-25": "due_date",
    "BR-CO-26": "seller.company_id",
    "BR-DEC-09": "totals.lines",
    "BR-DEC-10": "totals.allowances",
    "BR-DEC-11": "totals.charges",
    "BR-DEC-12": "totals.tax_exclusive",
    "BR-DEC-13": "totals.tax",
    "BR-DEC-14": "totals.tax_inclusive",
    "BR-DEC-16": "totals.prepaid",
    "BR-DEC-17": "totals.rounding",
    "BR-DEC-18": "totals.payable",
}
OF_LINE = {
    "BR-21": "id",
    "BR-22": "quantity",
    "BR-23": "unit",
    "BR-24": "amount",
    "BR-25": "item_name",
    "BR-26": "price",
    "BR-27": "price",
    "BR-28": "price",
    "BR-64": "standard_item_id",
    "BR-CL-21": "standard_item_id",
    "BR-CL-23": "unit",
    "BR-DEC-23": "amount",
}
# Where a stylesheet without the code-list rules says that a value is in none of its lists: by element and attribute.
BY_CODE = {
    ("ExchangedDocument", "TypeCode", ""): "BR-CL-01",
    ("", "", "@currencyID"): "BR-CL-03",
    ("", "InvoiceCurrencyCode", ""): "BR-CL-04",
    ("", "TaxCurrencyCode", ""): "BR-CL-05",
    ("", "DueDateTypeCode", ""): "BR-CL-06",
    ("", "SubjectCode", ""): "BR-CL-08",
    ("", "ClassCode", "@listID"): "BR-CL-13",
    ("", "CountryID", ""): "BR-CL-14",
    ("OriginTradeCountry", "ID", ""): "BR-CL-15",
    ("SpecifiedTradeSettlementPaymentMeans", "TypeCode", ""): "BR-CL-16",
    ("ApplicableTradeTax", "CategoryCode", ""): "BR-CL-17",
    ("CategoryTradeTax", "CategoryCode", ""): "BR-CL-18",
    ("SpecifiedTradeAllowanceCharge", "ReasonCode", ""): "BR-CL-19",
    ("SpecifiedTradeProduct", "GlobalID", "@schemeID"): "BR-CL-21",
    ("", "ExemptionReasonCode", ""): "BR-CL-22",
    ("", "", "@unitCode"): "BR-CL-23",
    ("", "AttachmentBinaryObject", "@mimeCode"): "BR-CL-24",
    ("", "URIID", "@schemeID"): "BR-CL-25",
    ("ShipToTradeParty", "GlobalID", "@schemeID"): "BR-CL-26",
    ("SpecifiedLegalOrganization", "ID", "@schemeID"): "BR-CL-11",
    ("", "GlobalID", "@schemeID"): "BR-CL-10",
}


def code_rule(failure: Failure) -> str:
    """The standard's rule on the code list that the document's code is not in; empty where it is no such failure."""
    if not failure.text.startswith("Value of '") or "is not allowed" not in failure.text:
        return ""
    attribute = failure.text.split("'")[1]
    attribute = attribute if attribute.startswith("@") else ""
    names = ["", *(name for name, _ in failure.path)]
    parent, element = names[-2] if len(names) > 1 else "", names[-1]
    keys = ((parent, element, attribute), ("", element, attribute), ("", "", attribute))
    return next((BY_CODE[key] for key in keys if key in BY_CODE), "")


def field_of(rule: str, path: tuple[tuple[str, int], ...]) -> str:
    """The field's path; empty where the rule is about the whole or about what is not read."""
    rule = rule.replace("-FXEXT", "").replace("-FREXT", "")
    for name, number in path:
        if name in LINES:
            line = f"lines.{number - 1}"
            return f"{line}.{OF_LINE[rule]}" if rule in OF_LINE else line
    if rule in BY_RULE:
        return BY_RULE[rule]
    return next((PARTIES[name] for name, _ in path if name in PARTIES), "")
