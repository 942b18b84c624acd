"""What a core enterprise signs, to the letter: canonical JSON of what its people were shown."""

from datetime import date, datetime
from decimal import Decimal

from abs_platform.core.currencies import minor_unit
from abs_platform.core.rest.fields import money
from abs_platform.crypto import sm3
from abs_platform.crypto.canonical import canonical_json
from abs_platform.parties.actor import Actor
from abs_platform.trade import rules
from abs_platform.trade.models import Trade, TradeDocument
from abs_platform.trade.selectors import Facts


def _text(value: Decimal | date | None) -> str | None:
    return None if value is None else str(value)


def content_of(row: TradeDocument, facts: Facts) -> str:
    """The document as shown on the confirmation sheet: its own content and how it differs from the others."""
    extracted = facts.extracted[row.document_id]
    shown = {
        "format": "abs-confirmation-content/v1",
        "trade": {
            "order_number": row.trade.order_number,
            "seller": row.trade.seller.name,
            "buyer": row.trade.buyer.name if row.trade.buyer else row.trade.buyer_name,
        },
        "document": {
            "id": str(row.document_id),
            "kind": row.kind,
            "number": row.number,
            "issue_date": _text(row.issue_date),
            "due_date": _text(row.due_date),
            "currency": row.currency,
            "total": money(row.total, row.currency),
            "sm3": row.document.digest,
            "lines": [
                {
                    "id": line.id,
                    "item": line.item_name,
                    "quantity": _text(line.quantity),
                    "rejected": _text(line.rejected),
                    "unit": line.unit,
                    "price": _text(line.price),
                    "amount": _text(line.amount),
                }
                for line in extracted.lines
            ],
        },
        "differences": [
            {
                "rule": item.rule,
                "document": item.document,
                "line": item.line,
                "expected": item.expected,
                "found": item.found,
            }
            for item in differences_of(row, facts)
        ],
    }
    return canonical_json(shown).decode()


def differences_of(row: TradeDocument, facts: Facts) -> list[rules.Mismatch]:
    """The mismatches that concern this document."""
    return [item for item in facts.comparison.mismatches if str(item.document_id) == str(row.document_id)]


def digest_of(content: str) -> str:
    """SM3 of a content, hex: what a decision must name, so that nobody signs what was not on the screen."""
    return sm3.sm3(content.encode()).hex()


def decision_statement(
    *, content: str, decision: str, reason: str, actor: Actor, organisation: str, at: datetime
) -> str:
    """The statement that is signed: the content, the decision on it, who decides and when."""
    decided = {
        "format": "abs-confirmation/v1",
        "content": content,
        "decision": decision,
        "reason": reason,
        "organisation": organisation,
        "person": actor.label,
        "at": at.isoformat(),
    }
    return canonical_json(decided).decode()


def payment_statement(
    *, trade: Trade, amount: Decimal, due_date: date, account: str, actor: Actor, organisation: str, at: datetime
) -> str:
    """The payment confirmation that is signed (付款确认书)."""
    confirmed = {
        "format": "abs-payment-confirmation/v1",
        "order_number": trade.order_number,
        "payee": trade.seller.name,
        "debtor": organisation,
        "amount": str(amount.quantize(minor_unit(trade.currency))),
        "currency": trade.currency,
        "due_date": due_date.isoformat(),
        "account": account,
        "person": actor.label,
        "at": at.isoformat(),
    }
    return canonical_json(confirmed).decode()
