"""What was sent, checked."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from abs_platform.core.rest.fields import Body


def checked(shape: type[serializers.Serializer[Any]], request: Request) -> Body:
    """The request's body as `shape` takes it. Raises ValidationError."""
    form = shape(data=request.data)
    form.is_valid(raise_exception=True)
    body: Body = form.validated_data
    return body
