"""Networks, organisations, their people, programs and keys."""

import pgtrigger
from django.contrib.auth.models import AbstractUser, Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.parties.roles import ALL_ROLES, Role
from abs_platform.parties.states import DestructionState

# Plain strings, so that migrations do not refer to the enumeration.
DESTRUCTION_STATES = [str(state) for state in DestructionState]


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


class MasterKey(models.Model):
    """A version of the master key, which the key-management system holds. The newest wraps; a retired one wraps nothing."""

    version = models.PositiveIntegerField(primary_key=True)
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_retires",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.retired_at IS NOT NULL OR (NEW.version, NEW.created_at) IS DISTINCT FROM (OLD.version, OLD.created_at)
                    THEN
                        RAISE EXCEPTION 'master key version % only retires, once', OLD.version;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="master_key_version_counts_from_1"),
            models.CheckConstraint(
                condition=Q(retired_at=None) | Q(retired_at__gte=F("created_at")), name="master_key_retired_later"
            ),
        ]


class OrganisationKey(models.Model):
    """A key held for an organisation, wrapped by the master key. Signing keys are SM2; data keys wrap files' keys.

    What is retired wraps nothing any more; what is destroyed opens nothing any more. Of both, the key itself is gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="keys")
    purpose = models.CharField(max_length=10, choices=KeyPurpose.choices)
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField(max_length=200, null=True)
    master_version = models.PositiveIntegerField(default=1)  # of the master key that wraps it
    public = models.BinaryField(max_length=65, null=True)
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_ends",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.wrapped IS NULL
                        OR (NEW.id, NEW.organisation_id, NEW.purpose, NEW.version, NEW.public, NEW.created_at)
                        IS DISTINCT FROM (OLD.id, OLD.organisation_id, OLD.purpose, OLD.version, OLD.public, OLD.created_at)
                    THEN
                        RAISE EXCEPTION 'key % is wrapped anew, retired or destroyed, and ends with that', OLD.id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "purpose", "version"], name="organisation_key_version"),
            models.CheckConstraint(
                condition=Q(purpose="signing", public__isnull=False) | Q(purpose="data", public__isnull=True),
                name="organisation_key_public_part",
            ),
            models.CheckConstraint(
                condition=Q(wrapped__isnull=False, retired_at=None, destroyed_at=None)
                | Q(wrapped=None, purpose="data", retired_at__isnull=False, destroyed_at=None)
                | Q(wrapped=None, purpose="data", retired_at=None, destroyed_at__isnull=False),
                name="organisation_key_ends_with_its_secret",
            ),
        ]
        indexes = [
            models.Index(
                fields=["master_version", "id"], name="organisation_key_master", condition=Q(wrapped__isnull=False)
            )
        ]


class KeyDestruction(models.Model):
    """The destruction of an organisation's data keys: asked for by one person, carried out by another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="key_destructions")
    state = models.CharField(max_length=10, choices=[(s, s) for s in DESTRUCTION_STATES], default="requested")
    reason = models.CharField(max_length=500)
    requested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.state <> 'requested'
                        OR (NEW.id, NEW.organisation_id, NEW.reason, NEW.requested_by_id, NEW.requested_at)
                        IS DISTINCT FROM (OLD.id, OLD.organisation_id, OLD.reason, OLD.requested_by_id, OLD.requested_at)
                    THEN
                        RAISE EXCEPTION 'the destruction % is decided once', OLD.id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DESTRUCTION_STATES), name="key_destruction_state_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="key_destruction_has_reason"),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by=None, decided_at=None)
                | ~Q(state="requested") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="key_destruction_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="destroyed") | ~Q(decided_by=F("requested_by")),
                name="key_destruction_takes_two",
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="requested"), name="key_destruction_one_open"
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="destroyed"), name="key_destruction_once"
            ),
        ]
