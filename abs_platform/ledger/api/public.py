"""The log for anybody: what to trust, and C2SP tlog-tiles over HTTP with proofs beside it."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.errors import NotFound
from abs_platform.core.rest.fields import time
from abs_platform.core.rest.pagination import query_of
from abs_platform.core.rest.parsers import ShortTextParser
from abs_platform.ledger import public_log, selectors, tiles, witnesses
from abs_platform.ledger.services import MAIN

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=2"
MAX_NUMBER = (1 << 63) - 1
_LEVEL = re.compile(r"0|[1-9][0-9]?")


class HexField(serializers.RegexField):
    """32 bytes, lower case."""

    def __init__(self, **options: Any) -> None:  # Any: DRF's
        super().__init__(r"^[0-9a-f]{64}$", **options)


class TrustQuery(serializers.Serializer[Any]):
    channel = serializers.CharField(required=False, max_length=80, help_text="The channel's name; main if not given.")


class TrustKeySerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField(help_text='"sm2-sm3", "ed25519" or, of a witness, "cosignature/v1"')
    public = serializers.CharField(help_text="Hex; SM2: 65 bytes, 04 || X || Y; Ed25519: 32 bytes")
    vkey = serializers.CharField(help_text="The same as C2SP signed-note writes verifier keys")


class TrustPublisherKeySerializer(TrustKeySerializer):
    last_size = serializers.IntegerField(
        required=False, help_text="Of a retired key: the size of the last checkpoint that it signed"
    )


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
    keys = TrustPublisherKeySerializer(many=True)
    witnesses = TrustKeySerializer(many=True)
    chains = TrustChainSerializer(many=True)
    required = serializers.IntegerField(help_text="On how many of the chains a record must be")  # type: ignore[assignment]  # the format's name shadows DRF's property


class InclusionQuery(serializers.Serializer[Any]):
    index = serializers.IntegerField(min_value=0, max_value=MAX_NUMBER)
    size = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_NUMBER,
        help_text="Of the tree; the newest checkpoint's if not given.",
    )


class InclusionProof(serializers.Serializer[Any]):
    """RFC 9162, section 2.1.3."""

    index = serializers.IntegerField()
    size = serializers.IntegerField()
    path = serializers.ListField(child=HexField())


ConsistencyQuery = inline_serializer(
    "ConsistencyQuery",
    fields={
        "from": serializers.IntegerField(min_value=1, max_value=MAX_NUMBER),
        "to": serializers.IntegerField(min_value=1, max_value=MAX_NUMBER),
    },
)
ConsistencyProof = inline_serializer(
    "ConsistencyProof",
    fields={
        "from": serializers.IntegerField(),
        "to": serializers.IntegerField(),
        "path": serializers.ListField(child=HexField()),
    },
)


class CosignatureText(serializers.Serializer[Any]):
    text = serializers.CharField(trim_whitespace=False)


class CosignatureSerializer(serializers.Serializer[Any]):
    """What is kept: the witness's first cosignature of the checkpoint."""

    channel = serializers.CharField()
    size = serializers.IntegerField()
    witness = serializers.CharField()
    time = serializers.DateTimeField(help_text="As the witness says")
    line = serializers.CharField()


class AsItIs(DefaultContentNegotiation):
    """One form for everybody: a mirror's client need not say that it accepts it."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        only = next(iter(renderers))
        return only, only.media_type


class Public(APIView):
    """Read by anybody, kept by caches; a refusal is kept by none, for what is not there yet may come."""

    authentication_classes: Sequence[Any] = ()  # Any: DRF's
    permission_classes = (AllowAny,)
    content_negotiation_class = AsItIs

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:  # Any: DRF's
        if response.status_code >= 400:
            response["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)


def _sent(request: Request, body: bytes, content_type: str, keep: str) -> HttpResponseBase:
    """The bytes with what caches need to know; 304 for who has them already."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=content_type, headers={"Cache-Control": keep, "ETag": etag})
    return get_conditional_response(request, etag=etag, response=response) or response


def _place(text: str) -> tiles.Place:
    try:
        return tiles.parse(text)
    except tiles.NoTile:
        raise NotFound from None


class Trust(Public):
    """What a verifier must know apart from any bundle."""

    @extend_schema(operation_id="verify_trust", parameters=[TrustQuery], responses=TrustSerializer, auth=[])
    def get(self, request: Request) -> Response:
        """A channel's trust file: origin, publisher keys, witnesses, chains and contracts. Keep your own copy, obtained once."""
        channel = query_of(request, TrustQuery).get("channel", MAIN)
        return Response(TrustSerializer(selectors.trust(channel=channel)).data)


