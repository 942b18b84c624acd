"""Offers: made by two people of a funder, accepted by two people of a supplier."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body
from abs_platform.core.rest.forms import checked
from abs_platform.core.rest.idempotency import idempotent
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, NewestFirst, Queue, page_of, paged, query_of
from abs_platform.financing import acceptance, offers, replies, selectors
from abs_platform.financing.api import forms
from abs_platform.financing.models import Offer
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of
from abs_platform.trade.own_signing import ToSignOut, own_of, to_sign_body

FILTERS = {"state": "state", "request": "invitation__request"}


class ByAmount(NewestFirst):
    """Pages by amount, the largest first."""

    ordering = ("-amount", "-id")


class ByValidity(Queue):
    """Pages by the time until which they are valid, the nearest first."""

    ordering = ("valid_until", "id")


SORTS = {"newest": NewestFirst, "amount": ByAmount, "valid_until": ByValidity}


def _reply(actor: Actor, id: UUID) -> Response:
    row = selectors.offer(actor=actor, offer_id=id)
    return Response(replies.offer_bodies([row], actor=actor)[0])


class InvitationOffersView(APIView):
    """Make an offer."""

    @extend_schema(request=forms.OfferIn, responses={201: replies.OfferOut}, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Propose an offer on a request that was put to one of the caller's programmes; a colleague approves."""
        actor = actor_of(request)
        draft = offers.Draft(**checked(forms.OfferIn, request))
        row = offers.propose(actor=actor, invitation_id=id, draft=draft)
        reply = _reply(actor, row.id)
        reply.status_code = status.HTTP_201_CREATED
        return reply


class OffersView(APIView):
    """Offers."""

    @extend_schema(
        responses=page_of(replies.OfferOut),
        parameters=[*PAGE_PARAMETERS, forms.OfferQuery],
        tags=["financing"],
        operation_id="offers_list",
    )
    def get(self, request: Request) -> Response:
        """A financier's own offers; those that were made to a supplier."""
        actor = actor_of(request)
        query = query_of(request, forms.OfferQuery)
        rows = selectors.offers(actor=actor).filter(
            **{FILTERS[name]: value for name, value in query.items() if name in FILTERS}
        )

        def represent(page: Any) -> list[Body]:  # Any: a page of Offer
            return replies.offer_bodies(page, actor=actor)

        return paged(request, rows, represent, paginator=SORTS[query.get("sort", "newest")])


class OfferView(APIView):
    """One offer."""

    @extend_schema(responses=replies.OfferOut, tags=["financing"])
    def get(self, request: Request, id: UUID) -> Response:
        """One offer that the caller may see."""
        return _reply(actor_of(request), id)


class _Act(APIView):
    act: ClassVar[Callable[..., Offer]]

    @extend_schema(request=None, responses=replies.OfferOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        actor = actor_of(request)
        type(self).act(actor=actor, offer_id=id)
        return _reply(actor, id)


class ApproveOfferView(_Act):
    """Approve what a colleague proposed: the supplier sees it from now on."""

    act = offers.approve


class WithdrawOfferView(_Act):
    """Take an offer back, while the supplier is not accepting it."""

    act = offers.withdraw


class TakeBackAcceptanceView(_Act):
    """Take a colleague's or one's own wish to accept back."""

    act = offers.take_back_acceptance


class RejectOfferView(APIView):
    """Say no."""

    @extend_schema(request=forms.OptionalReasonIn, responses=replies.OfferOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Reject an offer; the financier may make another."""
        actor = actor_of(request)
        offers.reject(actor=actor, offer_id=id, **checked(forms.OptionalReasonIn, request))
        return _reply(actor, id)


class ProposeAcceptanceView(APIView):
    """The first of two."""

    @idempotent
    @extend_schema(request=forms.TypedAmountIn, responses=replies.OfferOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Propose to accept an offer, typing its amount back; a colleague accepts."""
        actor = actor_of(request)
        offers.propose_acceptance(actor=actor, offer_id=id, **checked(forms.TypedAmountIn, request))
        return _reply(actor, id)


class AcceptOfferView(APIView):
    """The second of two."""

    @idempotent
    @extend_schema(request=forms.AcceptIn, responses=replies.OfferOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Accept what a colleague proposed to accept, typing the amount back: the rights are held for the financier."""
        actor = actor_of(request)
        data = checked(forms.AcceptIn, request)
        acceptance.accept(actor=actor, offer_id=id, amount=data["amount"], own=own_of(data.get("own")))
        return _reply(actor, id)


class AcceptanceToSignView(APIView):
    """What an own key signs as an offer is accepted."""

    @extend_schema(request=None, responses=ToSignOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """The exact notice to the debtor that accepting would sign now, for a supplier that signs with a key of its own."""
        return Response(to_sign_body(acceptance.to_sign(actor=actor_of(request), offer_id=id)))
