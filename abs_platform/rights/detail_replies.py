"""How a right's page is answered. For callers that hold a right they may see."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from abs_platform.core.errors import Conflict
from abs_platform.core.models import AuditEntry
from abs_platform.core.rest.fields import Body, money, number, time
from abs_platform.ledger import selectors as ledger
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation
from abs_platform.rights import collecting, eligibility, reading, selectors, sources, support
from abs_platform.rights.detail_shapes import RECORD_PAYMENT
from abs_platform.rights.due import CERTAIN
from abs_platform.rights.ladder import PAYMENT_CONFIRMED
from abs_platform.rights.models import Right, RungFact
from abs_platform.rights.next_step import NextStep, next_step
from abs_platform.rights.priority import selectors as priority
from abs_platform.rights.replies import right_body
from abs_platform.rights.rules import Assessment
from abs_platform.rights.rung_statements import digest_of, line_of
from abs_platform.trade.models import SignedDecision, TradeDocument
from abs_platform.trade.replies import decided

AGREED = ("organisation", "person", "fields", "document", "custodial", "signature", "public_key")
MAX_FACTS = 200
"""On the page; the statements of older ones are found by those that follow them."""
TOLD = ("right.encumber", "right.release", "right.settle")
"""Audit verbs about a right that its timeline tells, written by whoever does it."""


def detail_body(row: Right, actor: Actor) -> Body:
    """A right with its ladder as evidence, what it lacks, when it is due, whether it is eligible, what happened, and what the
    actor may do about it."""
    facts = reading.read(row.trade)
    found = _assessed(facts)
    written = list(RungFact.objects.filter(right=row).order_by("-number")[:MAX_FACTS])
    newest = selectors.newest_facts(row.id)
    positions = ledger.positions([fact.record_id for fact in {*written, *newest}])
    step = next_step(row)
    return {
        **right_body(row),
        "due": _due(row),
        "next_step": _step(step) if step else None,
        "rungs": _rungs(facts, found, {fact.rung: _fact(fact, positions[fact.record_id]) for fact in newest}),
        "facts": [_fact(fact, positions[fact.record_id]) for fact in written],
        "eligibility": _eligibility(row, facts),
        "timeline": _timeline(row, facts, written, positions),
        "allowed_actions": [RECORD_PAYMENT] if collecting.party(actor, row) and row.currency else [],
    }


def _assessed(facts: reading.Reading) -> Assessment | None:
    try:
        return facts.assess()
    except ArithmeticError:  # the right itself says that it cannot be computed
        return None


def _due(row: Right) -> Body | None:
    if row.expected_due_date is None:
        return None
    return {
        "day": row.expected_due_date.isoformat(),
        "basis": row.due_basis,
        "is_certain": row.due_basis in CERTAIN,
        "term": row.due_term,
    }


def _step(step: NextStep) -> Body:
    document = {"id": str(step.document_id), "kind": step.document_kind, "number": step.document_number}
    return {
        "missing": step.missing,
        "who": step.who,
        "organisation": step.organisation,
        "document": document if step.document_id else None,
        "asked_at": time(step.asked_at),
        "deadline": time(step.deadline),
    }


def _rungs(facts: reading.Reading, found: Assessment | None, newest: dict[int, Body]) -> list[Body]:
    if found is None:
        return []
    currency = found.currency or ""
    return [
        {
            "rung": each.rung,
            "is_held": each.is_held,
            "rate": format(each.rate.normalize(), "f"),
            "base": money(each.base, currency),
            "supported": money(each.supported, currency),
            "fact": newest.get(each.rung),
        }
        for each in support.by_rung(facts.standing, found, reading.RATES, deductions=facts.paid)
    ]


def _fact(fact: RungFact, position: ledger.Position) -> Body:
    said = fact.content
    anchors = [anchor for anchor in position.anchors if anchor.anchored]
    return {
        "id": str(fact.id),
        "number": fact.number,
        "rung": fact.rung,
        "event": fact.event,
        "reason": fact.reason,
        "at": time(fact.at),
        "agreed_by": said.get("agreed_by"),
        "agreed": [
            {**{name: each[name] for name in AGREED}, "at": time(datetime.fromisoformat(each["at"]))}
            for each in said.get("agreed", [])
        ],
        "evidence": [
            {name: each[name] for name in ("document", "kind", "number", "sm3")} for each in said.get("evidence", [])
        ],
        "disputable": said.get("disputable", []),
        "digest": digest_of(fact.statement),
        "signature": bytes(fact.signature).hex(),
        "public_key": bytes(fact.public_key).hex(),
        "state": "anchored" if position.is_anchored else "recorded" if position.index is not None else "received",
        "anchors": [
            {
                "chain": anchor.chain,
                "kind": anchor.kind,
                "chain_id": anchor.chain_id,
                "block": anchor.block,
                "time": time(anchor.time),
                "tx": anchor.tx,
            }
            for anchor in anchors
        ],
        "anchors_required": position.required,
    }


def _eligibility(row: Right, facts: reading.Reading) -> Body:
    verdicts = eligibility.judge(
        eligibility.Facts(
            rung=row.rung,
            poolable_reasons=frozenset(row.poolable_reasons),
            state=row.state,
            tax=tuple(each.tax.status if each.tax else None for each in facts.standing.counting_invoices),
            is_related=_is_related(row.trade.seller, row.trade.buyer),
            registered_elsewhere=priority.registered_elsewhere(right_id=row.id),
        )
    )
    return {
        "ruleset": eligibility.RULESET,
        "eligible": eligibility.is_eligible(verdicts),
        "rules": [
            {"rule": each.rule, "outcome": each.outcome, "reason": each.reason, "remedy": each.remedy}
            for each in verdicts
        ],
    }


def _is_related(seller: Organisation, buyer: Organisation | None) -> bool | None:
    """Whether both belong to one group, as far as the platform knows groups."""
    if buyer is None:
        return None
    return bool({seller.id, seller.parent_id} & {buyer.id, buyer.parent_id} - {None})


def _timeline(
    row: Right, facts: reading.Reading, written: Sequence[RungFact], positions: dict[UUID, ledger.Position]
) -> list[Body]:
    """What happened to the right, oldest first: papers, the core enterprise's word, rungs, chains, pledges."""
    events = [
        *_papers(facts.filed.documents),
        *_decisions(row),
        *_payment(facts),
        *(_rung(fact) for fact in reversed(written)),
        *_anchored(written[::-1], positions),
        *_told(row),
    ]
    return [{"at": time(at), "kind": kind, "params": params} for at, kind, params in sorted(events, key=lambda e: e[0])]


