"""Correcting what was read, and comparing what repeats or contradicts."""

import re
import unicodedata
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.errors import Invalid
from abs_platform.core.rest.fields import Body, time
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, NewestFirst, page_of, paged
from abs_platform.documents import comparing, correcting, replies
from abs_platform.documents.models import DocumentVersion
from abs_platform.integrations.formats.fields import (
    BIDI_CONTROLS,
    MAX_DECIMALS,
    MAX_ID,
    MAX_INTEGER_DIGITS,
    MAX_NAME,
    MAX_TEXT,
    MAX_UNIT,
)
from abs_platform.integrations.formats.model import TRADE_KINDS
from abs_platform.parties.authentication import actor_of

MAX_LINES = 10_000
MAX_REFERENCES = 100
FIGURE = re.compile(rf"-?[0-9]{{1,{MAX_INTEGER_DIGITS}}}(\.[0-9]{{1,{MAX_DECIMALS}}})?", re.ASCII)


class TextField(serializers.CharField):
    """A line of text without characters that hide or reorder what is read."""

    def __init__(self, limit: int = MAX_ID, **options: Any) -> None:  # Any: Django REST framework's own options
        super().__init__(max_length=limit, **{"required": False, "allow_blank": True, "allow_null": True, **options})

    def to_internal_value(self, data: Any) -> str:  # Any: JSON
        text = super().to_internal_value(data)
        if any(each in BIDI_CONTROLS or unicodedata.category(each) == "Cc" for each in text.replace("\n", " ")):
            raise serializers.ValidationError("No control characters, please.", code="text_invalid")
        return text


class FigureField(TextField):
    """A decimal as text, as documents state it."""

    def to_internal_value(self, data: Any) -> str:  # Any: JSON
        text = super().to_internal_value(data)
        if text and not FIGURE.fullmatch(text):
            raise serializers.ValidationError(
                f"A number of at most {MAX_INTEGER_DIGITS} digits and {MAX_DECIMALS} decimals, with a point.",
                code="decimal_invalid",
            )
        return text


class DayField(serializers.DateField):
    """A date as text: YYYY-MM-DD."""

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True)

    def to_internal_value(self, value: Any) -> Any:  # Any: JSON; text, though Django REST framework expects a date
        return super().to_internal_value(value).isoformat()


class PartyIn(serializers.Serializer[Any]):
    name = TextField(MAX_NAME)
    company_id = TextField()
    endpoint_id = TextField()
    party_id = TextField()


class TotalsIn(serializers.Serializer[Any]):
    lines = FigureField()
    allowances = FigureField()
    charges = FigureField()
    tax_exclusive = FigureField()
    tax = FigureField()
    tax_basis = FigureField()
    tax_inclusive = FigureField()
    prepaid = FigureField()
    rounding = FigureField()
    payable = FigureField()


