"""Computing rights. Nobody writes a right by hand: it follows from the trade's facts."""

import logging
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, clock, events
from abs_platform.core.subjects import SubjectRef
from abs_platform.documents.tax import services as tax
from abs_platform.documents.tax.rules import TAXED
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights import attesting, due, reading, reductions, rules, rung_statements
from abs_platform.rights.models import Right
from abs_platform.rights.registry import services as registry
from abs_platform.rights.states import RightState
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation
from abs_platform.trade import selectors as trades
from abs_platform.trade.models import Trade, TradeDocument

log = logging.getLogger(__name__)

ZERO = Decimal(0)
# All but what a pledge on the right changes, which may happen meanwhile.
COMPUTED = [
    field.name
    for field in Right._meta.concrete_fields
    if not field.primary_key and field.name not in ("trade", "state", "encumbered_by", "held_for", "held_rate")
]


@transaction.atomic
def compute(*, trade_id: UUID) -> None:
    """Compute the right of a trade from its present facts, and raise an alert where a credit note took from it. Idempotent."""
    trade = (
        Trade.objects.select_for_update(no_key=True, of=("self",))
        .select_related("seller", "buyer")
        .filter(id=trade_id)
        .first()
    )
    if trade is None:  # merged into another trade, whose own job computes it
        return
    facts = reading.read(trade)
    right = Right.objects.filter(trade=trade).first() or Right(trade=trade)
    before = (right.rung, right.base, right.supported)
    now = clock.now()
    found: rules.Assessment | None = None
    try:
        found = facts.assess()
    except ArithmeticError:
        # Better no right than yesterday's: what cannot be computed supports nothing until somebody has looked.
        log.exception("the right of trade %s cannot be computed", trade_id)
        _fill_with_nothing(right)
        _report_not_computable(trade)
    else:
        _fill(right, found, has_buyer=trade.buyer_id is not None)
        _fill_due(right, facts.due(found.due_date))
        _report_reductions(trade, found)
    if right.financeable_since is None and right.supported > 0:
        right.financeable_since = now
    taxed = [doc.document_id for doc in facts.compared.documents if doc.kind in TAXED]
    if right.state == RightState.ENCUMBERED:
        tax.pledge(document_ids=taxed, is_pledged=True)
    else:
        tax.rely(document_ids=taxed, has_right=right.supported > 0)
    right.computed_at = now
    right.save(update_fields=None if right._state.adding else COMPUTED)
    attesting.attest(right=right, facts=facts, found=found, at=now)
    registry.follow(right)
    _report_shrunk(trade, right)
    if (right.rung, right.base, right.supported) != before:
        audit.record(
            actor=PLATFORM,
            verb="right.computed",
            subject=SubjectRef("right", right.id),
            detail={"rung": right.rung, "base": str(right.base), "supported": str(right.supported)},
        )
    events.notify([trade.seller_id, trade.buyer_id], "right", trade.id)


def reassess(*, document_id: UUID) -> None:
    """Compute the right of the trade that a document is filed in, if any: the tax office said something new of it."""
    trade_id = TradeDocument.objects.filter(document_id=document_id).values_list("trade_id", flat=True).first()
    if trade_id:
        compute(trade_id=trade_id)


def _fill(right: Right, found: rules.Assessment, *, has_buyer: bool) -> None:
    right.rung = found.rung
    right.base = found.base
    right.rate = found.rate
    right.supported = found.supported
    right.currency = found.currency or ""
    right.poolable = found.poolable
    right.poolable_reasons = list(found.poolable_reasons)
    right.reductions = [
        {"reason": each.reason, "amount": str(each.amount), "document": each.document} for each in found.reductions
    ]
    right.missing = [*found.missing, *([] if has_buyer else ["buyer_on_platform"])]
    right.calculation = [rung_statements.line_of(each) for each in found.lines]
    right.due_date = found.due_date


def _fill_due(right: Right, found: due.Due | None) -> None:
    right.expected_due_date = found.day if found else None
    right.due_basis = found.basis if found else ""
    right.due_term = found.term if found else ""


def _fill_with_nothing(right: Right) -> None:
    right.rung, right.base, right.rate, right.supported = 0, ZERO, ZERO, ZERO
    right.poolable, right.poolable_reasons, right.missing = False, ["amount_not_fixed"], ["not_computable"]
    right.reductions, right.calculation = [], []
    right.due_date, right.expected_due_date, right.due_basis, right.due_term = None, None, "", ""


def _report_reductions(trade: Trade, found: rules.Assessment) -> None:
    observations = [
        Observation(
            rule="right_reduced_by_credit_note",
            severity=Severity.HIGH if found.base == 0 else Severity.MEDIUM,
            key=f"right_reduced_by_credit_note:{trade.id}:{each.document}",
            subject=trades.subject_of(trade),
            subject_label=trades.label_of(trade),
            organisation_ids=(trade.seller_id, trade.buyer_id),
            amount=each.amount,
            currency=found.currency or "",
            detail={"document": each.document, "before": str(found.gross), "after": str(found.base)},
        )
        for each in found.reductions
        if each.reason in (reductions.CREDIT_NOTE, reductions.CREDIT_NOTE_OTHER_CURRENCY)
    ]
    risk.report(actor=PLATFORM, network_id=trade.network_id, observations=observations)


def _report_not_computable(trade: Trade) -> None:
    seen = Observation(
        rule="right_not_computable",
        severity=Severity.CRITICAL,
        key=f"right_not_computable:{trade.id}",
        subject=trades.subject_of(trade),
        subject_label=trades.label_of(trade),
        organisation_ids=(trade.seller_id, trade.buyer_id),
    )
    risk.report(actor=PLATFORM, network_id=trade.network_id, observations=[seen])


def _report_shrunk(trade: Trade, right: Right) -> None:
    """Once for each pledge: what was lent on the right is more than it carries by now, at the rate at which it was lent."""
    if right.held_for is None or right.held_rate is None:
        return
    carried = right.base * right.held_rate
    if carried >= right.held_for:
        return
    seen = Observation(
        rule="encumbered_right_shrank",
        severity=Severity.CRITICAL,
        key=f"encumbered_right_shrank:{right.encumbered_by}",
        subject=trades.subject_of(trade),
        subject_label=trades.label_of(trade),
        organisation_ids=(trade.seller_id, trade.buyer_id),
        amount=right.held_for - carried,
        currency=right.currency,
        detail={"expected": str(right.held_for), "found": str(carried)},
    )
    risk.report(actor=PLATFORM, network_id=trade.network_id, observations=[seen])
