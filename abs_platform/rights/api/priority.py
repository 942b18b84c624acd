"""Who would win: 中登 registrations, notices, and the order that follows from them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.errors import NotFound
from abs_platform.core.rest.fields import Body, Moment, time
from abs_platform.core.rest.forms import checked
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged, query_of
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of
from abs_platform.parties.roles import Role
from abs_platform.rights.api.rights import looked_at
from abs_platform.rights.priority import rules, selectors, services
from abs_platform.rights.priority.models import (
    AMENDMENTS,
    DebtorNotice,
    ZhongdengAmendment,
    ZhongdengRegistration,
    ZhongdengSearch,
)
from abs_platform.rights.priority.rules import Claimant, Ground

NUMBER = r"^[0-9A-Za-z-]{6,40}$"


class ClaimantOut(serializers.Serializer[Any]):
    place = serializers.IntegerField(min_value=1)
    name = serializers.CharField()
    ours = serializers.BooleanField()
    registered_at = serializers.DateTimeField(allow_null=True)
    notified_at = serializers.DateTimeField(allow_null=True)


class SentenceOut(serializers.Serializer[Any]):
    zh = serializers.CharField()
    en = serializers.CharField()


class AmendmentOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=AMENDMENTS)
    number = serializers.CharField(allow_blank=True)
    expires_on = serializers.DateField(allow_null=True)
    description = serializers.CharField(allow_blank=True)
    recorded_by = serializers.CharField(
        allow_blank=True,
        help_text="A colleague, or the other organisation; empty for who may not see the right any more.",
    )
    at = serializers.DateTimeField()


class RegistrationOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    party = serializers.CharField()
    rival = serializers.BooleanField()
    pledge = serializers.UUIDField(allow_null=True)
    registered_at = serializers.DateTimeField()
    expires_on = serializers.DateField(help_text="With its extensions")
    description = serializers.CharField()
    ended = serializers.BooleanField()
    may_amend = serializers.BooleanField()
    amendments = AmendmentOut(many=True)
    recorded_by = serializers.CharField(help_text="A colleague, or the other organisation.")
    at = serializers.DateTimeField()


class OwnRegistrationOut(RegistrationOut):
    right = serializers.UUIDField()


class OwnRegistrationsQuery(serializers.Serializer[Any]):
    standing = serializers.BooleanField(required=False, help_text="Those that were neither cancelled nor a mistake.")


class RecordedNoticeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    party = serializers.CharField()
    rival = serializers.BooleanField()
    pledge = serializers.UUIDField(allow_null=True)
    reached_at = serializers.DateTimeField()
    how = serializers.CharField()
    recorded_by = serializers.CharField(help_text="A colleague, or the other organisation.")
    at = serializers.DateTimeField()


class SearchOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField(help_text="Of the search's certificate")
    searched_at = serializers.DateTimeField()
    recorded_by = serializers.CharField(help_text="A colleague, or the other organisation.")
    at = serializers.DateTimeField()


class StandingOut(serializers.Serializer[Any]):
    """The pledge here and how far it is on the chain."""

    pledge = serializers.UUIDField()
    since = serializers.DateTimeField()
    registry = serializers.CharField(help_text="State of the step: pending, sent, done")
    mine = serializers.BooleanField(
        help_text="Whether the caller's organisation holds it, and so records its registration."
    )


class PriorityOut(serializers.Serializer[Any]):
    """Who comes first under 民法典 article 768, and why."""

    ground = serializers.ChoiceField(choices=[str(ground) for ground in Ground])
    sentence = SentenceOut()
    claimants = ClaimantOut(many=True)
    pledged = StandingOut(allow_null=True)
    registrations = RegistrationOut(many=True)
    notices = RecordedNoticeOut(many=True)
    searches = SearchOut(many=True, help_text="That showed nobody else's registration")
    draft = serializers.CharField(help_text="财产描述 for filing at 中登, drafted from the facts")
    may_record = serializers.BooleanField()
    may_search = serializers.BooleanField(help_text="Whether the caller may record a search.")


class RegistrationIn(serializers.Serializer[Any]):
    number = serializers.RegexField(NUMBER)
    party = serializers.CharField(max_length=200)
    rival = serializers.BooleanField(default=False)
    pledge = serializers.UUIDField(required=False, allow_null=True, default=None)
    registered_at = Moment()
    expires_on = serializers.DateField()
    description = serializers.CharField(max_length=20_000)


class AmendmentIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=AMENDMENTS)
    number = serializers.RegexField(NUMBER, required=False, allow_blank=True, default="")
    expires_on = serializers.DateField(required=False, allow_null=True, default=None)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True, default="")


class NoticeIn(serializers.Serializer[Any]):
    party = serializers.CharField(max_length=200)
    rival = serializers.BooleanField(default=False)
    pledge = serializers.UUIDField(required=False, allow_null=True, default=None)
    reached_at = Moment()
    how = serializers.CharField(max_length=200)


class SearchIn(serializers.Serializer[Any]):
    number = serializers.RegexField(NUMBER)
    searched_at = Moment()


def _claimant(place: int, each: Claimant) -> Body:
    return {
        "place": place,
        "name": each.name,
        "ours": each.ours,
        "registered_at": time(each.registered_at),
        "notified_at": time(each.notified_at),
    }


def _recorder(row: ZhongdengRegistration | ZhongdengAmendment | DebtorNotice | ZhongdengSearch, actor: Actor) -> str:
    """A colleague by name, others' people as their organisation."""
    return row.recorded_by if row.organisation_id == actor.organisation_id else row.organisation.name


