"""Having the tax office asked."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.documents import replies
from abs_platform.documents.tax import services
from abs_platform.parties.authentication import actor_of


class TaxCheckView(APIView):
    """The tax office's word."""

    @extend_schema(request=None, responses={202: replies.DocumentDetailOut}, tags=["documents"])
    def post(self, request: Request, id: UUID) -> Response:
        """Ask the tax office about an invoice at once, for its seller and buyer; the answer arrives in the background."""
        actor = actor_of(request)
        row = services.ask(actor=actor, document_id=id)
        return Response(replies.detail_body(row, actor=actor), status=status.HTTP_202_ACCEPTED)
