"""Importing tables: upload, map, correct, import, undo."""

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.errors import Invalid
from abs_platform.core.rest.forms import checked
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, NewestFirst, page_of, paged, query_of
from abs_platform.core.rest.parsers import WholeFormParser
from abs_platform.core.rest.sending import saved_reply
from abs_platform.imports import correcting, exporting, replies, selectors, services
from abs_platform.imports.api import serializers as shapes
from abs_platform.imports.mapping import Plan
from abs_platform.parties.authentication import actor_of
from abs_platform.parties.roles import Role

TAGS = ["imports"]


class ByNumber(NewestFirst):
    """Pages in the table's order."""

    ordering = ("number",)


class ByPosition(NewestFirst):
    """Pages in the order of the documents."""

    ordering = ("position",)


class ChoicesView(APIView):
    """What there is to choose from."""

    @extend_schema(responses=shapes.ImportChoicesOut, tags=TAGS)
    def get(self, request: Request) -> Response:
        """The kinds of tables with their fields, and the systems whose exports are known."""
        return Response(replies.choices_body())


class BatchesView(APIView):
    """Imports."""

    parser_classes = [WholeFormParser]

    @extend_schema(
        responses=page_of(shapes.ImportOut),
        parameters=[*PAGE_PARAMETERS, shapes.BatchQuery],
        tags=TAGS,
        operation_id="imports_list",
    )
    def get(self, request: Request) -> Response:
        """The caller's imports, newest first."""
        actor = actor_of(request)
        rows = selectors.batches(actor=actor).filter(**query_of(request, shapes.BatchQuery))
        return paged(request, rows, lambda page: replies.batch_bodies(page, actor=actor))

    @extend_schema(
        request={"multipart/form-data": shapes.TableUploadIn}, responses={201: shapes.ImportDetailOut}, tags=TAGS
    )
    def post(self, request: Request) -> Response:
        """Upload a table (XLSX, XLS, ODS or CSV) as `file`. It is kept like any document, and read in the background."""
        actor = actor_of(request)
        actor.require(Role.SUPPLIER)
        file: UploadedFile[bytes] | None = request.FILES.get("file")
        try:
            data = checked(shapes.TableUploadIn, request)
            if file is None:
                raise Invalid("no_files", "Send the table in the form field `file`.")
            row = services.upload(
                actor=actor,
                filename=file.name or "",
                stream=file,
                size=file.size or 0,
                kind=data["kind"],
                sheet=data.get("sheet", ""),
            )
        finally:
            if file is not None:
                file.close()
        return Response(replies.detail_body(row, actor=actor), status=status.HTTP_201_CREATED)


class BatchView(APIView):
    """One import."""

    @extend_schema(responses=shapes.ImportDetailOut, tags=TAGS)
    def get(self, request: Request, id: UUID) -> Response:
        """An import with its columns, what they are taken for, and how far it is."""
        actor = actor_of(request)
        return Response(replies.detail_body(selectors.batch(actor=actor, batch_id=id), actor=actor))


class MappingView(APIView):
    """Which column is what."""

    @extend_schema(request=shapes.MappingIn, responses=shapes.ImportDetailOut, tags=TAGS)
    def post(self, request: Request, id: UUID) -> Response:
        """Say which column holds what; every cell is checked anew in the background."""
        actor = actor_of(request)
        data = checked(shapes.MappingIn, request)
        row = services.map_columns(
            actor=actor,
            batch_id=id,
            plan=Plan(data["columns"], data["defaults"], data["date_order"], data["decimal_mark"], data["units"]),
            header_row=data.get("header_row"),
            save_as=data.get("save_as", ""),
        )
        return Response(replies.detail_body(row, actor=actor))


class ProposalsView(APIView):
    """What the columns may be."""

    @extend_schema(parameters=[shapes.ProposalsQuery], responses=shapes.ImportProposalsOut, tags=TAGS)
    def get(self, request: Request, id: UUID) -> Response:
        """The mappings to choose from: the guess, each known system's words and the saved ones, applied to the headers."""
        query = query_of(request, shapes.ProposalsQuery)
        found = selectors.proposals(actor=actor_of(request), batch_id=id, header_row=query.get("header_row"))
        return Response({"proposals": [replies.proposal_body(each) for each in found]})


class RowsView(APIView):
    """The preview."""

    @extend_schema(
        responses=page_of(shapes.ImportRowOut),
        parameters=[*PAGE_PARAMETERS, shapes.RowsQuery],
        tags=TAGS,
        operation_id="imports_rows_list",
    )
    def get(self, request: Request, id: UUID) -> Response:
        """The table's rows in its own order, with what is wrong in which cell."""
        query = query_of(request, shapes.RowsQuery)
        batch = selectors.batch(actor=actor_of(request), batch_id=id)
        rows = selectors.rows_of(batch)
        if query.get("wrong"):
            rows = rows.filter(wrong=True)
        if start := query.get("start"):
            rows = rows.filter(number__gte=start)
        return paged(request, rows, lambda page: replies.row_bodies(page, batch), paginator=ByNumber)


