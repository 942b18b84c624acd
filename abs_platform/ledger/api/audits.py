"""Audits, for the operator."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body, time
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged
from abs_platform.ledger import audits
from abs_platform.ledger.audit.report import Mode
from abs_platform.ledger.models import AUDIT_STATES, AuditRun
from abs_platform.parties.authentication import actor_of

MODES = [str(mode) for mode in Mode]


class AuditOut(serializers.Serializer[Any]):
    """One audit of a channel's log."""

    id = serializers.UUIDField()
    channel = serializers.CharField()
    mode = serializers.ChoiceField(choices=MODES)
    state = serializers.ChoiceField(choices=AUDIT_STATES)
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    size = serializers.IntegerField(help_text="Of the log, as audited")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Rows checked, by kind")
    row = serializers.CharField(allow_blank=True, help_text="The first wrong row")
    detail = serializers.CharField(allow_blank=True, help_text="What is wrong with it, or why the audit failed")
    unreachable = serializers.DictField(child=serializers.CharField(), help_text="Chain: why it was not checked")


class AuditIn(serializers.Serializer[Any]):
    channel = serializers.CharField(max_length=80)
    mode = serializers.ChoiceField(choices=MODES)


def _bodies(rows: Sequence[AuditRun]) -> list[Body]:
    return [
        {
            "id": str(row.id),
            "channel": row.channel.name,
            "mode": row.mode,
            "state": row.state,
            "started_at": time(row.started_at),
            "finished_at": time(row.finished_at),
            "size": row.size,
            "counts": row.counts,
            "row": row.row,
            "detail": row.detail,
            "unreachable": row.unreachable,
        }
        for row in rows
    ]


class Audits(APIView):
    """Audits of the logs."""

    @extend_schema(
        responses=page_of(AuditOut), parameters=PAGE_PARAMETERS, tags=["operator"], operation_id="ledger_audits_list"
    )
    def get(self, request: Request) -> Response:
        """Audits, newest first."""
        return paged(request, audits.runs(actor=actor_of(request)), _bodies)

    @extend_schema(request=AuditIn, responses={202: AuditOut}, tags=["operator"], operation_id="ledger_audit")
    def post(self, request: Request) -> Response:
        """Have a channel audited now, in the background: in full, or what came since the last audit in order."""
        actor = actor_of(request)
        form = AuditIn(data=request.data)
        form.is_valid(raise_exception=True)
        run = audits.request(
            actor=actor, channel=form.validated_data["channel"], mode=Mode(form.validated_data["mode"])
        )
        return Response(_bodies([run])[0], status=status.HTTP_202_ACCEPTED)
