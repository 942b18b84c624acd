"""How the invoices of a trade look in replies: what of each is credited and paid, and by what."""

from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Body, money
from abs_platform.trade.matching.invoices import Piece, invoices_of
from abs_platform.trade.models import Trade
from abs_platform.trade.selectors import Facts


class ClearingOut(serializers.Serializer[Any]):
    document = serializers.UUIDField(allow_null=True, help_text="Null where it is filed in another trade")
    kind = serializers.CharField()
    number = serializers.CharField()
    issue_date = serializers.DateField(allow_null=True)
    amount = serializers.CharField()
    invoice = serializers.CharField(allow_blank=True, help_text="The number of the invoice; empty where none is named")


class InvoiceOut(serializers.Serializer[Any]):
    document = serializers.UUIDField()
    number = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    billed = serializers.CharField(allow_null=True)
    credited = serializers.CharField()
    paid = serializers.CharField(help_text="As remittance advices say, in whichever trade they are filed")
    open = serializers.CharField(allow_null=True)
    clearings = ClearingOut(many=True)


def invoice_bodies(row: Trade, facts: Facts) -> Body:
    """The invoices of a trade, and what is cleared beyond them; a document of another trade without its id."""
    taken_out = [doc.document_id for doc in facts.documents if facts.of(doc.document_id).is_taken_out]
    found, beyond = invoices_of(row.id, facts.documents, taken_out)
    own = {doc.document_id for doc in facts.documents}

    def cleared(piece: Piece, currency: str) -> Body:
        paper = piece.paper
        return {
            "document": str(paper.document_id) if paper.document_id in own else None,
            "kind": paper.kind,
            "number": paper.number,
            "issue_date": paper.issue_date.isoformat() if paper.issue_date else None,
            "amount": money(piece.amount, currency),
            "invoice": piece.invoice,
        }

    return {
        "invoices": [
            {
                "document": str(each.filed.document_id),
                "number": each.filed.number,
                "due_date": each.filed.due_date.isoformat() if each.filed.due_date else None,
                "currency": (currency := each.filed.currency or row.currency),
                "billed": money(each.billed, currency),
                "credited": money(each.credited, currency),
                "paid": money(each.paid, currency),
                "open": money(each.open, currency),
                "clearings": [cleared(piece, currency) for piece in each.pieces],
            }
            for each in found
        ],
        "cleared_beyond": [cleared(piece, piece.paper.currency or row.currency) for piece in beyond],
    }
