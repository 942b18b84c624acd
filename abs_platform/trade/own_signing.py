"""How signatures by an organisation's own key come in, and the words to sign go out."""

from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Body
from abs_platform.trade.signatories import OwnSignature, ToSign


class OwnIn(serializers.Serializer[Any]):
    signature = serializers.RegexField(r"^([0-9a-f]{2}){8,80}$", help_text="SM2, DER, hex, over the statement's bytes")
    at = serializers.DateTimeField(help_text="As the statement was prepared for it")


class ToSignOut(serializers.Serializer[Any]):
    statement = serializers.CharField(help_text="The exact text; its UTF-8 bytes are signed")
    at = serializers.CharField(help_text="To be sent back with the signature, within 15 minutes")


def own_of(given: Body | None) -> OwnSignature | None:
    """The signature made with an own key, as the services take it."""
    return OwnSignature(bytes.fromhex(given["signature"]), given["at"]) if given else None


def to_sign_body(found: ToSign) -> Body:
    """Words to sign; `at` to the microsecond, since the statement names it so."""
    return {"statement": found.statement, "at": found.at.isoformat()}