def _registration(row: ZhongdengRegistration, actor: Actor) -> Body:
    return {
        "id": str(row.id),
        "number": row.number,
        "party": row.party,
        "rival": row.is_rival,
        "pledge": str(row.pledge_id) if row.pledge_id else None,
        "registered_at": time(row.registered_at),
        "expires_on": selectors.expires_on(row).isoformat(),
        "description": row.description,
        "ended": selectors.is_ended(row),
        "may_amend": not selectors.is_ended(row) and services.may_amend(actor, row),
        "amendments": [
            {
                "kind": each.kind,
                "number": each.number,
                "expires_on": each.expires_on.isoformat() if each.expires_on else None,
                "description": each.description,
                "recorded_by": _recorder(each, actor),
                "at": time(each.at),
            }
            for each in row.amendments.all()
        ],
        "recorded_by": _recorder(row, actor),
        "at": time(row.at),
    }


def _own_registrations(rows: Sequence[ZhongdengRegistration], actor: Actor) -> list[Body]:
    """As their recorder sees them, who may not see the right any more: then not what others said of it either, nor who."""
    seen = selectors.open_to(actor=actor, right_ids={row.right_id for row in rows})
    return [_own_registration(row, actor, is_open=row.right_id in seen) for row in rows]


def _own_registration(row: ZhongdengRegistration, actor: Actor, *, is_open: bool) -> Body:
    body = {**_registration(row, actor), "right": str(row.right_id)}
    for amendment, shown in zip(row.amendments.all(), body["amendments"], strict=True):
        if not is_open and amendment.organisation_id != actor.organisation_id:
            shown |= {"recorded_by": "", "description": ""}
    return body


def _notice(row: DebtorNotice, actor: Actor) -> Body:
    return {
        "id": str(row.id),
        "party": row.party,
        "rival": row.is_rival,
        "pledge": str(row.pledge_id) if row.pledge_id else None,
        "reached_at": time(row.reached_at),
        "how": row.how,
        "recorded_by": _recorder(row, actor),
        "at": time(row.at),
    }


def _search(row: ZhongdengSearch, actor: Actor) -> Body:
    return {
        "id": str(row.id),
        "number": row.number,
        "searched_at": time(row.searched_at),
        "recorded_by": _recorder(row, actor),
        "at": time(row.at),
    }


def _draft(request: Request, right_id: UUID) -> str:
    """Empty for whoever holds a right whose documents are not open to it any more. Raises NotFound for who does neither."""
    try:
        return selectors.draft(looked_at(request, right_id))
    except NotFound:
        if selectors.held(actor=actor_of(request), right_id=right_id) is None:
            raise
        return ""


