"""Looking around in the ledger: channels, checkpoints, own records, and one search over all of them."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.pagination import PAGE_PARAMETERS, NewestFirst, page_of, paged, query_of
from abs_platform.ledger import explorer, public_log
from abs_platform.ledger.api import explorer_shapes as shapes
from abs_platform.parties.authentication import actor_of

TAGS = ["ledger"]


class LargestFirst(NewestFirst):
    """Pages of checkpoints by size, the newest first."""

    ordering = ("-size",)


class Channels(APIView):
    """The logs."""

    @extend_schema(responses=shapes.ChannelsOut, tags=TAGS, operation_id="ledger_channels")
    def get(self, request: Request) -> Response:
        """Every channel: how far it has come, and how much of it each chain covers."""
        return Response({"channels": [shapes.channel_body(state) for state in explorer.channels()]})


class Chains(APIView):
    """Where checkpoints go."""

    @extend_schema(responses=shapes.ChainsOut, tags=TAGS, operation_id="ledger_chains")
    def get(self, request: Request) -> Response:
        """How each chain does, as of its last look: what it owes and since when, its head, the publisher's account."""
        return Response({"chains": explorer.chains(actor=actor_of(request))})


class Checkpoints(APIView):
    """A log's signed states."""

    @extend_schema(
        responses=page_of(shapes.CheckpointOut),
        parameters=PAGE_PARAMETERS,
        tags=TAGS,
        operation_id="ledger_checkpoints_list",
    )
    def get(self, request: Request, name: str) -> Response:
        """A channel's checkpoints, newest first: who signed and cosigned them, and on which chains they are."""
        rows = explorer.checkpoints(channel=public_log.channel_named(name))
        return paged(request, rows, shapes.checkpoint_bodies, paginator=LargestFirst)


class CheckpointBySize(APIView):
    """One signed state."""

    @extend_schema(responses=shapes.CheckpointDetailOut, tags=TAGS, operation_id="ledger_checkpoint")
    def get(self, request: Request, name: str, size: int) -> Response:
        """A checkpoint with its note and all that is known of its anchors."""
        row = explorer.checkpoint(channel=public_log.channel_named(name), size=size)
        return Response(shapes.checkpoint_detail(row))


class Records(APIView):
    """What the caller's organisation had recorded."""

    @extend_schema(
        responses=page_of(shapes.LedgerRecordOut),
        parameters=[*PAGE_PARAMETERS, shapes.RecordQuery],
        tags=TAGS,
        operation_id="ledger_records_list",
    )
    def get(self, request: Request) -> Response:
        """Own records, newest first."""
        wanted: explorer.RecordFilter = query_of(request, shapes.RecordQuery)  # type: ignore[assignment]  # its shape
        rows = explorer.records(actor=actor_of(request), wanted=wanted)
        return paged(request, rows, shapes.record_bodies)


class RecordById(APIView):
    """One record."""

    @extend_schema(responses=shapes.LedgerRecordDetailOut, tags=TAGS, operation_id="ledger_record")
    def get(self, request: Request, id: UUID) -> Response:
        """An own record and its life: taken in, sealed, brought to each chain."""
        return Response(shapes.record_detail(explorer.record(actor=actor_of(request), record_id=id)))


class Search(APIView):
    """One box for everything that has a number or a hash."""

    @extend_schema(responses=shapes.FoundOut, parameters=[shapes.SearchQuery], tags=TAGS, operation_id="ledger_search")
    def get(self, request: Request) -> Response:
        """Checkpoints and anchors by size, root, block or transaction; own records by place, leaf hash or id. What
        belongs to others is not found, like what does not exist.
        """
        asked = query_of(request, shapes.SearchQuery)
        return Response(shapes.found_body(explorer.search(actor=actor_of(request), text=asked["q"])))
