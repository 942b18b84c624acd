"""Loans: paid out, cancelled, written off by two people."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Day
from abs_platform.core.rest.forms import checked
from abs_platform.core.rest.idempotency import idempotent
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged, query_of
from abs_platform.financing.api.forms import ReasonIn, TypedAmountIn
from abs_platform.financing.lending import replies, selectors, services
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.states import LENT, LoanState
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of


class LoanQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[*map(str, LoanState), "lent"], required=False, help_text="lent: out now.")
    lent_on = Day(required=False, help_text="Out on this day, which `owed` is then as of.")
    funder = serializers.UUIDField(required=False)
    supplier = serializers.UUIDField(required=False)
    debtor = serializers.UUIDField(required=False)
    request = serializers.UUIDField(required=False)
    currency = serializers.CharField(required=False, max_length=3)
    due_from = Day(required=False)
    due_until = Day(required=False)


FILTERS = {
    "funder": "funder",
    "supplier": "supplier",
    "debtor": "offer__invitation__programme__core_enterprise",
    "request": "offer__invitation__request",
    "currency": "currency",
    "due_from": "due_date__gte",
    "due_until": "due_date__lte",
}


class DisbursementIn(serializers.Serializer[Any]):
    payee_account = serializers.CharField(max_length=100)
    bank_reference = serializers.CharField(max_length=100)
    disbursed_on = Day()


class DisburseIn(TypedAmountIn):
    proposal = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="As the loan's reply gave it.")


def matching(query: dict[str, Any], *, actor: Actor) -> tuple[Q, date | None]:  # Any: checked query parameters
    """The loans that a query of the actor asks for, and the day as of which it does."""
    found = Q(**{FILTERS[name]: value for name, value in query.items() if name in FILTERS})
    if state := query.get("state"):
        found &= selectors.in_states(LENT if state == "lent" else [state], actor=actor)
    if day := query.get("lent_on"):
        found &= selectors.lent_on(day)
    return found, query.get("lent_on")


class LoansView(APIView):
    """Loans."""

    @extend_schema(
        responses=page_of(replies.LoanOut),
        parameters=[*PAGE_PARAMETERS, LoanQuery],
        tags=["financing"],
        operation_id="loans_list",
    )
    def get(self, request: Request) -> Response:
        """What the caller's organisation lent or borrowed, newest first."""
        actor = actor_of(request)
        chosen, as_of = matching(query_of(request, LoanQuery), actor=actor)
        rows = selectors.loans(actor=actor).filter(chosen)
        return paged(request, rows, lambda page: replies.loan_bodies(page, actor=actor, as_of=as_of))


class LoanView(APIView):
    """One loan."""

    @extend_schema(responses=replies.LoanDetailOut, tags=["financing"])
    def get(self, request: Request, id: UUID) -> Response:
        """A loan: what is owed, the rights that it was given on, what the ledger holds of it."""
        actor = actor_of(request)
        return Response(replies.loan_detail(selectors.loan(actor=actor, loan_id=id), actor=actor))


def _told(actor: Actor, row: Loan) -> Response:
    return Response(replies.loan_detail(selectors.loan(actor=actor, loan_id=row.id), actor=actor))


def _bare(request: Request, id: UUID, service: Callable[..., Loan]) -> Response:
    actor = actor_of(request)
    return _told(actor, service(actor=actor, loan_id=id))


def _with(
    request: Request, id: UUID, service: Callable[..., Loan], shape: type[serializers.Serializer[Any]]
) -> Response:
    actor = actor_of(request)
    return _told(actor, service(actor=actor, loan_id=id, **checked(shape, request)))


class ProposeDisbursementView(APIView):
    """Say that the money was sent."""

    @idempotent
    @extend_schema(request=DisbursementIn, responses=replies.LoanDetailOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Say that the money was sent; another person disburses."""
        return _with(request, id, services.propose_disbursement, DisbursementIn)


class TakeBackDisbursementView(APIView):
    """Take a proposed disbursement back."""

    @extend_schema(request=None, responses=replies.LoanDetailOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Take a proposed disbursement back."""
        return _bare(request, id, services.take_back_disbursement)


class DisburseView(APIView):
    """Confirm a disbursement."""

    @idempotent
    @extend_schema(request=DisburseIn, responses=replies.LoanDetailOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Confirm what another person proposed, as it was read; `amount` is the principal. All pledges must be active."""
        return _with(request, id, services.disburse, DisburseIn)


class CancelView(APIView):
    """Give a loan up."""

    @extend_schema(request=ReasonIn, responses=replies.LoanDetailOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Give a loan up before it is paid out; its rights become free."""
        return _with(request, id, services.cancel, ReasonIn)


class ProposeWriteOffView(APIView):
    """Say that an overdue loan will not come back."""

    @extend_schema(request=ReasonIn, responses=replies.LoanDetailOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Say why an overdue loan will not come back; another person writes it off."""
        return _with(request, id, services.propose_write_off, ReasonIn)


class TakeBackWriteOffView(APIView):
    """Take a proposed write-off back."""

    @extend_schema(request=None, responses=replies.LoanDetailOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Take a proposed write-off back."""
        return _bare(request, id, services.take_back_write_off)


class WriteOffView(APIView):
    """Write a loan off."""

    @extend_schema(request=TypedAmountIn, responses=replies.LoanDetailOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Book the loss that another person proposed; `amount` is what is owed in all today."""
        return _with(request, id, services.write_off, TypedAmountIn)