def _priority(request: Request, right_id: UUID) -> Body:
    actor, draft = actor_of(request), _draft(request, right_id)
    found = selectors.records(right_id=right_id)
    pledge = found.pledge
    return {
        "ground": str(found.ranking.ground),
        "sentence": rules.sentences(found.ranking),
        "claimants": [_claimant(place, each) for place, group in enumerate(found.ranking.places, 1) for each in group],
        "pledged": {
            "pledge": str(pledge.pledge_id),
            "since": time(pledge.created_at),
            "registry": pledge.state,
            "mine": pledge.holder_id == actor.organisation_id,
        }
        if pledge
        else None,
        "registrations": [_registration(row, actor) for row in found.registrations],
        "notices": [_notice(row, actor) for row in found.notices],
        "searches": [_search(row, actor) for row in found.searches],
        "draft": draft,
        "may_record": actor.has(*services.RECORDERS),
        "may_search": actor.has(Role.FINANCIER),
    }


class PriorityView(APIView):
    """Who would win."""

    @extend_schema(responses=PriorityOut, tags=["rights"], operation_id="right_priority")
    def get(self, request: Request, id: UUID) -> Response:
        """Who would come first if the claim were financed twice, with the records that it follows from."""
        return Response(_priority(request, id))


class RegistrationsView(APIView):
    """Registrations at 中登."""

    @extend_schema(
        request=RegistrationIn, responses={201: PriorityOut}, tags=["rights"], operation_id="zhongdeng_record"
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Record a registration that was filed at 中登, one's own or a rival's. Replies who would win now."""
        actor = actor_of(request)
        given = checked(RegistrationIn, request)
        services.record_registration(
            actor=actor,
            right_id=id,
            number=given["number"],
            registered_at=given["registered_at"],
            expires_on=given["expires_on"],
            description=given["description"],
            party=given["party"],
            pledge_id=given["pledge"],
            is_rival=given["rival"],
        )
        return Response(_priority(request, id), status=status.HTTP_201_CREATED)


class OwnRegistrationsView(APIView):
    """What one's own organisation recorded."""

    @extend_schema(
        responses=page_of(OwnRegistrationOut),
        parameters=[*PAGE_PARAMETERS, OwnRegistrationsQuery],
        tags=["rights"],
        operation_id="zhongdeng_list",
    )
    def get(self, request: Request) -> Response:
        """The registrations that the caller's organisation recorded, newest first: of rights, too, that are not open to it any more."""
        actor = actor_of(request)
        rows = selectors.recorded(actor=actor)
        if query_of(request, OwnRegistrationsQuery).get("standing"):
            rows = rows.exclude(amendments__kind__in=selectors.ENDING)
        return paged(request, rows, lambda page: _own_registrations(page, actor))


class AmendmentsView(APIView):
    """What was filed after a registration."""

    @extend_schema(
        request=AmendmentIn, responses={201: OwnRegistrationOut}, tags=["rights"], operation_id="zhongdeng_amend"
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Record an extension (展期), change (变更) or cancellation (注销), or that it was recorded by mistake. Whoever recorded the
        registration says that it ended also once the right is not open to it any more.
        """
        actor = actor_of(request)
        form = AmendmentIn(data=request.data)
        form.is_valid(raise_exception=True)
        row = services.record_amendment(actor=actor, registration_id=id, **form.validated_data)
        [body] = _own_registrations([row], actor)
        return Response(body, status=status.HTTP_201_CREATED)


class NoticesView(APIView):
    """Notices to the debtor."""

    @extend_schema(request=NoticeIn, responses={201: PriorityOut}, tags=["rights"], operation_id="notice_record")
    def post(self, request: Request, id: UUID) -> Response:
        """Record that a notice of assignment or pledge reached the debtor. Replies who would win now."""
        actor = actor_of(request)
        given = checked(NoticeIn, request)
        services.record_notice(
            actor=actor,
            right_id=id,
            party=given["party"],
            reached_at=given["reached_at"],
            how=given["how"],
            pledge_id=given["pledge"],
            is_rival=given["rival"],
        )
        return Response(_priority(request, id), status=status.HTTP_201_CREATED)


class SearchesView(APIView):
    """Searches at 中登."""

    @extend_schema(request=SearchIn, responses={201: PriorityOut}, tags=["rights"], operation_id="zhongdeng_search")
    def post(self, request: Request, id: UUID) -> Response:
        """Record a search at 中登 that showed nobody else's registration of the claim. Replies who would win."""
        given = checked(SearchIn, request)
        services.record_search(
            actor=actor_of(request), right_id=id, number=given["number"], searched_at=given["searched_at"]
        )
        return Response(_priority(request, id), status=status.HTTP_201_CREATED)
