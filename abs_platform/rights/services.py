"""Computing rights. Nobody writes a right by hand: it follows from the trade's facts."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F

from abs_platform.core import audit, clock, events
from abs_platform.core.inserting import insert_all
from abs_platform.core.prepared import IDS, Prepared, pipeline
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.updating import update_all
from abs_platform.documents.tax import services as tax
from abs_platform.documents.tax.models import Reliance
from abs_platform.parties.actor import PLATFORM
from abs_platform.parties.models import Organisation
from abs_platform.rights import attesting, due, holding, reading, reductions, rules, rung_statements
from abs_platform.rights.models import HELD, Right
from abs_platform.rights.reading import Reading
from abs_platform.rights.registry import services as registry
from abs_platform.rights.states import RightState
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation
from abs_platform.trade import selectors
from abs_platform.trade import services as trades
from abs_platform.trade.models import Trade

log = logging.getLogger(__name__)

ZERO = Decimal(0)
# All but what a pledge on the right changes, which may happen meanwhile.
COMPUTED = [
    field.name
    for field in Right._meta.concrete_fields
    if not field.primary_key and field.name not in ("trade", "state", *HELD)
]

_lock = Prepared(lambda: Trade.objects.select_for_update(no_key=True).filter(id__among=IDS).order_by("id").only("id"))


def compute(*, trade_id: UUID) -> None:
    """Compute the right of a trade; see `compute_all`."""
    compute_all(trade_ids=[trade_id])


@transaction.atomic
def compute_all(*, trade_ids: Sequence[UUID]) -> None:
    """Compute the rights of one seller's trades from their present facts, and raise an alert where a credit note took from
    one. Idempotent.
    """
    _lock_sellers(trade_ids)
    with pipeline():
        _lock.ask(trade_ids)
        readings, record, steps = reading.ask(trade_ids), attesting.ask(trade_ids), registry.ask(trade_ids)
    works = [_Work(each) for each in readings().values()]
    if not works:
        return  # merged into another trade, whose own job computes it
    on_record, known_steps = record(), steps()
    seen = [each for work in works for each in _assess(work)]
    insert_all(work.right for work in works if work.is_new)
    update_all([work.right for work in works if not work.is_new], COMPUTED)
    _rely(works)
    for work in works:
        attesting.attest(
            right=work.right, facts=work.facts, found=work.found, at=work.right.computed_at, record=on_record
        )
        registry.follow(work.right, known_steps)
        seen.extend(holding.endangered(work.facts.trade, work.right))
    if seen:
        risk.report(actor=PLATFORM, network_id=works[0].facts.trade.network_id, observations=seen)
    _tell(works)


@transaction.atomic
def bring_up_to_date(*, right_ids: Sequence[UUID]) -> None:
    """Compute those of one seller's rights whose trades changed since, by the tax office's word too, whatever job has not come
    to them yet. Nobody changes the trades before the caller's transaction ends.
    """
    rights = Right.objects.filter(id__in=right_ids)
    trade_ids = list(rights.values_list("trade_id", flat=True))
    for owner_id in rights.order_by().values_list("trade__seller_id", flat=True).distinct():
        trades.follow_tax_statuses(owner_id=owner_id, within=trade_ids)  # it marks what it matched anew as changed
    _lock_sellers(trade_ids)
    _lock(trade_ids)
    changed = rights.filter(computed_at__lte=F("trade__updated_at"))
    compute_all(trade_ids=list(changed.values_list("trade_id", flat=True)))


@dataclass(slots=True)
class _Work:
    """A right on its way from what it was to what its trade's facts make it; `found`: None where that cannot be computed."""

    facts: Reading
    right: Right = field(init=False)
    is_new: bool = field(init=False)
    before: tuple[int, Decimal, Decimal] = field(init=False)
    found: rules.Assessment | None = None

    def __post_init__(self) -> None:
        self.right = getattr(self.facts.trade, "right", None) or Right(trade=self.facts.trade)
        self.is_new = self.right._state.adding
        self.before = _standing(self.right)


def _standing(right: Right) -> tuple[int, Decimal, Decimal]:
    return right.rung, right.base, right.supported