class RowView(APIView):
    """One row."""

    @extend_schema(request=shapes.CorrectionIn, responses=shapes.CorrectionOut, tags=TAGS)
    def post(self, request: Request, id: UUID, number: int) -> Response:
        """Write over one cell; the row's document is checked anew. The file keeps what it says."""
        data = checked(shapes.CorrectionIn, request)
        batch, row = correcting.correct(actor=actor_of(request), batch_id=id, number=number, **data)
        [body] = replies.row_bodies([row], batch)
        return Response({"row": body, "counts": replies.counts(batch)})


class ReplacementsView(APIView):
    """One value of a column, wherever it stands."""

    @extend_schema(request=shapes.ReplacementIn, responses=shapes.ReplacementOut, tags=TAGS)
    def post(self, request: Request, id: UUID) -> Response:
        """Write over every cell of a column that reads `before`, such as “人民币” with “CNY”."""
        data = checked(shapes.ReplacementIn, request)
        batch, replaced = correcting.replace(actor=actor_of(request), batch_id=id, **data)
        return Response({"replaced": replaced, "counts": replies.counts(batch)})


class EntriesView(APIView):
    """What the rows become."""

    @extend_schema(
        responses=page_of(shapes.ImportEntryOut),
        parameters=PAGE_PARAMETERS,
        tags=TAGS,
        operation_id="imports_entries_list",
    )
    def get(self, request: Request, id: UUID) -> Response:
        """The documents of an import, in the table's order, and what became of each."""
        rows = selectors.entries(actor=actor_of(request), batch_id=id)
        return paged(request, rows, lambda page: [replies.entry_body(row) for row in page], paginator=ByPosition)


class DependentsView(APIView):
    """What keeps an import from being undone."""

    @extend_schema(responses=shapes.DependentsOut, tags=TAGS)
    def get(self, request: Request, id: UUID) -> Response:
        """What depends on the import by now, by kind; while there is nothing, it can be undone."""
        found = services.dependents(actor=actor_of(request), batch_id=id)
        return Response({"dependents": [{"code": code, "count": count} for code, count in found.items()]})


class ExportView(APIView):
    """The rows as a file."""

    @extend_schema(
        parameters=[shapes.ExportQuery],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        tags=TAGS,
    )
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """The rows with corrections and with what is wrong, as XLSX or CSV that opens rightly in Excel."""
        query = query_of(request, shapes.ExportQuery)
        found = exporting.export(
            actor=actor_of(request), batch_id=id, form=query["file"], wrong=query["wrong"], language=query["lang"]
        )
        return saved_reply(
            request, name=found.name, size=found.size, chunks=found.chunks, content_type=found.media_type
        )


class ImportView(APIView):
    """Make documents of the rows."""

    @extend_schema(request=shapes.ImportIn, responses=shapes.ImportOut, tags=TAGS)
    def post(self, request: Request, id: UUID) -> Response:
        """Import in the background. Refused while rows are wrong, unless `leave_wrong` leaves their documents out."""
        actor = actor_of(request)
        data = checked(shapes.ImportIn, request)
        row = services.start(actor=actor, batch_id=id, **data)
        return Response(replies.batch_bodies([row], actor=actor)[0])


class UndoView(APIView):
    """Take it all back."""

    @extend_schema(request=None, responses=shapes.ImportOut, tags=TAGS)
    def post(self, request: Request, id: UUID) -> Response:
        """Withdraw every document of the import, in the background; refused once anything depends on one of them."""
        actor = actor_of(request)
        return Response(replies.batch_bodies([services.undo(actor=actor, batch_id=id)], actor=actor)[0])


class DiscardView(APIView):
    """Give it up."""

    @extend_schema(request=None, responses=shapes.ImportOut, tags=TAGS)
    def post(self, request: Request, id: UUID) -> Response:
        """Forget the rows of an import that was not imported. The file that it came from stays on record."""
        actor = actor_of(request)
        return Response(replies.batch_bodies([services.discard(actor=actor, batch_id=id)], actor=actor)[0])


class SavedMappingsView(APIView):
    """Mappings kept under a name."""

    @extend_schema(
        responses=page_of(shapes.SavedMappingOut),
        parameters=PAGE_PARAMETERS,
        tags=TAGS,
        operation_id="imports_mappings_list",
    )
    def get(self, request: Request) -> Response:
        """The caller's saved mappings, newest first."""
        rows = selectors.saved_mappings(actor=actor_of(request))
        return paged(request, rows, lambda page: [replies.saved_mapping_body(row) for row in page])


class SavedMappingView(APIView):
    """One of them."""

    @extend_schema(responses={204: None}, tags=TAGS)
    def delete(self, request: Request, id: UUID) -> Response:
        """Forget a saved mapping; what was imported with it stays as it is."""
        services.forget_mapping(actor=actor_of(request), mapping_id=id)
        return Response(status=status.HTTP_204_NO_CONTENT)
