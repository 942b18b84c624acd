"""Statements of account, the portfolio, and the books behind them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core import clock
from abs_platform.core.rest.fields import Day
from abs_platform.core.rest.pagination import query_of
from abs_platform.core.rest.sending import saved_reply
from abs_platform.financing.api.loans import LoanQuery, matching
from abs_platform.financing.lending import account_replies as shapes
from abs_platform.financing.lending import exporting, journal, portfolio, selectors, statements
from abs_platform.financing.lending.statements import Statement
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of
from abs_platform.parties.roles import Role

# What a statement spans where nobody says since when.
USUAL_SPAN = timedelta(days=365)


class PeriodQuery(serializers.Serializer[Any]):
    since = Day(required=False, help_text="The first day; a year before `until` if not given.")
    until = Day(required=False, help_text="The last day; today if not given.")


class StatementQuery(PeriodQuery):
    funder = serializers.UUIDField(required=False)
    supplier = serializers.UUIDField(required=False)
    currency = serializers.CharField(max_length=3, default="CNY")


class AsOfQuery(serializers.Serializer[Any]):
    as_of = Day(required=False, help_text="Today if not given.")


class PortfolioQuery(AsOfQuery):
    currency = serializers.CharField(required=False, max_length=3)


class FileQuery(serializers.Serializer[Any]):
    file = serializers.ChoiceField(choices=exporting.FORMS, default="xlsx")
    lang = serializers.ChoiceField(choices=exporting.LANGUAGES, default="zh")


class LoanExportQuery(LoanQuery):
    file = serializers.ChoiceField(choices=exporting.TABLE_FORMS, default="xlsx")
    lang = serializers.ChoiceField(choices=exporting.LANGUAGES, default="zh")


class LoanStatementFileQuery(PeriodQuery, FileQuery):
    pass


class StatementFileQuery(StatementQuery, FileQuery):
    pass


def _period(query: dict[str, Any]) -> dict[str, date]:  # Any: checked query parameters
    until = query.get("until") or clock.today()
    return {"since": query.get("since") or until - USUAL_SPAN, "until": until}


def _of_loan(actor: Actor, id: UUID, query: dict[str, Any]) -> Statement:  # Any: as above
    row = selectors.loan(actor=actor, loan_id=id)
    rows = selectors.loans(actor=actor).filter(id=id)
    return statements.statement_of(rows, currency=row.currency, **_period(query))


def _of_account(actor: Actor, query: dict[str, Any]) -> Statement:  # Any: as above
    sides = {side: query[side] for side in ("funder", "supplier") if side in query}
    rows = selectors.loans(actor=actor).filter(**sides)
    return statements.statement_of(rows, currency=query["currency"], **_period(query))


def _file(request: Request, found: exporting.File) -> HttpResponseBase:
    return saved_reply(request, name=found.name, size=found.size, chunks=found.chunks, content_type=found.media_type)


class LoanStatementView(APIView):
    """A loan's statement."""

    @extend_schema(responses=shapes.StatementOut, parameters=[PeriodQuery], tags=["financing"])
    def get(self, request: Request, id: UUID) -> Response:
        """What was owed, what moved, what is owed on a loan."""
        actor = actor_of(request)
        return Response(shapes.statement_body(_of_loan(actor, id, query_of(request, PeriodQuery))))


class LoanStatementFileView(APIView):
    """A loan's statement as a file."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[LoanStatementFileQuery],
        tags=["financing"],
    )
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """The statement as a workbook, a CSV or a PDF."""
        actor, query = actor_of(request), query_of(request, LoanStatementFileQuery)
        found = _of_loan(actor, id, query)
        return _file(request, exporting.statement_file(found, form=query["file"], language=query["lang"]))


class StatementView(APIView):
    """A statement of account."""

    @extend_schema(
        responses=shapes.StatementOut, parameters=[StatementQuery], tags=["financing"], operation_id="statement"
    )
    def get(self, request: Request) -> Response:
        """All loans of one currency together; a funder narrows it to a supplier, a supplier to a funder."""
        actor = actor_of(request)
        return Response(shapes.statement_body(_of_account(actor, query_of(request, StatementQuery))))


class StatementFileView(APIView):
    """A statement of account as a file."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[StatementFileQuery],
        tags=["financing"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The statement as a workbook, a CSV or a PDF."""
        actor, query = actor_of(request), query_of(request, StatementFileQuery)
        found = _of_account(actor, query)
        return _file(request, exporting.statement_file(found, form=query["file"], language=query["lang"]))


class LoansFileView(APIView):
    """Loans as a file."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[LoanExportQuery],
        tags=["financing"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The list of loans, narrowed as it is seen, as a workbook or a CSV."""
        actor, query = actor_of(request), query_of(request, LoanExportQuery)
        chosen, as_of = matching(query, actor=actor)
        rows = selectors.loans(actor=actor).filter(chosen)
        found = exporting.loans_file(rows, actor=actor, as_of=as_of, form=query["file"], language=query["lang"])
        return _file(request, found)


class PortfolioView(APIView):
    """The portfolio."""

    @extend_schema(
        responses=shapes.PortfolioOut, parameters=[PortfolioQuery], tags=["financing"], operation_id="portfolio"
    )
    def get(self, request: Request) -> Response:
        """What a funder has out: by name, by age, by when it is expected back. Every number names its rows."""
        actor, query = actor_of(request), query_of(request, PortfolioQuery)
        as_of = query.get("as_of") or clock.today()
        found = portfolio.portfolio(actor=actor, as_of=as_of, currency=query.get("currency", ""))
        return Response(shapes.portfolio_body(found))


class TrialBalanceView(APIView):
    """The trial balance."""

    @extend_schema(
        responses=shapes.TrialBalancesOut, parameters=[AsOfQuery], tags=["financing"], operation_id="trial_balance"
    )
    def get(self, request: Request) -> Response:
        """The sums of a funder's accounts, by currency; debits and credits are equal."""
        actor, query = actor_of(request), query_of(request, AsOfQuery)
        actor.require(Role.FINANCIER)
        as_of = query.get("as_of") or clock.today()
        found = journal.trial_balance(owner_id=actor.home, as_of=as_of)
        return Response({"as_of": as_of.isoformat(), "balances": [shapes.trial_balance_body(each) for each in found]})
