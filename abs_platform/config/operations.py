"""Whether the platform is well, for the operator and for whoever starts it."""

from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import Min
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.config import job_service
from abs_platform.core import clock
from abs_platform.core.models import Job, JobState
from abs_platform.core.rest.fields import Body, time
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged, query_of
from abs_platform.documents.tax import selectors as tax
from abs_platform.ledger import audits
from abs_platform.ledger import selectors as ledger
from abs_platform.ledger.api.explorer_shapes import ChainOut
from abs_platform.parties.authentication import actor_of
from abs_platform.parties.roles import Role
from abs_platform.rights.registry import contract as registry


class HealthOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok", "down"])


class ServiceOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=["ok", "down"])
    detail = serializers.CharField(allow_blank=True)
    fix = serializers.CharField(allow_blank=True)


class JobCounts(serializers.Serializer[Any]):
    queued = serializers.IntegerField()
    running = serializers.IntegerField()
    failed = serializers.IntegerField()
    oldest_age_seconds = serializers.IntegerField()


class OperationsOut(serializers.Serializer[Any]):
    services = ServiceOut(many=True)
    jobs = JobCounts()
    chains = ChainOut(many=True)


class JobOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=JobState.choices)
    attempts = serializers.IntegerField()
    progress_done = serializers.IntegerField()
    progress_total = serializers.IntegerField()
    last_error = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


class JobQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=JobState.choices, required=False)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError as error:
        return str(error).strip()
    return ""


def _redis() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except redis.RedisError as error:
        return str(error)
    return ""


class HealthView(APIView):
    """For load balancers and the launcher."""

    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = []

    @extend_schema(responses={200: HealthOut, 503: HealthOut}, tags=["operator"])
    def get(self, request: Request) -> Response:
        """Whether the web server reaches its database and Redis."""
        down = _database() or _redis()
        return Response({"status": "down" if down else "ok"}, status=503 if down else 200)


class OperationsView(APIView):
    """The operator's status page."""

    @extend_schema(responses=OperationsOut, tags=["operator"])
    def get(self, request: Request) -> Response:
        """Services, queue and chains; what is down names its fix."""
        actor_of(request).require(Role.OPERATOR)
        counts = {
            state: Job.objects.filter(state=state).count()
            for state in (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)
        }
        now = clock.now()
        oldest = Job.objects.filter(state=JobState.QUEUED, run_at__lte=now).aggregate(at=Min("run_at"))["at"]
        waits = int((now - oldest).total_seconds()) if oldest else 0
        worker = "" if waits < 60 else f"the oldest due job waits since {waits} s"
        problems = [
            ("database", _database(), "Start PostgreSQL or mend DATABASE_URL."),
            ("redis", _redis(), "Start Redis or mend REDIS_URL. Jobs wait in the database meanwhile."),
            ("worker", worker, "Start a Celery worker and beat."),
            ("tax", tax.trouble(), "Mend ABS_TAX_STATUS_URL and what stands beside it, or ask the provider."),
            (
                "registry",
                registry.trouble(),
                "Mend the chain of ABS_REGISTRY_CHAIN, or run setup_registry. Steps wait in the database meanwhile.",
            ),
            (
                "audit",
                audits.trouble(),
                "Keep the database as it is, and compare the row with a backup and the chains.",
            ),
        ]
        return Response(
            {
                "services": [
                    {"name": name, "state": "down" if detail else "ok", "detail": detail, "fix": fix if detail else ""}
                    for name, detail, fix in problems
                ],
                "jobs": {**{str(state): count for state, count in counts.items()}, "oldest_age_seconds": waits},
                "chains": ledger.chain_status(),
            }
        )


def _job(row: Job) -> Body:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "state": row.state,
        "attempts": row.attempts,
        "progress_done": row.progress_done,
        "progress_total": row.progress_total,
        "last_error": row.last_error,
        "created_at": time(row.created_at),
        "finished_at": time(row.finished_at),
        "allowed_actions": ["retry"] if row.state == JobState.FAILED else [],
    }


class JobsView(APIView):
    """Background work."""

    @extend_schema(
        responses=page_of(JobOut), parameters=[*PAGE_PARAMETERS, JobQuery], tags=["operator"], operation_id="jobs_list"
    )
    def get(self, request: Request) -> Response:
        """Jobs, newest first."""
        actor_of(request).require(Role.OPERATOR)
        rows = Job.objects.filter(**query_of(request, JobQuery))
        return paged(request, rows, lambda page: [_job(row) for row in page])


class RetryJobView(APIView):
    """Try again."""

    @extend_schema(request=None, responses=JobOut, tags=["operator"])
    def post(self, request: Request, id: UUID) -> Response:
        """Queue a failed job again."""
        return Response(_job(job_service.retry(actor=actor_of(request), job_id=id)))
