"""What a document's type code says, in UBL as in CII. Source: UNTDID 1001, as EN 16931 divides it (BR-CL-01)."""

from abs_platform.integrations.formats.model import Level, Remark

CREDIT_NOTES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})
# What asks for more of what was invoiced before.
DEBIT_NOTES = frozenset({"80", "84", "383", "527"})
INVOICE_CODES = (
    "71 82 102 130 202 203 204 211 218 219 295 325 326 331 336 380 382 384 385 386 387 388 389 390 393 394 395 456 457"
    " 553 575 623 633 751 780 817 870 875 876 877 935"
)
INVOICES = frozenset(INVOICE_CODES.split())
PROFORMA = "325"


def kind_of_bill(code: str) -> str | None:
    """What an invoice's type code says that it is; None for one that is not on the list."""
    if code in INVOICES:
        return "invoice"
    return "credit_note" if code in CREDIT_NOTES else "debit_note" if code in DEBIT_NOTES else None


def proforma_remark() -> Remark:
    """A pro-forma invoice is no claim."""
    detail = "This is a pro-forma invoice (type 325): it asks nobody to pay."
    return Remark("proforma", detail, level=Level.ATTENTION, field="kind")