class NewestCheckpoint(Public):
    """The newest signed checkpoint."""

    @extend_schema(operation_id="log_checkpoint", responses={(200, "text/plain"): str}, auth=[], tags=["log"])
    def get(self, request: Request, channel: str) -> HttpResponseBase:
        """A signed note as of C2SP tlog-checkpoint, with witnesses' cosignatures; witnesses and mirrors start here."""
        newest = public_log.checkpoint(public_log.channel_named(channel))
        return _sent(request, public_log.note_of(newest).encode(), TEXT, BRIEFLY)


class CheckpointOfSize(Public):
    """An earlier checkpoint."""

    @extend_schema(operation_id="log_checkpoint_of_size", responses={(200, "text/plain"): str}, auth=[], tags=["log"])
    def get(self, request: Request, channel: str, size: int) -> HttpResponseBase:
        """The checkpoint of that size, as a signed note. Witnesses may still add lines, so it is kept briefly."""
        found = public_log.checkpoint(public_log.channel_named(channel), size)
        return _sent(request, public_log.note_of(found).encode(), TEXT, BRIEFLY)


class Tile(Public):
    """Hashes of the tree."""

    @extend_schema(
        operation_id="log_tile", responses={(200, BYTES): OpenApiTypes.BINARY}, auth=[], tags=["log"],
        parameters=[OpenApiParameter("tile", str, "path", description="Such as x001/x234/067 or 000.p/5")],
    )  # fmt: skip
    def get(self, request: Request, channel: str, level: str, tile: str) -> HttpResponseBase:
        """A tile of C2SP tlog-tiles: 256 hashes of 32 bytes in a row, or the first W of them."""
        if not _LEVEL.fullmatch(level):
            raise NotFound
        body = public_log.tile(public_log.channel_named(channel), int(level), _place(tile))
        return _sent(request, body, BYTES, FOR_EVER)


class Entries(Public):
    """Leaf inputs."""

    @extend_schema(
        operation_id="log_entries", responses={(200, BYTES): OpenApiTypes.BINARY}, auth=[], tags=["log"],
        parameters=[OpenApiParameter("tile", str, "path", description="Such as x001/x234/067 or 000.p/5")],
    )  # fmt: skip
    def get(self, request: Request, channel: str, tile: str) -> HttpResponseBase:
        """What was hashed into the leaves of a tile: each entry behind its length in two bytes, big-endian."""
        body = public_log.entries(public_log.channel_named(channel), _place(tile))
        return _sent(request, body, BYTES, FOR_EVER)


class Inclusion(Public):
    """Inclusion proofs."""

    @extend_schema(
        operation_id="log_inclusion", parameters=[InclusionQuery], responses=InclusionProof, auth=[], tags=["log"]
    )
    def get(self, request: Request, channel: str) -> Response:
        """The path from a leaf to the root of the tree of `size`. Compare with the root of a signed checkpoint."""
        log = public_log.channel_named(channel)
        query = query_of(request, InclusionQuery)
        size = query.get("size") or public_log.checkpoint(log).size
        path = public_log.inclusion(log, index=query["index"], size=size)
        body = {"index": query["index"], "size": size, "path": [node.hex() for node in path]}
        return Response(body, headers={"Cache-Control": FOR_EVER if "size" in query else BRIEFLY})


class Consistency(Public):
    """Consistency proofs."""

    @extend_schema(
        operation_id="log_consistency", parameters=[ConsistencyQuery], responses=ConsistencyProof, auth=[], tags=["log"]
    )
    def get(self, request: Request, channel: str) -> Response:
        """That the tree of size `from` is the beginning of that of size `to`. Compare with the roots that were signed."""
        log = public_log.channel_named(channel)
        query = query_of(request, type(ConsistencyQuery))
        path = public_log.consistency(log, old_size=query["from"], size=query["to"])
        body = {"from": query["from"], "to": query["to"], "path": [node.hex() for node in path]}
        return Response(body, headers={"Cache-Control": FOR_EVER})


class Cosignatures(APIView):
    """Where witnesses bring their cosignatures."""

    permission_classes = (AllowAny,)
    parser_classes = (ShortTextParser,)

    @extend_schema(
        operation_id="log_cosign", request={"text/plain": str}, auth=[], tags=["log"],
        responses={200: CosignatureSerializer, 201: CosignatureSerializer},
    )  # fmt: skip
    def post(self, request: Request, channel: str) -> Response:
        """Two lines: a checkpoint's size and a configured witness's signature line (C2SP cosignature/v1) over it.

        The witness says by it that the checkpoint is consistent with all it saw of the log before. Repeating is harmless.
        """
        form = CosignatureText(data=request.data)
        form.is_valid(raise_exception=True)
        row, created = witnesses.cosign(channel=channel, text=form.validated_data["text"])
        body = {
            "channel": channel,
            "size": row.checkpoint.size,
            "witness": row.witness,
            "time": time(row.time),
            "line": row.line,
        }
        return Response(body, status=201 if created else 200)
