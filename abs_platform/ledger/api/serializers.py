"""Shapes of the public log interface."""

from typing import Any

from rest_framework import serializers


class TrustKeySerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField(help_text='"sm2-sm3"')
    public = serializers.CharField(help_text="65 bytes, 04 || X || Y, in hex")


class TrustChainSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField()
    chain_id = serializers.IntegerField()
    contract = serializers.CharField()
    rpc = serializers.CharField(allow_null=True)


class TrustSerializer(serializers.Serializer[Any]):
    """What a verifier must know apart from any bundle (abs-trust/v1)."""

    format = serializers.CharField()
    origin = serializers.CharField()
    hash = serializers.CharField()
    keys = TrustKeySerializer(many=True)
    chains = TrustChainSerializer(many=True)
