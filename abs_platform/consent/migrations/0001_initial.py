import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import abs_platform.consent.states
import abs_platform.core.clock
import abs_platform.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_api_client"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            (
                                abs_platform.consent.states.Purpose["FINANCING"],
                                abs_platform.consent.states.Purpose["FINANCING"],
                            ),
                            (
                                abs_platform.consent.states.Purpose["DUE_DILIGENCE"],
                                abs_platform.consent.states.Purpose["DUE_DILIGENCE"],
                            ),
                            (
                                abs_platform.consent.states.Purpose["MONITORING"],
                                abs_platform.consent.states.Purpose["MONITORING"],
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                ("purpose_note", models.CharField(blank=True, default="", max_length=500)),
                ("days", models.PositiveIntegerField()),
                ("order_number", models.CharField(blank=True, default="", max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                abs_platform.consent.states.RequestState["REQUESTED"],
                                abs_platform.consent.states.RequestState["REQUESTED"],
                            ),
                            (
                                abs_platform.consent.states.RequestState["GRANTED"],
                                abs_platform.consent.states.RequestState["GRANTED"],
                            ),
                            (
                                abs_platform.consent.states.RequestState["DECLINED"],
                                abs_platform.consent.states.RequestState["DECLINED"],
                            ),
                            (
                                abs_platform.consent.states.RequestState["WITHDRAWN"],
                                abs_platform.consent.states.RequestState["WITHDRAWN"],
                            ),
                        ],
                        default=abs_platform.consent.states.RequestState["REQUESTED"],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("created_at", models.DateTimeField(default=abs_platform.core.clock.now)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_requests_received",
                        to="parties.organisation",
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_requests_made",
                        to="parties.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["owner", "-id"], name="access_request_owner"),
                    models.Index(fields=["requester", "-id"], name="access_request_by"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("requester", models.F("owner")), _negated=True),
                        name="access_request_between_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["declined", "granted", "requested", "withdrawn"])),
                        name="access_request_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["due_diligence", "financing", "monitoring"])),
                        name="access_request_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 1), ("days__lte", 366)), name="access_request_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "requested")),
                            models.Q(models.Q(("state", "requested"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="access_request_decided_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Containment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("container_kind", models.CharField(max_length=40)),
                ("container_id", models.UUIDField()),
                ("member_kind", models.CharField(max_length=40)),
                ("member_id", models.UUIDField()),
            ],
            options={
                "indexes": [models.Index(fields=["container_kind", "container_id"], name="containment_members")],
                "constraints": [
                    models.UniqueConstraint(fields=("member_kind", "member_id"), name="member_of_one_container")
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            (
                                abs_platform.consent.states.Purpose["FINANCING"],
                                abs_platform.consent.states.Purpose["FINANCING"],
                            ),
                            (
                                abs_platform.consent.states.Purpose["DUE_DILIGENCE"],
                                abs_platform.consent.states.Purpose["DUE_DILIGENCE"],
                            ),
                            (
                                abs_platform.consent.states.Purpose["MONITORING"],
                                abs_platform.consent.states.Purpose["MONITORING"],
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                ("whole", models.BooleanField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                abs_platform.consent.states.GrantState["ACTIVE"],
                                abs_platform.consent.states.GrantState["ACTIVE"],
                            ),
                            (
                                abs_platform.consent.states.GrantState["REVOKED"],
                                abs_platform.consent.states.GrantState["REVOKED"],
                            ),
                        ],
                        default=abs_platform.consent.states.GrantState["ACTIVE"],
                        max_length=10,
                    ),
                ),
                ("salt", models.BinaryField(max_length=32)),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "grantee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants_received",
                        to="parties.organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants_given",
                        to="parties.organisation",
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grant", to="consent.accessrequest"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "active")),
                        fields=["grantee", "valid_until"],
                        name="grant_in_force",
                    ),
                    models.Index(fields=["owner", "-id"], name="grant_owner"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gt", models.F("valid_from"))), name="grant_period"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grantee", models.F("owner")), _negated=True), name="grant_between_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("state", "active")),
                            models.Q(("revoked_at__isnull", False), ("state", "revoked")),
                            _connector="OR",
                        ),
                        name="grant_revoked_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Access",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(default=abs_platform.core.clock.now)),
                ("person", models.CharField(max_length=200)),
                ("person_ref", models.UUIDField(null=True)),
                ("purpose", models.CharField(max_length=20)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("listed", "listed"),
                            ("viewed", "viewed"),
                            ("downloaded", "downloaded"),
                            ("proof", "proof"),
                        ],
                        max_length=12,
                    ),
                ),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.UUIDField()),
                ("subject_label", models.CharField(blank=True, default="", max_length=200)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accesses_made",
                        to="parties.organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accesses_suffered",
                        to="parties.organisation",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accesses", to="consent.grant"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["owner", "-id"], name="access_owner"),
                    models.Index(fields=["grant", "-id"], name="access_grant"),
                    models.Index(fields=["grant", "subject_id", "at"], name="access_subject"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["downloaded", "listed", "proof", "viewed"])),
                        name="access_action_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GrantItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.UUIDField()),
                ("label", models.CharField(blank=True, default="", max_length=200)),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="consent.grant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("grant", "subject_kind", "subject_id"), name="grant_item_once")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="access",
            trigger=pgtrigger.compiler.Trigger(
                name="no_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="301943f721eaf4390f2fed834f2c2753a5f4b48e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_no_change_91717",
                    table="consent_access",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="access",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'append only';",
                    hash="a21b62a2e9bbaba1b8163e03307fc820fd6f37cc",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_71b6c",
                    table="consent_access",
                    when="AFTER",
                ),
            ),
        ),
    ]
