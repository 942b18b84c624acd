"""What a table can state, by kind of document. Pure Python.

The names are those of formats.model; `HEADER` fields belong to the document, so that its rows agree on them, the others
to each line. Kinds: what a supplier's ERP exports.
"""

from dataclasses import dataclass
from enum import StrEnum

KINDS = ("order", "despatch_advice", "receipt_advice", "invoice", "remittance_advice")
MAX_LINES = 5_000
"""Of one document."""


class Type(StrEnum):
    """How a cell is read."""

    ID = "id"  # text whose digits all count
    TEXT = "text"
    DATE = "date"
    DECIMAL = "decimal"
    PERCENT = "percent"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column can hold. `limit`: the longest text, in characters."""

    name: str
    type: Type
    header: bool
    limit: int = 200
    kinds: tuple[str, ...] = KINDS
    required: tuple[str, ...] = ()

    @property
    def money(self) -> bool:
        """Whether its figures are amounts of money, which a table may state in 万元."""
        return self.name in ("total", "price", "amount", "tax")


_GOODS = ("order", "despatch_advice", "receipt_advice", "invoice")
_PRICED = ("order", "invoice")

FIELDS: tuple[Field, ...] = (
    Field("number", Type.ID, header=True, required=KINDS),
    Field("issue_date", Type.DATE, header=True, required=KINDS),
    Field("buyer_name", Type.TEXT, header=True, limit=300),
    Field("buyer_id", Type.ID, header=True),
    Field("seller_name", Type.TEXT, header=True, limit=300),
    Field("seller_id", Type.ID, header=True),
    Field("currency", Type.CURRENCY, header=True, limit=3, required=KINDS),
    Field("due_date", Type.DATE, header=True, kinds=("order", "invoice")),
    Field("payment_terms", Type.TEXT, header=True, limit=500, kinds=_PRICED),
    Field("contract_number", Type.ID, header=True, kinds=_PRICED),
    Field("total", Type.DECIMAL, header=True, kinds=(*_PRICED, "remittance_advice")),
    Field("line_id", Type.ID, header=False),
    Field("item_name", Type.TEXT, header=False, limit=500, kinds=_GOODS),
    Field("item_description", Type.TEXT, header=False, limit=500, kinds=_GOODS),
    Field("seller_item_id", Type.ID, header=False, kinds=_GOODS),
    Field("buyer_item_id", Type.ID, header=False, kinds=_GOODS),
    Field("unit", Type.TEXT, header=False, limit=20, kinds=_GOODS),
    Field(
        "quantity", Type.DECIMAL, header=False, kinds=_GOODS, required=("order", "despatch_advice", "receipt_advice")
    ),
    Field("rejected", Type.DECIMAL, header=False, kinds=("receipt_advice",)),
    Field("price", Type.DECIMAL, header=False, kinds=_PRICED),
    Field(
        "amount",
        Type.DECIMAL,
        header=False,
        kinds=(*_PRICED, "remittance_advice"),
        required=("invoice", "remittance_advice"),
    ),
    Field("tax", Type.DECIMAL, header=False, kinds=_PRICED),
    Field("tax_percent", Type.PERCENT, header=False, kinds=_PRICED),
    Field("order_number", Type.ID, header=False, kinds=("despatch_advice", "receipt_advice", "invoice")),
    Field("order_line_id", Type.ID, header=False, kinds=("despatch_advice", "receipt_advice", "invoice")),
    Field("despatch_number", Type.ID, header=False, kinds=("receipt_advice", "invoice")),
    Field("receipt_number", Type.ID, header=False, kinds=("invoice",)),
    Field("invoice_number", Type.ID, header=False, kinds=("remittance_advice",)),
    Field("note", Type.TEXT, header=False, limit=500),
)
BY_NAME = {field.name: field for field in FIELDS}

# One of each set must be mapped or given for the whole table.
EITHER = (("buyer_name", "buyer_id"),)
# What may be given once for the whole table instead of in a column.
CONSTANTS = (
    "buyer_name",
    "buyer_id",
    "currency",
    "unit",
    "tax_percent",
    "payment_terms",
    "contract_number",
    "due_date",
)


def of(kind: str) -> tuple[Field, ...]:
    """The fields of a kind, in the order to show them."""
    return tuple(field for field in FIELDS if kind in field.kinds)


def missing(kind: str, stated: frozenset[str]) -> list[str]:
    """The fields without which no document of `kind` can be made, given those that are stated."""
    found = [field.name for field in of(kind) if kind in field.required and field.name not in stated]
    return found + [names[0] for names in EITHER if not stated.intersection(names)]
