"""Payments that come in on loans, and pay-outs of what is left to the supplier or the debtor: each by two people."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
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
from abs_platform.financing.lending import payments, payouts, replies, selectors
from abs_platform.financing.lending.models import PAYEES, PAYERS, Payment, Payout
from abs_platform.financing.states import PaymentState, PayoutState
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of

Row = TypeVar("Row", Payment, Payout)


class PaymentQuery(serializers.Serializer[Any]):
    loan = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=[str(state) for state in PaymentState], required=False)
    right = serializers.UUIDField(required=False)


class LoanPaymentIn(serializers.Serializer[Any]):
    loan = serializers.UUIDField()
    payer = serializers.ChoiceField(choices=list(PAYERS))
    right = serializers.UUIDField(required=False, allow_null=True, help_text="Of the loan; where the debtor pays.")
    amount = serializers.DecimalField(max_digits=20, decimal_places=4)
    received_on = Day()
    bank_reference = serializers.CharField(max_length=100)


class PayoutQuery(serializers.Serializer[Any]):
    loan = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=[str(state) for state in PayoutState], required=False)


class PayoutIn(serializers.Serializer[Any]):
    loan = serializers.UUIDField()
    payee = serializers.ChoiceField(
        choices=list(PAYEES), default="supplier", help_text="The debtor gets back what it did not owe."
    )
    amount = serializers.DecimalField(max_digits=20, decimal_places=4)
    paid_on = Day()
    bank_reference = serializers.CharField(max_length=100)


def _filtered(rows: "QuerySet[Row]", query: dict[str, Any], actor: Actor) -> "QuerySet[Row]":  # Any: query parameters
    if state := query.pop("state", None):
        rows = rows.filter(selectors.in_states([state], actor=actor, funder="loan__funder"))
    return rows.filter(**query)


class PaymentsView(APIView):
    """Payments."""

    @extend_schema(
        responses=page_of(replies.PaymentOut),
        parameters=[*PAGE_PARAMETERS, PaymentQuery],
        tags=["financing"],
        operation_id="payments_list",
    )
    def get(self, request: Request) -> Response:
        """What came in on the loans that the caller's organisation gave or took, newest first."""
        actor = actor_of(request)
        rows = _filtered(selectors.payments(actor=actor), query_of(request, PaymentQuery), actor)
        return paged(request, rows, lambda page: replies.payment_bodies(page, actor=actor))

    @idempotent
    @extend_schema(request=LoanPaymentIn, responses={201: replies.PaymentOut}, tags=["financing"])
    def post(self, request: Request) -> Response:
        """Record that money came in; another person confirms it. A bank reference is taken once for each loan."""
        form = checked(LoanPaymentIn, request)
        form["loan_id"], form["right_id"] = form.pop("loan"), form.pop("right", None)
        return _payment(request, payments.record(actor=actor_of(request), **form), status=201)


def _payment(request: Request, row: Payment, *, status: int = 200) -> Response:
    actor = actor_of(request)
    [body] = replies.payment_bodies([selectors.payment(actor=actor, payment_id=row.id)], actor=actor)
    return Response(body, status=status)


def _on_payment(
    request: Request, id: UUID, service: Callable[..., Payment], shape: type[serializers.Serializer[Any]] | None = None
) -> Response:
    form = checked(shape, request) if shape else {}
    return _payment(request, service(actor=actor_of(request), payment_id=id, **form))


class PaymentView(APIView):
    """One payment."""

    @extend_schema(responses=replies.PaymentOut, tags=["financing"])
    def get(self, request: Request, id: UUID) -> Response:
        """One payment, and what it was used for."""
        return _payment(request, selectors.payment(actor=actor_of(request), payment_id=id))


class ConfirmPaymentView(APIView):
    """Confirm a payment."""

    @idempotent
    @extend_schema(request=TypedAmountIn, responses=replies.PaymentOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Confirm what another person recorded: it is used for fee, interest and principal; the rest is the
        supplier's, or the debtor's where it paid what it did not owe."""
        return _on_payment(request, id, payments.confirm, TypedAmountIn)


class RejectPaymentView(APIView):
    """Reject a payment."""

    @extend_schema(request=ReasonIn, responses=replies.PaymentOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Say that what another person recorded did not come in like that."""
        return _on_payment(request, id, payments.reject, ReasonIn)


class ProposeReversalView(APIView):
    """Say that a confirmed payment was none."""

    @extend_schema(request=ReasonIn, responses=replies.PaymentOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Say why a confirmed payment was none; another person reverses it."""
        return _on_payment(request, id, payments.propose_reversal, ReasonIn)


class TakeBackReversalView(APIView):
    """Take a proposed reversal back."""

    @extend_schema(request=None, responses=replies.PaymentOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Take a proposed reversal back."""
        return _on_payment(request, id, payments.take_back_reversal)


class ReverseView(APIView):
    """Reverse a payment."""

    @extend_schema(request=None, responses=replies.PaymentOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Undo a payment by a counter-entry, as another person proposed."""
        return _on_payment(request, id, payments.reverse)


class PayoutsView(APIView):
    """Pay-outs."""

    @extend_schema(
        responses=page_of(replies.PayoutOut),
        parameters=[*PAGE_PARAMETERS, PayoutQuery],
        tags=["financing"],
        operation_id="payouts_list",
    )
    def get(self, request: Request) -> Response:
        """What was left of payments and paid on to the suppliers, or back to the debtors, newest first."""
        actor = actor_of(request)
        rows = _filtered(selectors.payouts(actor=actor), query_of(request, PayoutQuery), actor)
        return paged(request, rows, lambda page: replies.payout_bodies(page, actor=actor))

    @idempotent
    @extend_schema(request=PayoutIn, responses={201: replies.PayoutOut}, tags=["financing"])
    def post(self, request: Request) -> Response:
        """Record that surplus was sent to the supplier, or an overpayment back to the debtor; another person confirms it."""
        form = checked(PayoutIn, request)
        form["loan_id"] = form.pop("loan")
        return _payout(request, payouts.record(actor=actor_of(request), **form), status=201)


def _payout(request: Request, row: Payout, *, status: int = 200) -> Response:
    actor = actor_of(request)
    [body] = replies.payout_bodies([selectors.payout(actor=actor, payout_id=row.id)], actor=actor)
    return Response(body, status=status)


class PayoutView(APIView):
    """One pay-out."""

    @extend_schema(responses=replies.PayoutOut, tags=["financing"])
    def get(self, request: Request, id: UUID) -> Response:
        """One pay-out."""
        return _payout(request, selectors.payout(actor=actor_of(request), payout_id=id))


class ConfirmPayoutView(APIView):
    """Confirm a pay-out."""

    @idempotent
    @extend_schema(request=TypedAmountIn, responses=replies.PayoutOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Confirm what another person recorded."""
        form = checked(TypedAmountIn, request)
        return _payout(request, payouts.confirm(actor=actor_of(request), payout_id=id, **form))


class RejectPayoutView(APIView):
    """Reject a pay-out."""

    @extend_schema(request=ReasonIn, responses=replies.PayoutOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Say that what another person recorded was not sent like that."""
        form = checked(ReasonIn, request)
        return _payout(request, payouts.reject(actor=actor_of(request), payout_id=id, **form))
