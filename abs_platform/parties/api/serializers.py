"""Shapes of sessions, networks and organisations."""

from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Named
from abs_platform.parties.roles import Role


class PersonOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    username = serializers.CharField()


class HomeOrganisation(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)


class DemoAccount(serializers.Serializer[Any]):
    username = serializers.CharField()
    organisation = serializers.CharField()
    role = serializers.CharField()


class Limits(serializers.Serializer[Any]):
    max_file_bytes = serializers.IntegerField()
    max_files = serializers.IntegerField()


class SessionOut(serializers.Serializer[Any]):
    authenticated = serializers.BooleanField()
    person = PersonOut(allow_null=True)
    organisation = HomeOrganisation(allow_null=True)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=[str(role) for role in Role]))
    demo = serializers.BooleanField()
    demo_accounts = DemoAccount(many=True)
    limits = Limits()


class DemoSwitchIn(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)


class SupplierOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)


class NetworkIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)


class NetworkOut(Named):
    pass


class IdentifierShape(serializers.Serializer[Any]):
    scheme = serializers.ChoiceField(choices=["company_id", "endpoint", "party_id", "name"])
    value = serializers.CharField(max_length=200)


class OrganisationIn(serializers.Serializer[Any]):
    network = serializers.UUIDField()
    name = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, allow_blank=True, default="")
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=[str(role) for role in Role]), min_length=1, max_length=5
    )
    listed = serializers.BooleanField(default=False)
    parent = serializers.UUIDField(allow_null=True, default=None)  # type: ignore[assignment]  # the contract's name
    identifiers = IdentifierShape(many=True, default=list)


class OrganisationOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    network = Named()
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)
    roles = serializers.ListField(child=serializers.CharField())
    listed = serializers.BooleanField()
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]  # the contract's name
    identifiers = IdentifierShape(many=True)


class ClientIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=[str(role) for role in Role]), min_length=1, max_length=5
    )


class ClientOut(serializers.Serializer[Any]):
    client_id = serializers.CharField()
    client_secret = serializers.CharField()
