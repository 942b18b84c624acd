"""Networks, organisations, their people, programs and keys."""

from django.contrib.auth.models import AbstractUser, Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.parties.roles import ALL_ROLES, Role


class Network(models.Model):
    """A supply-chain network: the space within which an identifier names one organisation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=clock.now)


class Organisation(models.Model):
    """A legal person: supplier, core enterprise, project company, financier or the operator."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="organisations")
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    roles = ArrayField(models.CharField(max_length=20))
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="subsidiaries")
    listed = models.BooleanField(default=False)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="organisation")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(roles__contained_by=sorted(ALL_ROLES)), name="organisation_roles_known"),
            models.CheckConstraint(condition=~Q(name=""), name="organisation_has_name"),
            models.UniqueConstraint(fields=["id", "network"], name="organisation_in_network"),
        ]
        indexes = [models.Index(fields=["network", "name"], name="organisation_listing", condition=Q(listed=True))]


class Identifier(models.Model):
    """A normalised identifier under which files name an organisation, such as its 统一社会信用代码."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="identifiers")
    network = models.ForeignKey(Network, on_delete=models.PROTECT)
    scheme = models.CharField(max_length=20, choices=[(s, s) for s in ("company_id", "endpoint", "party_id", "name")])
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "scheme", "value"], name="identifier_names_one_organisation"),
            models.CheckConstraint(condition=~Q(value=""), name="identifier_has_value"),
        ]


class Person(AbstractUser):
    """Somebody who can sign in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    display_name = models.CharField(max_length=100, blank=True, default="")


class Membership(models.Model):
    """A person acts for one organisation, in some of its roles."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="membership", primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=[(role, role) for role in Role]))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(roles__contained_by=sorted(ALL_ROLES)), name="membership_roles_known")
        ]


class ApiClient(models.Model):
    """A program acts for one organisation by OAuth2 client credentials."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.OneToOneField(
        "oauth2_provider.Application", on_delete=models.CASCADE, related_name="api_client"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="api_clients")
    name = models.CharField(max_length=100)
    roles = ArrayField(models.CharField(max_length=20))
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(roles__contained_by=sorted(ALL_ROLES)), name="api_client_roles_known")
        ]


class KeyPurpose(models.TextChoices):
    SIGNING = "signing"
    DATA = "data"


class OrganisationKey(models.Model):
    """A key held for an organisation, wrapped by the master key. Signing keys are SM2; data keys wrap files' keys."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="keys")
    purpose = models.CharField(max_length=10, choices=KeyPurpose.choices)
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField(max_length=200)
    public = models.BinaryField(max_length=65, null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "purpose", "version"], name="organisation_key_version"),
            models.CheckConstraint(
                condition=Q(purpose="signing", public__isnull=False) | Q(purpose="data", public__isnull=True),
                name="organisation_key_public_part",
            ),
        ]
