"""The first page of each persona: one next step, what waits, and the figures that matter to it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.consent import selectors as consent
from abs_platform.consent.states import RequestState
from abs_platform.core.models import Job, JobState
from abs_platform.core.rest.fields import Body, money
from abs_platform.documents import selectors as documents
from abs_platform.financing import waiting
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of
from abs_platform.parties.roles import Role
from abs_platform.rights import selectors as rights
from abs_platform.rights.states import RightState
from abs_platform.risk import selectors as risk
from abs_platform.risk.states import AlertState
from abs_platform.trade import selectors as trades
from abs_platform.trade.desk import selectors as desk
from abs_platform.trade.states import Confirmation


class NextStep(serializers.Serializer[Any]):
    code = serializers.CharField()
    params = serializers.DictField()
    link = serializers.CharField()


class Task(serializers.Serializer[Any]):
    code = serializers.CharField()
    count = serializers.IntegerField()
    link = serializers.CharField()


class Figure(serializers.Serializer[Any]):
    code = serializers.CharField()
    value = serializers.CharField()
    currency = serializers.CharField(allow_null=True)


class HomeOut(serializers.Serializer[Any]):
    next_step = NextStep(allow_null=True)
    tasks = Task(many=True)
    figures = Figure(many=True)


class HomeView(APIView):
    """What to do now."""

    @extend_schema(responses=HomeOut, tags=["session"])
    def get(self, request: Request) -> Response:
        """One next step, the open tasks and the figures of the caller's roles."""
        actor = actor_of(request)
        tasks: list[Body] = []
        figures: list[Body] = []
        for role, parts in PARTS.items():
            if actor.has(role):
                more_tasks, more_figures = parts(actor)
                tasks += more_tasks
                figures += more_figures
        waiting = [task for task in tasks if task["count"]]
        first = waiting[0] if waiting else None
        step = (
            {"code": first["code"], "params": {"count": first["count"]}, "link": first["link"]}
            if first
            else _resting_step(actor)
        )
        return Response({"next_step": step, "tasks": tasks, "figures": figures})


def _resting_step(actor: Actor) -> Body | None:
    """What to suggest when nothing waits."""
    for role, code, link in (
        (Role.SUPPLIER, "upload_documents", "/documents"),
        (Role.FINANCIER, "find_suppliers", "/suppliers"),
        (Role.CORE_ENTERPRISE, "all_confirmed", "/trades"),
        (Role.RISK_OFFICER, "no_open_alerts", "/alerts"),
        (Role.OPERATOR, "check_operations", "/operations"),
    ):
        if actor.has(role):
            return {"code": code, "params": {}, "link": link}
    return None


def _task(code: str, count: int, link: str) -> Body:
    return {"code": code, "count": count, "link": link}


def _waiting(found: Iterable[waiting.Waiting]) -> list[Body]:
    return [_task(each.code, each.count, each.link) for each in found]


def _sums(code: str, rows: Iterable[tuple[str, Decimal | None]]) -> list[Body]:
    """One figure for each currency."""
    return [
        {"code": code, "value": money(value or Decimal(0), currency), "currency": currency} for currency, value in rows
    ]


def _supplier(actor: Actor) -> tuple[list[Body], list[Body]]:
    own = documents.documents(actor=actor).filter(owner_id=actor.home)
    requests = consent.access_requests(actor=actor).filter(owner_id=actor.home, state=RequestState.REQUESTED).count()
    attention = own.filter(documents.to_review()).count()
    mine = trades.trades(actor=actor).filter(seller_id=actor.home)
    free = rights.rights(actor=actor).filter(trade__seller_id=actor.home, supported__gt=0, state=RightState.FREE)
    tasks = [
        _task("answer_access_requests", requests, "/consents"),
        _task("mend_documents", attention, "/documents?state=review"),
        _task(
            "awaiting_buyer", mine.filter(documents__confirmation=Confirmation.PENDING).distinct().count(), "/trades"
        ),
    ]
    figures = [
        *_sums("financeable_now", free.order_by().values_list("currency").annotate(Sum("supported"))),
        {"code": "trades", "value": str(mine.count()), "currency": None},
        {"code": "documents", "value": str(own.count()), "currency": None},
    ]
    own_steps = _waiting(waiting.of_supplier(actor)) + tasks[:2]
    # Waiting for somebody else is no step of one's own.
    return own_steps + ([tasks[2]] if any(task["count"] for task in own_steps) else []), figures


def _core_enterprise(actor: Actor) -> tuple[list[Body], list[Body]]:
    states = dict(trades.queue(actor=actor).order_by().values_list("confirmation").annotate(Count("document_id")))
    pending, disputed = states.get(Confirmation.PENDING, 0), states.get(Confirmation.DISPUTED, 0)
    figures = [
        {"code": "confirmed_documents", "value": str(states.get(Confirmation.CONFIRMED, 0)), "currency": None},
        {"code": "disputed_documents", "value": str(disputed), "currency": None},
    ]
    soon = desk.due_soon(actor=actor).count()
    proposed = desk.proposals_to_check(actor=actor).count()
    tasks = [
        _task("confirm_due_soon", soon, "/confirmations?state=pending"),
        _task("check_proposals", proposed, "/desk/proposals"),
        _task("confirm_documents", pending, "/confirmations?state=pending"),
    ]
    notices, dues = _waiting(waiting.of_debtor(actor))
    tasks = [tasks[0], notices, *tasks[1:], dues]
    return tasks, figures


def _financier(actor: Actor) -> tuple[list[Body], list[Body]]:
    asked = consent.access_requests(actor=actor).filter(requester_id=actor.home, state=RequestState.REQUESTED).count()
    # Counted by grants alone: an amount, or which trades have one, is content, and content is shown by a logged look only.
    opened = trades.trades(actor=actor).exclude(Q(seller_id=actor.home) | Q(buyer_id=actor.home)).count()
    figures = [
        {"code": "trades", "value": str(opened), "currency": None},
        {"code": "requests_waiting", "value": str(asked), "currency": None},
        {"code": "listed_suppliers", "value": str(parties.listed_suppliers(actor=actor).count()), "currency": None},
    ]
    return [*_waiting(waiting.of_funder(actor)), _task("review_trades", opened, "/trades")], figures


def _risk_officer(actor: Actor) -> tuple[list[Body], list[Body]]:
    alerts = risk.alerts(actor=actor)
    states = dict(alerts.order_by().values_list("state").annotate(Count("id")))
    severe = alerts.filter(state=AlertState.OPEN, severity__in=["high", "critical"]).count()
    figures = [{"code": "severe_alerts", "value": str(severe), "currency": None}]
    return [_task("work_alerts", states.get(AlertState.OPEN, 0), "/alerts?state=open")], figures


def _operator(actor: Actor) -> tuple[list[Body], list[Body]]:
    failed = Job.objects.filter(state=JobState.FAILED).count()
    figures = [{"code": "organisations", "value": str(parties.organisations(actor=actor).count()), "currency": None}]
    return [_task("mend_jobs", failed, "/operations")], figures


PARTS = {
    Role.SUPPLIER: _supplier,
    Role.CORE_ENTERPRISE: _core_enterprise,
    Role.FINANCIER: _financier,
    Role.RISK_OFFICER: _risk_officer,
    Role.OPERATOR: _operator,
}
