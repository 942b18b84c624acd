"""Uploading, listing, opening and proving documents."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.errors import DomainError, Invalid, TooLarge
from abs_platform.core.filenames import clean_filename
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged, query_of
from abs_platform.core.rest.parsers import WholeFormParser
from abs_platform.core.rest.sending import file_reply, saved_reply
from abs_platform.crypto.fields import MAX_DISCLOSED
from abs_platform.documents import certificate, disclosing, exporting, receiving, replies, selectors, services, uploads
from abs_platform.documents.api import serializers as shapes
from abs_platform.documents.models import Document, Extraction
from abs_platform.integrations.formats.model import TRADE_KINDS
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of
from abs_platform.parties.roles import Role

# Media types that a file is served as; anything else is bytes.
SERVED = frozenset(
    {"application/pdf", "application/xml", "application/zip", "application/ofd", "text/plain", "text/csv"}
)
PAGE_COUNT = "X-Page-Count"


class DocumentsView(APIView):
    """Intake and list."""

    parser_classes = [WholeFormParser]

    @extend_schema(
        responses=page_of(replies.DocumentOut),
        parameters=[*PAGE_PARAMETERS, shapes.DocumentQuery],
        tags=["documents"],
        operation_id="documents_list",
    )
    def get(self, request: Request) -> Response:
        """Documents that the caller may see, newest first. Disclosed ones go into their owners' access logs."""
        actor = actor_of(request)
        rows = selectors.documents(actor=actor).filter(_matching(query_of(request, shapes.DocumentQuery), actor))

        def represent(page: Any) -> list[dict[str, Any]]:  # Any: JSON
            return replies.document_bodies(services.listed(actor=actor, rows=page), actor=actor)

        return paged(request, rows, represent)

    @extend_schema(
        request={"multipart/form-data": shapes.UploadIn}, responses={201: shapes.UploadOut}, tags=["documents"]
    )
    def post(self, request: Request) -> Response:
        """Upload one or many files as `files`. Each is taken or refused by itself; 422 when none is taken."""
        actor = actor_of(request)
        actor.require(Role.SUPPLIER)
        receiving.check_queue(actor.home)
        with uploads.arriving(request) as files:
            return self._take(actor, files)

    def _take(self, actor: Actor, files: list[uploads.ReceivedFile]) -> Response:
        if not files:
            raise Invalid("no_files", "Send at least one file in the form field `files`.")
        if len(files) > settings.MAX_FILES:
            raise TooLarge(
                "too_many_files", f"An upload may have {settings.MAX_FILES} files at most.", limit=settings.MAX_FILES
            )
        taken: list[Document] = []
        refused = []
        ours: DomainError | None = None
        for file in files:
            try:
                taken.append(receiving.take_in(actor=actor, filename=file.name or "", incoming=file.came()))
            except DomainError as error:
                name = clean_filename(file.name or "")
                refused.append({"filename": name, "code": error.code, "detail": error.detail, "params": error.params})
                ours = error if error.http_status >= 500 else ours
        if ours and not taken:
            raise ours  # not the files' fault
        body = {"documents": replies.document_bodies(taken, actor=actor), "rejected": refused}
        if not taken:
            raise Invalid("all_refused", "None of the files was taken; `params.rejected` says why.", rejected=refused)
        return Response(body, status=status.HTTP_201_CREATED)


