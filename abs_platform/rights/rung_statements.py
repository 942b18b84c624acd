"""What a rung's fact says, to the letter: canonical JSON, `abs-rung/v1`. Pure Python.

The figures are those of the right on that rung: of the rung on which the right stands, the newest fact says exactly what
the right says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abs_platform.crypto import sm3
from abs_platform.crypto.canonical import canonical_json
from abs_platform.rights.rules import Assessment, ValuedLine

FORMAT = "abs-rung/v1"

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document that a rung rests on. `sm3`: of the file, hex. `version`: of what was read from it; 0 is as read."""

    document: str
    kind: str
    number: str
    sm3: str
    version: int
    record: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the core enterprise signed. `sm3`: of the words signed, hex; `signature` and `public_key`: hex.

    `document`: the id of the document decided on; None for a payment confirmation.
    """

    decision: str
    document: str | None
    fields: tuple[str, ...]
    organisation: str
    person: str
    at: datetime
    sm3: str
    signature: str
    public_key: str
    custodial: bool


def grounds_of(
    *, agreed_by: str, evidence: Sequence[Evidence], agreements: Sequence[Agreement], tax: Mapping[str, str]
) -> Json:
    """What a rung rests on. `tax`: the tax office's word by document id."""
    return {
        "agreed_by": agreed_by,
        "agreed": [_agreement(each) for each in agreements],
        "evidence": [
            {
                "document": each.document,
                "kind": each.kind,
                "number": each.number,
                "sm3": each.sm3,
                "version": each.version,
                "record": each.record,
            }
            for each in evidence
        ],
        "tax": [{"document": document, "status": status} for document, status in sorted(tax.items())],
    }


def figures_of(found: Assessment) -> Json:
    """The figures of a right, as facts state them."""
    return {
        "currency": found.currency or "",
        "lines": [line_of(each) for each in found.lines],
        "value": str(found.value),
        "tax": str(found.tax),
        "reductions": [
            {"reason": each.reason, "amount": str(each.amount), "document": each.document} for each in found.reductions
        ],
        "base": str(found.base),
        "due_date": found.due_date.isoformat() if found.due_date else None,
    }


def line_of(each: ValuedLine) -> dict[str, str]:
    """A line of the calculation; "" for what no document states."""
    return {
        "order_line": each.order_line or "",
        "item": each.item,
        "quantity": format(each.quantity, "f"),
        "unit": each.unit,
        "unit_value": "" if each.unit_value is None else format(each.unit_value, "f"),
        "value": "" if each.value is None else str(each.value),
        "tax": "" if each.tax is None else str(each.tax),
    }


def _agreement(each: Agreement) -> Json:
    return {
        "decision": each.decision,
        "document": each.document,
        "fields": list(each.fields),
        "organisation": each.organisation,
        "person": each.person,
        "at": each.at.isoformat(),
        "sm3": each.sm3,
        "signature": each.signature,
        "public_key": each.public_key,
        "custodial": each.custodial,
    }


def says_the_same(former: Json, now: Json) -> bool:
    """Whether a fact that was written says what is so now; who is called by another name since then is the same."""
    return all(former.get(name) == value for name, value in now.items() if name != "trade")


def statement_of(
    *,
    id: UUID,
    right: UUID,
    event: str,
    follows: tuple[UUID, str] | None,
    at: datetime,
    content: Json,
    reason: str = "",
) -> str:
    """The fact's statement. `follows`: the former fact of the rung and the SM3 of its statement, hex."""
    said: Json = {
        "format": FORMAT,
        "id": str(id),
        "right": str(right),
        "event": event,
        "follows": {"id": str(follows[0]), "sm3": follows[1]} if follows else None,
        **({"reason": reason} if reason else {}),
        "at": at.isoformat(),
        **content,
    }
    return canonical_json(said).decode()


def digest_of(statement: str) -> str:
    """SM3 of a statement, hex."""
    return sm3.sm3(statement.encode()).hex()
