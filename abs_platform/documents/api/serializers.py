"""Shapes that only this API takes and gives; documents themselves look as in documents/replies.py."""

from typing import Any

from rest_framework import serializers

from abs_platform.core.words import LANGUAGES
from abs_platform.crypto.fields import MAX_PATH
from abs_platform.documents.replies import DocumentOut
from abs_platform.integrations.formats.model import TRADE_KINDS
from abs_platform.integrations.formats.reading import Verdict
from abs_platform.integrations.tables.writing import FORMS


class UploadIn(serializers.Serializer[Any]):
    files = serializers.ListField(child=serializers.FileField())


class DocumentQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[*TRADE_KINDS, "other", "attachment"], required=False)
    state = serializers.ChoiceField(choices=["review", "attention", "duplicate", "loose"], required=False)
    verdict = serializers.ChoiceField(choices=list(Verdict), required=False, help_text="of the caller's own documents")
    search = serializers.CharField(max_length=100, required=False)
    trade = serializers.UUIDField(required=False)
    container = serializers.UUIDField(required=False, help_text="the archive that the documents came in")
    ids = serializers.ListField(child=serializers.UUIDField(), max_length=100, required=False)


class DocumentsExportQuery(DocumentQuery):
    file = serializers.ChoiceField(choices=FORMS, default=FORMS[0])
    lang = serializers.ChoiceField(choices=LANGUAGES, default=LANGUAGES[0])


class RejectedOut(serializers.Serializer[Any]):
    filename = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()
    params = serializers.DictField()


class UploadOut(serializers.Serializer[Any]):
    documents = DocumentOut(many=True)
    rejected = RejectedOut(many=True)


class FieldOut(serializers.Serializer[Any]):
    path = serializers.CharField(help_text="JSON pointer (RFC 6901)")
    value = serializers.CharField(allow_blank=True)


class FieldsOut(serializers.Serializer[Any]):
    limit = serializers.IntegerField(help_text="how many fields one disclosure holds")
    fields = FieldOut(many=True)  # type: ignore[assignment]  # the contract's name shadows DRF's property


class DisclosureIn(serializers.Serializer[Any]):
    paths = serializers.ListField(child=serializers.CharField(max_length=MAX_PATH, trim_whitespace=False))


class PreviewQuery(serializers.Serializer[Any]):
    page = serializers.IntegerField(min_value=1, max_value=2_000, default=1)


class CertificateQuery(serializers.Serializer[Any]):
    lang = serializers.ChoiceField(choices=LANGUAGES, default=LANGUAGES[0])


class BundleOut(serializers.Serializer[Any]):
    format = serializers.CharField()
    document = serializers.DictField(required=False)
    fields = serializers.DictField(required=False, help_text="in place of `document`, in a disclosure")  # type: ignore[assignment]  # the contract's name shadows DRF's property
    record = serializers.DictField()
    log = serializers.DictField()
    inclusion = serializers.DictField(allow_null=True)
    checkpoint = serializers.CharField(allow_null=True)
    anchors = serializers.ListField(child=serializers.DictField())
    timestamps = serializers.ListField(child=serializers.DictField())
