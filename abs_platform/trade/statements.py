"""What a core enterprise signs, to the letter: canonical JSON of what its people were shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal

from abs_platform.core.rest.fields import money, number
from abs_platform.crypto import sm3
from abs_platform.crypto.canonical import canonical_json
from abs_platform.integrations.formats.model import Line
from abs_platform.parties.actor import Actor
from abs_platform.trade import rules
from abs_platform.trade.models import Trade, TradeDocument
from abs_platform.trade.selectors import Facts
from abs_platform.trade.states import Confirmation


def _text(value: date | None) -> str | None:
    return None if value is None else str(value)


def content_of(row: TradeDocument, facts: Facts) -> str:
    """The document as shown on the confirmation sheet: every figure that a right is computed from, and how it differs.

    Lines carry the order line that they were joined to, so that nobody confirms one item and means another; an open dispute
    is told, so that nobody ends one by confirming what was read before it.
    """
    extracted = facts.extracted[row.document_id]
    by_hand = {"typed_in_by": row.document.typed_in_by} if row.document.typed_in_by else {}
    if row.document.version:
        by_hand["version"] = str(row.document.version)
    shown = {
        **_open_dispute(row),
        "format": "abs-confirmation-content/v1",
        "trade": {
            "id": str(row.trade_id),
            "order_number": row.trade.order_number,
            "seller": row.trade.seller.name,
            "buyer": row.trade.buyer_called,
        },
        "document": {
            "id": str(row.document_id),
            "kind": row.kind,
            "number": row.number,
            "seller": extracted.seller.name if extracted.seller else None,
            "buyer": extracted.buyer.name if extracted.buyer else None,
            "issue_date": _text(row.issue_date),
            "due_date": _text(row.due_date),
            "currency": row.currency,
            "total": money(row.total, row.currency),
            "totals": {name: number(value) for name, value in asdict(extracted.totals).items() if value is not None},
            "sm3": row.document.digest,
            **by_hand,
            "lines": [
                _line(line, counted, facts)
                for line, counted in zip(extracted.lines, facts.of(row.document_id).lines, strict=True)
            ],
        },
        "remarks": [{"rule": remark.rule, "params": remark.params} for remark in extracted.remarks],
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


def _open_dispute(row: TradeDocument) -> dict[str, object]:
    """Since when the document, or the rest of it, is disputed; nothing where it is not."""
    is_open = row.confirmation == Confirmation.DISPUTED or row.rest_disputed
    return stated(disputed_at=row.decided_at.isoformat() if is_open and row.decided_at else None)


def _line(line: Line, counted: Line, facts: Facts) -> dict[str, object]:
    """A line as stated; `counted` is the same as it was compared: as far as it was confirmed."""
    joined = next(
        (each for each in facts.comparison.lines if any((part.stated or part.line) is counted for part in each.parts)),
        None,
    )
    stated = {
        "id": line.id,
        "item": line.label,
        "buyer_item_id": line.buyer_item_id,
        "seller_item_id": line.seller_item_id,
        "standard_item_id": line.standard_item_id,
        "quantity": number(line.quantity),
        "rejected": number(line.rejected),
        "short": number(line.short),
        "unit": line.unit,
        "price": number(line.price),
        "price_base_quantity": number(line.price_base_quantity),
        "allowances": number(line.allowances),
        "charges": number(line.charges),
        "amount": number(line.amount),
        "tax": number(line.tax),
        "tax_percent": number(line.tax_percent),
    }
    order_line = {"id": joined.order_line, "item": joined.item} if joined and joined.order_line else None
    return {**stated, "order_line": order_line}


def differences_of(row: TradeDocument, facts: Facts) -> list[rules.Mismatch]:
    """The mismatches that concern this document."""
    return [item for item in facts.comparison.mismatches if str(item.document_id) == str(row.document_id)]


def digest_of(content: str) -> str:
    """SM3 of a content, hex: what a decision must name, so that nobody signs what was not on the screen."""
    return sm3.sm3(content.encode()).hex()


def stated(**facts: object) -> dict[str, object]:
    """Those of the facts that say something: a statement leaves out the others."""
    return {name: value for name, value in facts.items() if value not in (None, "", False)}


def decision_statement(
    *,
    content: str,
    decision: str,
    reason: str,
    actor: Actor,
    organisation: str,
    at: datetime,
    extra: Mapping[str, object],
) -> str:
    """The statement that is signed: the content, the decision on it, who decides and when.

    `extra`, where it applies: "lines" (of a confirmation in part, with "rest_disputed"), "reason_code", "on_behalf_of",
    "rule" (of an automatic one).
    """
    decided = {
        **extra,
        "format": "abs-confirmation/v1",
        "content": content,
        "decision": decision,
        "reason": reason,
        "organisation": organisation,
        "person": actor.label,
        "at": at.isoformat(),
    }
    return canonical_json(decided).decode()


def manifest_statement(
    *,
    documents: Sequence[Mapping[str, object]],
    person: str,
    on_behalf_of: str,
    people: Sequence[Mapping[str, str]] | None,
    organisation: str,
    at: datetime,
) -> str:
    """The statement that is signed over many documents at once: each with the digest of the content that was shown.

    `people`: who made, checked and approved it, where it took several; `person` is the last of them.
    """
    signed = {
        **stated(on_behalf_of=on_behalf_of, people=people),
        "format": "abs-confirmation-manifest/v1",
        "documents": documents,
        "organisation": organisation,
        "person": person,
        "at": at.isoformat(),
    }
    return canonical_json(signed).decode()


def payment_content(trade: Trade, facts: Facts) -> str:
    """What a payment confirmation is given over: the debt as it stands, invoice by invoice, credit note by credit note."""
    shown = {
        "format": "abs-payment-content/v1",
        "trade": str(trade.id),
        "order_number": trade.order_number,
        "payee": trade.seller.name,
        "debtor": trade.buyer_called,
        "currency": trade.currency,
        "documents": [
            {
                "id": str(doc.document_id),
                "kind": doc.kind,
                "number": doc.number,
                "total": money(doc.total, doc.currency),
                "currency": doc.currency,
                **_open_dispute(doc),
            }
            for doc in facts.documents
            if doc.kind in ("invoice", "credit_note")
        ],
    }
    return canonical_json(shown).decode()


def payment_statement(
    *,
    content: str,
    currency: str,
    amount: Decimal,
    due_date: date,
    account: str,
    actor: Actor,
    organisation: str,
    at: datetime,
    people: Sequence[Mapping[str, str]],
) -> str:
    """The payment confirmation that is signed (付款确认书): the content shown, and what is confirmed of it.

    `people`: all who entered it, where it took several; `actor` is the last of them.
    """
    confirmed = {
        **stated(people=people or None),
        "format": "abs-payment-confirmation/v1",
        "content": content,
        "amount": money(amount, currency),
        "currency": currency,
        "due_date": due_date.isoformat(),
        "account": account,
        "organisation": organisation,
        "person": actor.label,
        "at": at.isoformat(),
    }
    return canonical_json(confirmed).decode()
