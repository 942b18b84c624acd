"""The registry of rights: what it holds of one, and how both sides compare."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body, time
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged
from abs_platform.parties.authentication import actor_of
from abs_platform.rights.api.rights import looked_at
from abs_platform.rights.registry import contract, reconciling, selectors
from abs_platform.rights.registry.models import ENTRY_STATES, KINDS, RUN_STATES, Reconciliation, RegistryEntry


class StepOut(serializers.Serializer[Any]):
    """One step; block and transaction once it is in a block."""

    kind = serializers.ChoiceField(choices=KINDS)
    state = serializers.ChoiceField(choices=ENTRY_STATES)
    reason = serializers.CharField(allow_blank=True, help_text="The contract's name of the error, where it refused")
    rung = serializers.IntegerField(allow_null=True)
    pledge = serializers.UUIDField(allow_null=True)
    pledge_digest = serializers.CharField(allow_null=True)
    fingerprints = serializers.IntegerField(help_text="How many it claims")
    block = serializers.IntegerField(allow_null=True)
    block_time = serializers.DateTimeField(allow_null=True)
    transaction = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(help_text="When it was written here")


class RightOnRegistryOut(serializers.Serializer[Any]):
    """Where anybody with a node can look it up, and our steps."""

    chain = serializers.CharField(allow_null=True)
    contract = serializers.CharField(allow_null=True)
    digest = serializers.CharField(allow_null=True)
    steps = StepOut(many=True)


class RegistryDifferenceOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        choices=[
            "batches",
            "missing_there",
            "unknown_here",
            "not_ours",
            "rung",
            "pledge",
            "settled",
            "fingerprint",
        ]
    )
    right = serializers.CharField(allow_blank=True, help_text="Its id here, where it is known")
    digest = serializers.CharField()
    here = serializers.CharField(allow_blank=True)
    there = serializers.CharField(allow_blank=True)


class ReconciliationOut(serializers.Serializer[Any]):
    """One comparison of the database with the registry."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=RUN_STATES)
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    rights = serializers.IntegerField(help_text="Compared")
    pledges = serializers.IntegerField(help_text="Active on either side")
    fingerprints = serializers.IntegerField()
    differences = RegistryDifferenceOut(many=True)
    detail = serializers.CharField(allow_blank=True, help_text="Why the registry could not be asked")


def _hex(value: bytes | memoryview | None) -> str | None:
    return None if value is None else bytes(value).hex()


def _step(row: RegistryEntry) -> Body:
    batch = row.batch
    return {
        "kind": row.kind,
        "state": row.state,
        "reason": row.reason,
        "rung": row.rung,
        "pledge": str(row.pledge_id) if row.pledge_id else None,
        "pledge_digest": _hex(row.pledge_digest),
        "fingerprints": len(row.fingerprints or ()),
        "block": batch.block if batch else None,
        "block_time": time(batch.block_time) if batch else None,
        "transaction": _hex(batch.transaction) if batch else None,
        "at": time(row.created_at),
    }


class RightOnRegistry(APIView):
    """A right on the registry."""

    @extend_schema(responses=RightOnRegistryOut, tags=["rights"], operation_id="right_registry")
    def get(self, request: Request, id: UUID) -> Response:
        """What was told to the registry of a right, and what became of it."""
        looked_at(request, id)
        steps = selectors.steps(right_id=id)
        registry = contract.known()
        return Response(
            {
                "chain": registry.chain if registry else None,
                "contract": registry.contract if registry else None,
                "digest": _hex(steps[0].digest) if steps else None,
                "steps": [_step(row) for row in steps],
            }
        )


def _runs(rows: Sequence[Reconciliation]) -> list[Body]:
    return [
        {
            "id": str(row.id),
            "state": row.state,
            "started_at": time(row.started_at),
            "finished_at": time(row.finished_at),
            "rights": row.rights,
            "pledges": row.pledges,
            "fingerprints": row.fingerprints,
            "differences": row.differences,
            "detail": row.detail,
        }
        for row in rows
    ]


class Reconciliations(APIView):
    """Comparisons of the database with the registry."""

    @extend_schema(
        responses=page_of(ReconciliationOut),
        parameters=PAGE_PARAMETERS,
        tags=["operator", "risk"],
        operation_id="reconciliations_list",
    )
    def get(self, request: Request) -> Response:
        """Comparisons, newest first, with what differed."""
        return paged(request, reconciling.runs(actor=actor_of(request)), _runs)

    @extend_schema(
        request=None, responses={202: ReconciliationOut}, tags=["operator", "risk"], operation_id="reconcile"
    )
    def post(self, request: Request) -> Response:
        """Have both sides compared now, in the background."""
        return Response(_runs([reconciling.request(actor=actor_of(request))])[0], status=status.HTTP_202_ACCEPTED)