class HeaderIn(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    kind = serializers.ChoiceField(choices=TRADE_KINDS, required=False)
    number = TextField()
    issue_date = DayField()
    currency = serializers.RegexField(r"^([A-Z]{3})?$", required=False, allow_blank=True, allow_null=True)
    seller = PartyIn(required=False, allow_null=True)
    buyer = PartyIn(required=False, allow_null=True)
    order_number = TextField()
    despatch_numbers = serializers.ListField(child=TextField(), max_length=MAX_REFERENCES, required=False)
    receipt_numbers = serializers.ListField(child=TextField(), max_length=MAX_REFERENCES, required=False)
    invoice_numbers = serializers.ListField(child=TextField(), max_length=MAX_REFERENCES, required=False)
    contract_number = TextField()
    due_date = DayField()
    delivery_date = DayField()
    payment_terms = TextField(MAX_TEXT)
    payee_account = TextField()
    notes = serializers.ListField(child=TextField(MAX_TEXT), max_length=MAX_REFERENCES, required=False)
    totals = TotalsIn(required=False)


class LineIn(serializers.Serializer[Any]):
    id = TextField(required=True, allow_blank=False, allow_null=False)
    item_name = TextField(MAX_NAME)
    item_description = TextField(MAX_TEXT)
    buyer_item_id = TextField()
    seller_item_id = TextField()
    standard_item_id = TextField()
    unit = TextField(MAX_UNIT)
    quantity = FigureField()
    rejected = FigureField()
    short = FigureField()
    oversupply = FigureField()
    backorder = FigureField()
    price = FigureField()
    price_base_quantity = FigureField()
    allowances = FigureField()
    charges = FigureField()
    amount = FigureField()
    tax = FigureField()
    tax_percent = FigureField()
    order_number = TextField()
    order_line_id = TextField()
    despatch_number = TextField()
    despatch_line_id = TextField()
    receipt_number = TextField()
    receipt_line_id = TextField()
    invoice_number = TextField()
    invoice_line_id = TextField()
    note = TextField(MAX_TEXT)


class VersionIn(serializers.Serializer[Any]):
    """A correction: either `fields` and `lines`, all of them, or `restores`, the number of an earlier version."""

    version = serializers.IntegerField(min_value=0, help_text="the version that it is written over")
    reason = TextField(1000, required=True, allow_blank=False, allow_null=False)
    fields = HeaderIn(required=False)  # type: ignore[assignment]  # the contract's name shadows DRF's property
    lines = serializers.ListField(child=LineIn(), max_length=MAX_LINES, required=False)
    restores = serializers.IntegerField(min_value=0, required=False)


class ChangeOut(serializers.Serializer[Any]):
    path = serializers.CharField(help_text="JSON pointer (RFC 6901)")


# "from" is a word of Python's own.
ChangeOut._declared_fields |= {
    "from": serializers.CharField(allow_null=True),
    "to": serializers.CharField(allow_null=True),
}


class VersionOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    restores = serializers.IntegerField(allow_null=True)
    changes = ChangeOut(many=True)
    record = serializers.UUIDField(allow_null=True, help_text="the ledger's record of the commitment to its fields")


class ComparisonOut(serializers.Serializer[Any]):
    relation = serializers.ChoiceField(choices=["duplicate", "conflict"])
    earlier = replies.DocumentOut()
    later = replies.DocumentOut()
    same_bytes = serializers.BooleanField()
    differences = ChangeOut(many=True, help_text="from the earlier one to the later one")
    more = serializers.IntegerField(help_text="differences that are not listed")


class ByNumber(NewestFirst):
    """Pages of versions, the latest first."""

    ordering = "-number"


class DocumentVersionsView(APIView):
    """Corrections."""

    @extend_schema(
        responses=page_of(VersionOut),
        parameters=[*PAGE_PARAMETERS],
        tags=["documents"],
        operation_id="documents_versions_list",
    )
    def get(self, request: Request, id: UUID) -> Response:
        """The versions of a document's fields, newest first; for its owner. None while nothing was corrected."""
        rows = correcting.versions(actor=actor_of(request), document_id=id)
        return paged(request, rows, lambda page: [_version(row) for row in page], paginator=ByNumber)

    @extend_schema(request=VersionIn, responses={201: replies.DocumentDetailOut}, tags=["documents"])
    def post(self, request: Request, id: UUID) -> Response:
        """Write over what was read, or take up an earlier version again; 409 when another version holds by now."""
        actor = actor_of(request)
        form = VersionIn(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        about = {"actor": actor, "document_id": id, "version": asked["version"], "reason": asked["reason"].strip()}
        if "restores" in asked:
            row = correcting.restore(**about, number=asked["restores"])
        elif "fields" in asked and "lines" in asked:
            row = correcting.correct(**about, header=asked["fields"], lines=asked["lines"])
        else:
            raise Invalid("version_empty", "Send `fields` and `lines`, or `restores`.")
        return Response(replies.detail_body(row, actor=actor), status=status.HTTP_201_CREATED)


class DocumentComparisonView(APIView):
    """Side by side."""

    @extend_schema(responses=ComparisonOut, tags=["documents"])
    def get(self, request: Request, id: UUID, other: UUID) -> Response:
        """Two documents of which one repeats or contradicts the other; 404 unless both are the caller's to see."""
        actor = actor_of(request)
        found = comparing.compare(actor=actor, document_id=id, other_id=other)
        earlier, later = replies.document_bodies([found.earlier, found.later], actor=actor)
        is_duplicate = (
            found.earlier.id == found.later.duplicate_of_id or found.later.id == found.earlier.duplicate_of_id
        )
        return Response(
            {
                "relation": "duplicate" if is_duplicate else "conflict",
                "earlier": earlier,
                "later": later,
                "same_bytes": found.same_bytes,
                "differences": found.differences,
                "more": found.more,
            }
        )


def _version(row: DocumentVersion) -> Body:
    return {
        "number": row.number,
        "at": time(row.at),
        "by": row.by,
        "reason": row.reason,
        "restores": row.restores,
        "changes": row.changes,
        "record": str(row.fields_record_id) if row.fields_record_id else None,
    }
