"""Automatic confirmation: what a trusted supplier sends and differs in nothing, under a rule that two people set.

Off unless there is a rule. Every confirmation is signed like a person's and says under which rule it was made.
"""

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from abs_platform.core import clock
from abs_platform.core.errors import DomainError
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation
from abs_platform.trade import selectors, statements
from abs_platform.trade.desk import deciding
from abs_platform.trade.desk.authority import Authority, DeskSignatory
from abs_platform.trade.desk.choices import Choice
from abs_platform.trade.desk.models import AutomaticConfirmation
from abs_platform.trade.desk.rules import MAKER_AND_CHECKER
from abs_platform.trade.desk.worth import worth_in
from abs_platform.trade.models import AutomaticRule, ProposedDocument, Tolerance, Trade, TradeDocument
from abs_platform.trade.signatories import own_key_of
from abs_platform.trade.states import Confirmation

LIMIT_REACHED = "automatic_limit_reached"
ORDERED = frozenset({"receipt_advice", "invoice"})
ZERO = Decimal(0)


def confirm_trade(*, trade_id: UUID) -> None:
    """Confirm, under the buyer's rule for this seller, what waits in a trade and may be confirmed so. Idempotent."""
    trade = Trade.objects.select_related("seller", "buyer").filter(id=trade_id).first()
    if trade is None or trade.buyer is None:
        return
    rule = AutomaticRule.objects.filter(organisation_id=trade.buyer.id, seller_id=trade.seller_id, stopped_at=None)
    found = rule.first()
    # With a key of its own nobody but the organisation can sign.
    if found is None or own_key_of(trade.buyer.id) is not None:
        return
    waiting = TradeDocument.objects.filter(trade=trade, confirmation=Confirmation.PENDING, kind__in=found.kinds)
    # The order first: what follows is confirmed only over a confirmed order.
    for row in sorted(waiting, key=lambda each: (each.kind != "order", each.document_id)):
        _confirm(found.id, row.document_id)


def _confirm(rule_id: UUID, document_id: UUID) -> None:
    rule = AutomaticRule.objects.select_related("organisation").get(id=rule_id)
    actor = Actor(
        label=f"automatic rule {rule.id}",
        organisation_id=rule.organisation_id,
        network_id=rule.organisation.network_id,
        roles=frozenset({str(Role.CORE_ENTERPRISE)}),
        is_program=True,
    )
    signatory = DeskSignatory(Authority(actor, rule.id))
    with transaction.atomic():
        # One at a time under a rule, so that the day's limit holds.
        rule = AutomaticRule.objects.select_for_update(no_key=True).get(id=rule_id)
        row = selectors.queue(actor=actor).filter(document_id=document_id).first()
        if rule.stopped_at or row is None or row.confirmation != Confirmation.PENDING or _is_loosened(rule):
            return
        facts = selectors.compared(row.trade)
        if not _is_beyond_doubt(rule, row, facts):
            return
        amount = worth_in(row, facts) or ZERO
        today = clock.today()
        # Of this and of rules that it replaced: changing a rule opens no second limit for the day.
        today_s = AutomaticConfirmation.objects.filter(
            rule__organisation=rule.organisation_id,
            rule__seller=rule.seller_id,
            rule__currency=rule.currency,
            day=today,
        )
        spent = today_s.aggregate(sum=Sum("amount"))["sum"] or ZERO
        if spent + amount > rule.daily_up_to:
            _report_limit(actor, rule, row, amount)
            return
        choice = Choice(document_id, "confirm", statements.digest_of(statements.content_of(row, facts)))
        try:
            [each] = deciding.opened(signatory.authority, [choice])
        except DomainError:  # changed, decided or erased at this very moment
            return
        needed = deciding.needs(signatory.authority, [each])
        if needed.people > MAKER_AND_CHECKER or needed.typed:  # two people set the rule: it is worth no more than they
            return
        said = {"rule": {"id": str(rule.id), "set_by": rule.set_by}}
        deciding.sign_one(signatory, each, statement=deciding.statement_of_one(signatory, each, said))
        AutomaticConfirmation.objects.create(document=each.row, rule=rule, amount=amount, day=today)


def _is_loosened(rule: AutomaticRule) -> bool:
    """Whether one person has said anew what a difference is since two set the rule: it waits until two set it again."""
    said = Tolerance.objects.filter(buyer=rule.organisation_id, seller=rule.seller_id, set_at__gt=rule.created_at)
    return said.exists()


def _is_beyond_doubt(rule: AutomaticRule, row: TradeDocument, facts: selectors.Facts) -> bool:
    """Whether the document agrees with its trade and itself, line by line, and is within the rule's amount."""
    amount = worth_in(row, facts)
    currency = row.currency or row.trade.currency
    if amount is None or amount > rule.amount_up_to or currency != rule.currency:
        return False
    extracted = facts.extracted[row.document_id]
    own = facts.of(row.document_id)
    doubts = statements.differences_of(row, facts) or extracted.remarks or row.document.attention
    if doubts or row.document.typed_in_by or row.document.version or own.is_taken_out or row.document.erased_at:
        return False
    if ProposedDocument.objects.filter(document=row, open=True).exists():
        return False
    if row.kind not in ORDERED:
        return True
    order_confirmed = any(doc.kind == "order" and doc.confirmation == Confirmation.CONFIRMED for doc in facts.documents)
    ordered = {
        id(part.stated or part.line)
        for each in facts.comparison.lines
        if each.order_line is not None
        for part in each.parts
    }
    return order_confirmed and bool(own.lines) and all(id(line) in ordered for line in own.lines)


def _report_limit(actor: Actor, rule: AutomaticRule, row: TradeDocument, amount: Decimal) -> None:
    """Once a day and rule: its limit is reached, the rest waits for people."""
    seen = Observation(
        rule=LIMIT_REACHED,
        severity=Severity.MEDIUM,
        key=f"{LIMIT_REACHED}:{rule.id}:{clock.today()}",
        subject=selectors.subject_of(row.trade),
        subject_label=selectors.label_of(row.trade),
        organisation_ids=(row.trade.seller_id, row.trade.buyer_id),
        amount=amount,
        currency=rule.currency,
        detail={"document": row.number, "line": "", "expected": str(rule.daily_up_to), "found": str(amount)},
    )
    risk.report(actor=actor, network_id=row.trade.network_id, observations=[seen])
