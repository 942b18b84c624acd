"""The platform's signing keys, for operators."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.errors import Invalid
from abs_platform.core.rest.fields import time
from abs_platform.ledger import hand_over, keys, rotation
from abs_platform.ledger.key_models import ALGORITHMS
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
    algorithm = serializers.ChoiceField(choices=ALGORITHMS)
    chain = serializers.CharField(required=False, max_length=80, help_text="With secp256k1: on which chain")


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

    @extend_schema(
        operation_id="ledger_keys_rotate", request=RotateIn, responses={200: KeysOut, 202: KeysOut}, tags=["operator"]
    )
    def post(self, request: Request) -> Response:
        """Let a new key sign from now on. What the old one signed stays valid; verifiers need the new trust file.

        A key that signs checkpoints (sm2-sm3, ed25519) changes at once. The key that publishes on a chain (secp256k1)
        changes in the background, 202: the old account names the new one in the contract, which then takes over.
        """
        actor = actor_of(request)
        actor.require(Role.OPERATOR)
        form = RotateIn(data=request.data)
        form.is_valid(raise_exception=True)
        algorithm, chain = form.validated_data["algorithm"], form.validated_data.get("chain")
        if (algorithm == keys.SECP256K1) != (chain is not None):
            raise Invalid("chain_needed", "Name a chain with secp256k1, and with no other algorithm.")
        if chain is not None:
            hand_over.begin(chain=chain, actor=actor)
            return Response(_body(), status=202)
        rotation.rotate(algorithm=algorithm, actor=actor)
        return Response(_body())