def _lock_sellers(trade_ids: Sequence[UUID]) -> None:
    """Of several trades, before them, as whoever else locks several does."""
    if len(trade_ids) > 1:
        sellers = Organisation.objects.select_for_update(no_key=True).filter(
            id__in=Trade.objects.filter(id__in=trade_ids).values("seller_id")
        )
        list(sellers.order_by("id").values_list("id", flat=True))


def _assess(work: _Work) -> list[Observation]:
    """Fill in the right; what there is to report of it."""
    right, trade = work.right, work.facts.trade
    right.computed_at = clock.now()
    try:
        work.found = found = work.facts.assess()
    except ArithmeticError:
        # Better no right than yesterday's: what cannot be computed supports nothing until somebody has looked.
        log.exception("the right of trade %s cannot be computed", trade.id)
        _fill_with_nothing(right)
        return [_not_computable(trade)]
    _fill(right, found, has_buyer=trade.buyer_id is not None)
    _fill_due(right, work.facts.due(found.due_date))
    if right.financeable_since is None and right.supported > 0:
        right.financeable_since = right.computed_at
    return _reduced(trade, found)


def _rely(works: Sequence[_Work]) -> None:
    """Tell how often the tax office is to be asked about the documents that the rights rest on."""

    def relied_on_otherwise(chosen: Iterable[_Work], reliance: Reliance) -> list[UUID]:
        return [id for work in chosen for id, row in work.facts.filed.taxes.items() if row.reliance != reliance]

    pledged = [work for work in works if work.right.state == RightState.ENCUMBERED]
    others = [work for work in works if work.right.state != RightState.ENCUMBERED]
    if ids := relied_on_otherwise(pledged, Reliance.PLEDGE):
        tax.pledge(document_ids=ids, is_pledged=True)
    for reliance in (Reliance.RIGHT, Reliance.NONE):
        has_right = reliance == Reliance.RIGHT
        rows = (work for work in others if (work.right.supported > 0) is has_right)
        if ids := relied_on_otherwise(rows, reliance):
            tax.rely(document_ids=ids, has_right=has_right)


def _tell(works: Sequence[_Work]) -> None:
    changed = [work.right for work in works if _standing(work.right) != work.before]
    told: list[audit.Told] = [
        (
            SubjectRef("right", right.id),
            {"rung": right.rung, "base": str(right.base), "supported": str(right.supported)},
        )
        for right in changed
    ]
    audit.record_all(actor=PLATFORM, verb="right.computed", subjects=told)
    computed = [work.facts.trade for work in works]
    events.notify_all([([trade.seller_id, trade.buyer_id], "right", trade.id) for trade in computed])


@transaction.atomic
def reassess(*, owner_id: UUID) -> None:
    """The tax office said something new of an owner's documents: the trades of some of them are matched anew, and the rights
    with them; a job of its own does the others.
    """
    compute_all(trade_ids=trades.follow_tax_statuses(owner_id=owner_id))


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


def _reduced(trade: Trade, found: rules.Assessment) -> list[Observation]:
    return [
        Observation(
            rule="right_reduced_by_credit_note",
            severity=Severity.HIGH if found.base == 0 else Severity.MEDIUM,
            key=f"right_reduced_by_credit_note:{trade.id}:{each.document}",
            subject=selectors.subject_of(trade),
            subject_label=selectors.label_of(trade),
            organisation_ids=(trade.seller_id, trade.buyer_id),
            amount=each.amount,
            currency=found.currency or "",
            detail={"document": each.document, "before": str(found.gross), "after": str(found.base)},
        )
        for each in found.reductions
        if each.reason in (reductions.CREDIT_NOTE, reductions.CREDIT_NOTE_OTHER_CURRENCY)
    ]


def _not_computable(trade: Trade) -> Observation:
    return Observation(
        rule="right_not_computable",
        severity=Severity.CRITICAL,
        key=f"right_not_computable:{trade.id}",
        subject=selectors.subject_of(trade),
        subject_label=selectors.label_of(trade),
        organisation_ids=(trade.seller_id, trade.buyer_id),
    )
