"""The log for anybody: what to trust, and the newest signed checkpoint."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.ledger import selectors
from abs_platform.ledger.api.serializers import TrustSerializer


class PlainText(BaseRenderer):
    """A signed note as it is; an error as its sentence."""

    media_type = "text/plain"
    format = "txt"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:  # Any: DRF's signature
        return (data if isinstance(data, str) else f"{data['detail']}\n").encode()


class Trust(APIView):
    """What a verifier must know apart from any bundle."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="verify_trust", responses=TrustSerializer, auth=[])
    def get(self, request: Request) -> Response:
        """The trust file: origin, publisher keys, chains and contracts. Keep your own copy, obtained once."""
        return Response(TrustSerializer(selectors.trust()).data)


class LogCheckpoint(APIView):
    """The newest signed checkpoint of the log."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (PlainText,)

    @extend_schema(operation_id="log_checkpoint", responses={(200, "text/plain"): str}, auth=[])
    def get(self, request: Request) -> Response:
        """A signed note as of C2SP tlog-checkpoint; witnesses and mirrors start here."""
        return Response(selectors.newest_checkpoint().note)
