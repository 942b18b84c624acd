"""Shapes that only this API takes and gives; documents themselves look as in documents/replies.py."""

from typing import Any

from rest_framework import serializers

from abs_platform.documents.replies import DocumentOut
from abs_platform.integrations.formats.model import KINDS


class UploadIn(serializers.Serializer[Any]):
    files = serializers.ListField(child=serializers.FileField())


class DocumentQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[*KINDS, "attachment"], required=False)
    state = serializers.ChoiceField(choices=["attention", "duplicate", "loose"], required=False)
    search = serializers.CharField(max_length=100, required=False)
    trade = serializers.UUIDField(required=False)


class RejectedOut(serializers.Serializer[Any]):
    filename = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()
    params = serializers.DictField()


class UploadOut(serializers.Serializer[Any]):
    documents = DocumentOut(many=True)
    rejected = RejectedOut(many=True)


class BundleOut(serializers.Serializer[Any]):
    format = serializers.CharField()
    document = serializers.DictField()
    record = serializers.DictField()
    log = serializers.DictField()
    inclusion = serializers.DictField(allow_null=True)
    checkpoint = serializers.CharField(allow_null=True)
    anchors = serializers.ListField(child=serializers.DictField())