class DocumentsExportView(APIView):
    """The list as a file."""

    @extend_schema(
        parameters=[shapes.DocumentsExportQuery],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        tags=["documents"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The list, narrowed as the list itself, as XLSX or CSV that opens rightly in Excel; 422 beyond 100,000 rows.

        Disclosed documents go into their owners' access logs.
        """
        actor = actor_of(request)
        query = query_of(request, shapes.DocumentsExportQuery)
        rows = selectors.documents(actor=actor).filter(_matching(query, actor))
        found = exporting.export(actor=actor, rows=rows, form=query["file"], language=query["lang"])
        return saved_reply(
            request, name=found.name, size=found.size, chunks=found.chunks, content_type=found.media_type
        )


def _matching(query: dict[str, Any], actor: Actor) -> Q:  # Any: checked query parameters
    matching = Q()
    match query.get("kind"):
        case None:
            pass
        case "attachment":
            matching &= Q(extraction=Extraction.ATTACHMENT)
        case "other":
            matching &= Q(extraction=Extraction.EXTRACTED) & ~Q(kind__in=TRADE_KINDS)
        case kind:
            matching &= Q(kind=kind)
    # What is asked of a verdict is answered of one's own documents alone: others' are not the reader's to judge.
    own = Q(owner_id=actor.organisation_id)
    if verdict := query.get("verdict"):
        matching &= own & Q(verdict=verdict)
    match query.get("state"):
        case "review":
            matching &= own & selectors.to_review()
        case "attention":
            matching &= own & ~Q(attention=[])
        case "duplicate":
            matching &= own & Q(duplicate_of__isnull=False)
        case "loose":
            matching &= Q(trade_id__isnull=True, duplicate_of__isnull=True)
    if trade := query.get("trade"):
        matching &= Q(trade_id=trade)
    if container := query.get("container"):
        matching &= Q(container_id=container)
    if ids := query.get("ids"):
        matching &= Q(id__in=ids)
    if search := query.get("search"):
        matching &= (
            Q(filename__icontains=search)
            | Q(number__icontains=search)
            | Q(buyer_name__icontains=search)
            | Q(digest=search.lower())
        )
    return matching


class DocumentView(APIView):
    """One document."""

    @extend_schema(responses=replies.DocumentDetailOut, tags=["documents"])
    def get(self, request: Request, id: UUID) -> Response:
        """A document with what was read from it and where it stands in the log."""
        actor = actor_of(request)
        return Response(replies.detail_body(services.look(actor=actor, document_id=id, action="viewed"), actor=actor))


class DocumentFileView(APIView):
    """The original bytes."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, tags=["documents"])
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """The file as it was uploaded, decrypted and authenticated."""
        row, chunks = services.content(actor=actor_of(request), document_id=id)
        reply = file_reply(request, size=row.size, chunks=chunks, content_type=_harmless(row.media_type))
        reply.headers["Content-Disposition"] = _attachment(row.filename)
        reply.headers["X-Content-Type-Options"] = "nosniff"
        reply.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        reply.headers["Cache-Control"] = "private, no-store"
        return reply


class DocumentPreviewView(APIView):
    """Pages to look at."""

    @extend_schema(
        parameters=[
            shapes.PreviewQuery,
            OpenApiParameter(PAGE_COUNT, int, OpenApiParameter.HEADER, response=True, description="pages of the file"),
        ],
        responses={(200, "image/png"): OpenApiTypes.BINARY},
        tags=["documents"],
    )
    def get(self, request: Request, id: UUID) -> HttpResponse:
        """A page of a PDF, OFD or image, drawn here as PNG; nothing of the original comes along."""
        number = query_of(request, shapes.PreviewQuery)["page"]
        page = services.preview(actor=actor_of(request), document_id=id, page=number)
        reply = HttpResponse(page.png, content_type="image/png")
        reply.headers[PAGE_COUNT] = str(page.pages)
        reply.headers["X-Content-Type-Options"] = "nosniff"
        reply.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        reply.headers["Cache-Control"] = "private, no-store"
        return reply


class DocumentBundleView(APIView):
    """The proof."""

    @extend_schema(responses=shapes.BundleOut, tags=["documents"])
    def get(self, request: Request, id: UUID) -> Response:
        """The proof bundle, for the verify page or the outside verifier."""
        row = services.look(actor=actor_of(request), document_id=id, action="proof")
        name = f"{row.filename}.proof.json"
        return Response(
            selectors.bundle(row),
            headers={"Content-Disposition": _attachment(name), "Cache-Control": "private, no-store"},
        )


class DocumentCertificateView(APIView):
    """The proof in words."""

    @extend_schema(
        parameters=[shapes.CertificateQuery],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        tags=["documents"],
    )
    def get(self, request: Request, id: UUID) -> HttpResponse:
        """The certificate (存证证明), once the document is anchored: PDF/A-3 with the proof bundle attached."""
        language = query_of(request, shapes.CertificateQuery)["lang"]
        row, pdf = certificate.certificate(actor=actor_of(request), document_id=id, language=language)
        reply = HttpResponse(pdf, content_type="application/pdf")
        reply.headers["Content-Disposition"] = _attachment(f"{row.filename}.certificate.{language}.pdf")
        reply.headers["X-Content-Type-Options"] = "nosniff"
        reply.headers["Cache-Control"] = "private, no-store"
        return reply


class DocumentFieldsView(APIView):
    """What the owner can disclose."""

    @extend_schema(responses=shapes.FieldsOut, tags=["documents"])
    def get(self, request: Request, id: UUID) -> Response:
        """Every field that was read and committed to, in the document's order; for its owner."""
        found = disclosing.disclosable(actor=actor_of(request), document_id=id)
        rows = [{"path": path, "value": value} for path, value in found.items()]
        return Response({"limit": MAX_DISCLOSED, "fields": rows})


class DocumentDisclosureView(APIView):
    """The proof of some fields."""

    @extend_schema(request=shapes.DisclosureIn, responses=shapes.BundleOut, tags=["documents"])
    def post(self, request: Request, id: UUID) -> Response:
        """A proof bundle with the chosen fields in place of the file, for its owner to hand on."""
        form = shapes.DisclosureIn(data=request.data)
        form.is_valid(raise_exception=True)
        bundle = disclosing.disclose(actor=actor_of(request), document_id=id, paths=form.validated_data["paths"])
        return Response(bundle, headers={"Cache-Control": "private, no-store"})


def _attachment(filename: str) -> str:
    """Content-Disposition with a name in UTF-8 (RFC 6266)."""
    return str(content_disposition_header(as_attachment=True, filename=filename))


def _harmless(media_type: str) -> str:
    """The media type to serve a file as: what a browser would run is text, or nothing that it knows."""
    if media_type in ("text/html", "image/svg+xml", "multipart/related", "message/rfc822"):
        return "text/plain; charset=utf-8"
    return media_type if media_type in SERVED or media_type.startswith("image/") else "application/octet-stream"
