"""What a document's type code says, in UBL as in CII. Source: UNTDID 1001, as EN 16931 divides it (BR-CL-01)."""

from collections.abc import Iterator

from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.remarks import ALREADY_FINANCED

CREDIT_NOTES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})
# What asks for more of what was invoiced before.
DEBIT_NOTES = frozenset({"80", "84", "383", "527"})
INVOICE_CODES = (
    "71 82 102 130 202 203 204 211 218 219 295 325 326 331 336 380 382 384 385 386 387 388 389 390 393 394 395 456 457"
    " 553 575 623 633 751 780 817 870 875 876 877 935"
)
INVOICES = frozenset(INVOICE_CODES.split())
PROFORMA, FACTORED = "325", "393"


def kind_of_bill(code: str) -> str | None:
    """What an invoice's type code says that it is; None for one that is not on the list."""
    if code in INVOICES:
        return "invoice"
    return "credit_note" if code in CREDIT_NOTES else "debit_note" if code in DEBIT_NOTES else None


def remarks_on(code: str | None) -> Iterator[Remark]:
    """A pro-forma invoice is no claim, and a factored one is a claim of somebody else's."""
    if code == PROFORMA:
        detail = "This is a pro-forma invoice (type 325): it asks nobody to pay."
        yield Remark("proforma", detail, level=Level.ATTENTION, field="kind")
    if code == FACTORED:
        detail = "The file says by its type (393) that this claim was assigned to a factor."
        yield Remark(ALREADY_FINANCED, detail, level=Level.ATTENTION, field="kind")
