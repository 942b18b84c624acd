"""What takes several people: proposals, delegation, and the settings of the desk."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body
from abs_platform.core.rest.forms import checked
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged, query_of
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of
from abs_platform.trade.api import desk_serializers as shapes
from abs_platform.trade.desk import delegating, proposals, replies, settings, setup
from abs_platform.trade.desk import selectors as desk
from abs_platform.trade.desk.choices import from_json
from abs_platform.trade.models import Proposal
from abs_platform.trade.own_signing import ToSignOut, own_of, to_sign_body


def _proposal(actor: Actor, row: Proposal, code: int = status.HTTP_200_OK) -> Response:
    [body] = replies.proposal_bodies([row], actor=actor)
    return Response(body, status=code)


def _desk(actor: Actor, code: int = status.HTTP_200_OK) -> Response:
    return Response(setup.desk_body(actor=actor), status=code)


class ProposalsView(APIView):
    """Proposals to confirm."""

    @extend_schema(
        responses=page_of(replies.ProposalOut),
        parameters=[*PAGE_PARAMETERS, shapes.ProposalQuery],
        tags=["confirmations"],
        operation_id="confirmations_proposals_list",
    )
    def get(self, request: Request) -> Response:
        """The own organisation's proposals, newest first."""
        actor = actor_of(request)
        rows = desk.proposals(actor=actor)
        if state := query_of(request, shapes.ProposalQuery).get("state"):
            rows = rows.filter(state=state)

        def represent(page: Any) -> list[Body]:  # Any: a page of Proposal
            return replies.proposal_bodies(page, actor=actor)

        return paged(request, rows, represent)

    @extend_schema(request=shapes.ProposeIn, responses={201: replies.ProposalOut}, tags=["confirmations"])
    def post(self, request: Request) -> Response:
        """Propose to confirm documents; others of the organisation agree, as many as its limits ask for."""
        actor = actor_of(request)
        data = checked(shapes.ProposeIn, request)
        choices = from_json(data["documents"])
        row = proposals.propose(
            actor=actor, choices=choices, amount=data.get("amount"), on_behalf_of=data.get("on_behalf_of")
        )
        return _proposal(actor, row, status.HTTP_201_CREATED)


class ProposalView(APIView):
    """One proposal."""

    @extend_schema(responses=replies.ProposalOut, tags=["confirmations"])
    def get(self, request: Request, id: UUID) -> Response:
        """A proposal of the own organisation."""
        actor = actor_of(request)
        return _proposal(actor, desk.proposal(actor=actor, proposal_id=id))


