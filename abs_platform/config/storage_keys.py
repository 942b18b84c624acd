"""The keys that keep files closed, for operators: versions, changes, destruction."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.config import key_service
from abs_platform.core.models import Job, JobState
from abs_platform.core.rest.fields import Body, Named, named, time
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged, query_of
from abs_platform.parties import key_rotation, keys
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role


class ProgressOut(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    total = serializers.IntegerField()


class MasterKeyOut(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)
    is_newest = serializers.BooleanField()
    wraps = serializers.IntegerField(help_text="How many organisations' keys it wraps")


class MasterKeysOut(serializers.Serializer[Any]):
    versions = MasterKeyOut(many=True)
    rewrapping = ProgressOut(allow_null=True)


class DestructionOut(serializers.Serializer[Any]):
    requested_by = serializers.CharField()
    requested_at = serializers.DateTimeField()
    reason = serializers.CharField()
    is_yours = serializers.BooleanField(help_text="Then another operator has to carry it out")


class DataKeyOut(serializers.Serializer[Any]):
    organisation = Named()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField(allow_null=True)
    live_versions = serializers.ListField(child=serializers.IntegerField())
    destroyed_at = serializers.DateTimeField(allow_null=True)
    destruction = DestructionOut(allow_null=True)
    progress = ProgressOut(allow_null=True, help_text="Of wrapping anew, or of erasing")
    allowed_actions = serializers.ListField(
        child=serializers.ChoiceField(choices=["rotate", "request_destruction", "destroy", "withdraw_destruction"])
    )


class DataKeyQuery(serializers.Serializer[Any]):
    search = serializers.CharField(max_length=100, required=False)


class DestructionIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, help_text="The organisation's name, typed in")
    reason = serializers.CharField(max_length=500)


class NameIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, help_text="The organisation's name, typed in")


def _progress(kind: str, key: str) -> Body | None:
    waiting = Job.objects.filter(kind=kind, key=key, state__in=[JobState.QUEUED, JobState.RUNNING])
    job = waiting.order_by("-id").first()
    return {"done": job.progress_done, "total": job.progress_total} if job else None


def _masters(actor: Actor) -> Body:
    versions = [
        {**row, "created_at": time(row["created_at"]), "retired_at": time(row["retired_at"])}
        for row in keys.master_keys(actor=actor)
    ]
    return {"versions": versions, "rewrapping": _progress(keys.REWRAP_KEYS, "master")}


def _bodies(rows: list[Organisation], actor: Actor) -> list[Body]:
    found = keys.organisations_keys(actor=actor, organisation_ids=[row.id for row in rows])
    waiting = Job.objects.filter(
        kind__in=["documents.rewrap", "documents.erase"],
        key__in=[str(row.id) for row in rows],
        state__in=[JobState.QUEUED, JobState.RUNNING],
    )
    progress = {job.key: {"done": job.progress_done, "total": job.progress_total} for job in waiting.order_by("id")}
    return [_body(row, found[row.id], progress.get(str(row.id))) for row in rows]


def _body(row: Organisation, key: Body, progress: Body | None) -> Body:
    request = key["destruction"]
    actions = {
        "rotate": len(key["live_versions"]) == 1,
        "request_destruction": not key["destroyed_at"] and not request,
        "destroy": bool(request) and not request["is_yours"],
        "withdraw_destruction": bool(request),
    }
    return {
        "organisation": named(row.id, row.name),
        **key,
        "created_at": time(key["created_at"]),
        "destroyed_at": time(key["destroyed_at"]),
        "destruction": {**request, "requested_at": time(request["requested_at"])} if request else None,
        "progress": progress,
        "allowed_actions": [action for action, allowed in actions.items() if allowed],
    }


def _one(actor: Actor, id: UUID) -> Body:
    return _bodies(list(keys.holders(actor=actor).filter(id=id)), actor)[0]


class MasterKeys(APIView):
    """The key under which every organisation's key lies."""

    @extend_schema(operation_id="storage_master_keys", responses=MasterKeysOut, tags=["operator"])
    def get(self, request: Request) -> Response:
        """The versions of the master key, the newest first, and what each wraps."""
        return Response(_masters(actor_of(request)))


class RotateMasterKey(APIView):
    """Change it."""

    @extend_schema(
        operation_id="storage_master_keys_rotate", request=None, responses={202: MasterKeysOut}, tags=["operator"]
    )
    def post(self, request: Request) -> Response:
        """Wrap under a new master key from now on; a job wraps anew what the old one wraps, then the old one is retired."""
        actor = actor_of(request)
        key_rotation.rotate_master(actor=actor)
        return Response(_masters(actor), status=202)


class DataKeys(APIView):
    """The keys of organisations' files."""

    @extend_schema(
        operation_id="storage_keys_list",
        responses=page_of(DataKeyOut),
        parameters=[*PAGE_PARAMETERS, DataKeyQuery],
        tags=["operator"],
    )
    def get(self, request: Request) -> Response:
        """Each organisation's newest key, which versions open files, and what is under way."""
        actor = actor_of(request)
        rows = keys.holders(actor=actor)
        if search := query_of(request, DataKeyQuery).get("search"):
            rows = rows.filter(name__icontains=search)
        return paged(request, rows, lambda page: _bodies(list(page), actor))


class RotateDataKey(APIView):
    """Change an organisation's key."""

    @extend_schema(operation_id="storage_keys_rotate", request=None, responses={202: DataKeyOut}, tags=["operator"])
    def post(self, request: Request, id: UUID) -> Response:
        """Wrap new files' keys under a new version; a job wraps the others anew, then the old version is retired."""
        actor = actor_of(request)
        key_rotation.rotate_data_key(actor=actor, organisation_id=id)
        return Response(_one(actor, id), status=202)


class RequestDestruction(APIView):
    """Ask for the end of an organisation's key."""

    @extend_schema(
        operation_id="storage_keys_request_destruction",
        request=DestructionIn,
        responses={201: DataKeyOut},
        tags=["operator"],
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Ask that an organisation's key be destroyed; another operator carries it out."""
        actor = actor_of(request)
        actor.require(Role.OPERATOR)
        form = DestructionIn(data=request.data)
        form.is_valid(raise_exception=True)
        key_service.request_destruction(actor=actor, organisation_id=id, **form.validated_data)
        return Response(_one(actor, id), status=201)


class Destroy(APIView):
    """End it."""

    @extend_schema(operation_id="storage_keys_destroy", request=NameIn, responses={202: DataKeyOut}, tags=["operator"])
    def post(self, request: Request, id: UUID) -> Response:
        """Destroy an organisation's key, as another operator asked for: nobody reads its files again. Proofs still verify."""
        actor = actor_of(request)
        actor.require(Role.OPERATOR)
        form = NameIn(data=request.data)
        form.is_valid(raise_exception=True)
        key_service.destroy(actor=actor, organisation_id=id, name=form.validated_data["name"])
        return Response(_one(actor, id), status=202)


class WithdrawDestruction(APIView):
    """Take the request back."""

    @extend_schema(
        operation_id="storage_keys_withdraw_destruction", request=None, responses=DataKeyOut, tags=["operator"]
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Take back the request to destroy an organisation's key."""
        actor = actor_of(request)
        key_rotation.withdraw_destruction(actor=actor, organisation_id=id)
        return Response(_one(actor, id))
