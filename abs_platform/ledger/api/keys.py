"""The platform's signing keys, for operators."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import time
from abs_platform.ledger import keys, rotation
from abs_platform.ledger.models import ALGORITHMS
from abs_platform.parties.authentication import actor_of
from abs_platform.parties.roles import Role


class SignedOut(serializers.Serializer[Any]):
    channel = serializers.CharField()
    checkpoints = serializers.IntegerField(help_text="How many the key signed")
    first_size = serializers.IntegerField()
    last_size = serializers.IntegerField()


class KeyChainOut(serializers.Serializer[Any]):
    chain = serializers.CharField()
    transactions = serializers.IntegerField()


class KeyOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    algorithm = serializers.ChoiceField(choices=ALGORITHMS)
    name = serializers.CharField(help_text="In the key-management system")
    public = serializers.CharField(help_text="Hex")
    created_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)
    is_active = serializers.BooleanField()
    signed = SignedOut(many=True)
    chains = KeyChainOut(many=True)


class KeysOut(serializers.Serializer[Any]):
    keys = KeyOut(many=True)


class RotateIn(serializers.Serializer[Any]):
    algorithm = serializers.ChoiceField(choices=list(keys.FIRST_NAMES))


def _body() -> dict[str, Any]:  # Any: JSON
    return {
        "keys": [
            {**key, "created_at": time(key["created_at"]), "retired_at": time(key["retired_at"])}
            for key in keys.listed()
        ]
    }


class Keys(APIView):
    """Which key signed what."""

    @extend_schema(operation_id="ledger_keys", responses=KeysOut, tags=["operator"])
    def get(self, request: Request) -> Response:
        """The platform's keys, the newest first; private parts never leave the key-management system."""
        actor_of(request).require(Role.OPERATOR)
        return Response(_body())


class RotateKey(APIView):
    """Change a key."""

    @extend_schema(operation_id="ledger_keys_rotate", request=RotateIn, responses=KeysOut, tags=["operator"])
    def post(self, request: Request) -> Response:
        """Let a new key sign from now on. What the old one signed stays valid; verifiers need the new trust file."""
        actor = actor_of(request)
        actor.require(Role.OPERATOR)
        form = RotateIn(data=request.data)
        form.is_valid(raise_exception=True)
        rotation.rotate(algorithm=form.validated_data["algorithm"], actor=actor)
        return Response(_body())