class AgreeView(APIView):
    """Agree to a proposal."""

    action = ""

    @extend_schema(request=shapes.AgreeIn, responses=replies.ProposalOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """Agree, as another person than those before; the last whose word it takes signs."""
        actor = actor_of(request)
        data = checked(shapes.AgreeIn, request)
        own = own_of(data.pop("own", None))
        row = proposals.agree(actor=actor, proposal_id=id, action=self.action, own=own, **data)
        return _proposal(actor, row)


class CheckView(AgreeView):
    """复核."""

    action = "check"


class ApproveView(AgreeView):
    """高管复核."""

    action = "approve"


class EndView(APIView):
    """End a proposal without signing."""

    action = ""

    @extend_schema(request=shapes.EndIn, responses=replies.ProposalOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """Decline it, as another than its maker, or withdraw the own one. Its documents wait again."""
        actor = actor_of(request)
        row = proposals.end(actor=actor, proposal_id=id, action=self.action, **checked(shapes.EndIn, request))
        return _proposal(actor, row)


class DeclineView(EndView):
    """Decline."""

    action = "decline"


class WithdrawView(EndView):
    """Withdraw."""

    action = "withdraw"


class ProposalToSignView(APIView):
    """What an own key signs over a proposal."""

    @extend_schema(request=shapes.OnBehalfIn, responses=ToSignOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """The exact manifest that agreeing to this proposal would sign now."""
        data = checked(shapes.OnBehalfIn, request)
        found = proposals.to_sign(actor=actor_of(request), proposal_id=id, on_behalf_of=data.get("on_behalf_of"))
        return Response(to_sign_body(found))


class DeskView(APIView):
    """The desk's settings."""

    @extend_schema(responses=shapes.DeskOut, tags=["confirmations"])
    def get(self, request: Request) -> Response:
        """Limits, keys, automatic rules, delegations, and changes that wait for a second person."""
        return _desk(actor_of(request))


class DelegationsView(APIView):
    """Delegate."""

    @extend_schema(request=shapes.DelegationIn, responses={201: shapes.DeskOut}, tags=["confirmations"])
    def post(self, request: Request) -> Response:
        """Give a colleague the own right to confirm until a day."""
        actor = actor_of(request)
        data = checked(shapes.DelegationIn, request)
        delegating.delegate(actor=actor, delegate_id=data["delegate"], until=data["until"])
        return _desk(actor, status.HTTP_201_CREATED)


class RevokeView(APIView):
    """Revoke a delegation."""

    @extend_schema(request=None, responses=shapes.DeskOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """End a delegation that one gave or holds, at once."""
        actor = actor_of(request)
        delegating.revoke(actor=actor, delegation_id=id)
        return _desk(actor)


class PolicyView(APIView):
    """Limits."""

    @extend_schema(request=shapes.PolicyIn, responses={201: shapes.DeskOut}, tags=["confirmations"])
    def post(self, request: Request) -> Response:
        """Ask for other limits; a second person approves them."""
        actor = actor_of(request)
        settings.request_policy(actor=actor, **checked(shapes.PolicyIn, request))
        return _desk(actor, status.HTTP_201_CREATED)


class OwnKeyStatementView(APIView):
    """What a key of one's own signs to be registered."""

    @extend_schema(
        responses=shapes.OwnKeyStatementOut, parameters=[shapes.OwnKeyStatementQuery], tags=["confirmations"]
    )
    def get(self, request: Request) -> Response:
        """What the key signs, to show that its private part is held."""
        public = bytes.fromhex(query_of(request, shapes.OwnKeyStatementQuery)["public_key"])
        return Response({"statement": settings.possession_of(actor=actor_of(request), public=public)})


class OwnKeyView(APIView):
    """A key of one's own."""

    @extend_schema(request=shapes.OwnKeyIn, responses={201: shapes.DeskOut}, tags=["confirmations"])
    def post(self, request: Request) -> Response:
        """Ask to sign with an SM2 key that the organisation holds itself; a second person approves it."""
        actor = actor_of(request)
        data = checked(shapes.OwnKeyIn, request)
        settings.request_own_key(
            actor=actor, public=bytes.fromhex(data["public_key"]), signature=bytes.fromhex(data["signature"])
        )
        return _desk(actor, status.HTTP_201_CREATED)


class CustodialKeyView(APIView):
    """Back to the key in the platform's custody."""

    @extend_schema(request=None, responses={201: shapes.DeskOut}, tags=["confirmations"])
    def post(self, request: Request) -> Response:
        """Ask to sign with the custodial key again; a second person approves it."""
        actor = actor_of(request)
        settings.request_custodial_key(actor=actor)
        return _desk(actor, status.HTTP_201_CREATED)


class RulesView(APIView):
    """Automatic confirmation."""

    @extend_schema(request=shapes.RuleIn, responses={201: shapes.DeskOut}, tags=["confirmations"])
    def post(self, request: Request) -> Response:
        """Ask that a supplier's documents be confirmed automatically; a second person approves it."""
        actor = actor_of(request)
        data = checked(shapes.RuleIn, request)
        settings.request_rule(actor=actor, seller_id=data.pop("seller"), **data)
        return _desk(actor, status.HTTP_201_CREATED)


class StopRuleView(APIView):
    """Stop automatic confirmation."""

    @extend_schema(request=None, responses=shapes.DeskOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """Stop a rule at once."""
        actor = actor_of(request)
        settings.stop_rule(actor=actor, rule_id=id)
        return _desk(actor)


class ChangeView(APIView):
    """Decide on a change of settings."""

    action = ""

    @extend_schema(request=None, responses=shapes.DeskOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """Approve it, as another than who asked, or drop it."""
        actor = actor_of(request)
        settings.decide(actor=actor, change_id=id, action=self.action)
        return _desk(actor)


class ApproveChangeView(ChangeView):
    """Approve."""

    action = "approve"


class WithdrawChangeView(ChangeView):
    """Drop."""

    action = "withdraw"