Event = tuple[datetime, str, Body]


def _papers(filed: Iterable[TradeDocument]) -> Iterable[Event]:
    for doc in filed:
        about = {"document_id": str(doc.document_id), "number": doc.number, "document_kind": doc.kind}
        yield doc.filed_at, "document_received", about


def _decisions(row: Right) -> Iterable[Event]:
    signed = SignedDecision.objects.filter(document__trade=row.trade_id).select_related("document", "organisation")
    for each in signed:
        about: Body = {
            "document_id": str(each.document_id),
            "number": each.document.number,
            "document_kind": each.document.kind,
            "organisation": each.organisation.name,
        }
        yield each.at, decided(each), about


def _payment(facts: reading.Reading) -> Iterable[Event]:
    if facts.payment:
        amount = money(facts.payment.amount, facts.payment.currency)
        yield (
            facts.payment.at,
            "payment_confirmed",
            {
                "amount": amount,
                "currency": facts.payment.currency,
                "due_date": facts.payment.due_date.isoformat(),
            },
        )


def _rung(fact: RungFact) -> Event:
    return fact.at, f"rung_{fact.event}", {"rung": fact.rung, "reason_lost": fact.reason}


def _anchored(written: Iterable[RungFact], positions: dict[UUID, ledger.Position]) -> Iterable[Event]:
    for fact in written:
        for anchor in positions[fact.record_id].anchors:
            if anchor.anchored and anchor.time:
                about: Body = {"rung": fact.rung, "chain": anchor.chain, "block": anchor.block}
                yield anchor.time, "rung_anchored", about


def _told(row: Right) -> Iterable[Event]:
    """Without what was lent: that is for the supplier and its funder, who read it in the loan, not for whoever sees the right."""
    for each in AuditEntry.objects.filter(subject_kind="right", subject_id=row.id, verb__in=TOLD):
        yield each.at, each.verb.replace(".", "_"), {}


def figures_body(row: Right) -> Body:
    """Every figure of a right with the lines that it comes from, as the facts are now. Raises Conflict."""
    facts = reading.read(row.trade)
    found = _assessed(facts)
    if found is None:
        raise Conflict("right_not_computable", "The amount cannot be computed. Check the documents' figures.")
    currency = found.currency or ""
    opened = sources.rows_of(facts.standing, found.rung)
    rows = [
        {**line_of(line), "sources": [_source(each) for each in behind.sources]}
        for line, behind in zip(found.lines, opened, strict=True)
    ]
    reductions = [
        {
            "reason": each.reason,
            "amount": str(each.amount),
            "document": each.document,
            "sources": [
                {"document": source.document, "amount": money(source.amount, currency)}
                for source in sources.behind(each, facts.standing)
            ],
        }
        for each in found.reductions
    ]
    named = _named(rows) | _named(reductions)
    return {
        "rung": found.rung,
        "currency": currency,
        "rows": rows,
        "value": money(found.value, currency),
        "tax": money(found.tax, currency),
        "gross": money(found.gross, currency),
        "reductions": reductions,
        "base": money(found.base, currency),
        "rate": format(found.rate.normalize(), "f"),
        "supported": money(found.supported, currency),
        "payment": _paid(facts, found),
        "documents": [
            {
                "document": str(doc.document_id),
                "kind": doc.kind,
                "number": doc.number,
                "sm3": doc.document.digest,
            }
            for doc in facts.filed.documents
            if str(doc.document_id) in named
        ],
    }


def _named(figures: Iterable[Body]) -> set[str]:
    return {source["document"] for each in figures for source in each["sources"]}


def _paid(facts: reading.Reading, found: Assessment) -> Body | None:
    if facts.payment is None or found.rung != PAYMENT_CONFIRMED:
        return None
    return {
        "amount": money(facts.payment.amount, facts.payment.currency),
        "due_date": facts.payment.due_date.isoformat(),
        "organisation": facts.payment.organisation.name,
        "at": time(facts.payment.at),
    }


def _source(each: sources.Source) -> Body:
    return {
        "document": each.document,
        "line": each.line,
        "item": each.item,
        "quantity": number(each.quantity),
        "unit": each.unit,
        "amount": number(each.amount),
        "tax": number(each.tax),
        "roles": list(each.roles),
    }
