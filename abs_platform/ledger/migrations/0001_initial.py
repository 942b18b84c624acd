import django.db.models.deletion
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import abs_platform.core.clock
import abs_platform.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Chain",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("chain_id", models.BigIntegerField(null=True)),
                ("contract", models.CharField(blank=True, default="", max_length=100)),
                ("confirmations", models.PositiveIntegerField(default=1)),
                ("head", models.BigIntegerField(null=True)),
                ("head_seen_at", models.DateTimeField(null=True)),
                ("sequence", models.BigIntegerField(null=True)),
                ("balance", models.DecimalField(decimal_places=0, max_digits=78, null=True)),
                ("reorganisations", models.PositiveIntegerField(default=0)),
                ("trouble", models.TextField(blank=True, default="")),
                ("trouble_since", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("confirmations__gte", 1)), name="chain_confirmations_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["evm", "rfc3161"])), name="chain_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "evm"), _negated=True),
                            ("contract", ""),
                            ("chain_id__isnull", False),
                            _connector="OR",
                        ),
                        name="chain_contract_has_chain_id",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("trouble", ""), ("trouble_since__isnull", True)),
                            models.Q(models.Q(("trouble", ""), _negated=True), ("trouble_since__isnull", False)),
                            _connector="OR",
                        ),
                        name="chain_trouble_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("origin", models.CharField(max_length=200, unique=True)),
                (
                    "hash",
                    models.CharField(choices=[("sm3", "SM3"), ("sha256", "SHA-256")], default="sm3", max_length=10),
                ),
                ("required", models.PositiveSmallIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=abs_platform.core.clock.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", "^[a-z0-9-]+$")), name="channel_name_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__regex", "^[^\\s+]+$")), name="channel_origin_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hash__in", ["sm3", "sha256"])), name="channel_hash_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("required__gte", 1)), name="channel_required_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelChain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.chain")),
                ("channel", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.channel")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("channel", "chain"), name="channel_once_per_chain")],
            },
        ),
        migrations.AddField(
            model_name="chain",
            name="channels",
            field=models.ManyToManyField(related_name="chains", through="ledger.ChannelChain", to="ledger.channel"),
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("first", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("time", models.DateTimeField(default=abs_platform.core.clock.now)),
                (
                    "channel",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="ledger.channel"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("channel", "size"), name="checkpoint_once_per_size"),
                    models.UniqueConstraint(fields=("channel", "first"), name="checkpoint_one_successor"),
                    models.CheckConstraint(
                        condition=models.Q(("first__gte", 0), ("first__lt", models.F("size"))), name="checkpoint_grows"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("root"), function="octet_length", output_field=models.IntegerField()
                                ),
                                32,
                            ),
                            ("root__isnull", True),
                            _connector="OR",
                        ),
                        name="checkpoint_root_size",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Anchor",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("contract", models.CharField(max_length=100)),
                ("index", models.BigIntegerField()),
                ("first", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
                ("records", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "prepared"),
                            ("included", "included"),
                            ("anchored", "anchored"),
                            ("orphaned", "orphaned"),
                            ("abandoned", "abandoned"),
                        ],
                        default="prepared",
                        max_length=10,
                    ),
                ),
                ("transaction", models.BinaryField(null=True)),
                ("block", models.BigIntegerField(null=True)),
                ("block_hash", models.BinaryField(null=True)),
                ("block_time", models.DateTimeField(null=True)),
                ("token", models.BinaryField(null=True)),
                ("orphaned", models.PositiveIntegerField(default=0)),
                ("reason", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField(default=abs_platform.core.clock.now)),
                ("changed_at", models.DateTimeField(default=abs_platform.core.clock.now)),
                (
                    "chain",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="ledger.chain"),
                ),
                (
                    "channel",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="ledger.channel"),
                ),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="anchors", to="ledger.checkpoint"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["prepared", "included", "orphaned"])),
                        fields=["chain", "index"],
                        name="anchor_open",
                    ),
                    models.Index(
                        condition=models.Q(("state", "anchored")),
                        fields=["channel", "chain", "size"],
                        name="anchor_cover",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["prepared", "included", "anchored", "orphaned"])),
                        fields=("chain", "checkpoint"),
                        name="anchor_one_per_checkpoint",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["prepared", "included", "anchored", "orphaned"])),
                        fields=("chain", "channel", "contract", "index"),
                        name="anchor_one_per_index",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["prepared", "included", "anchored", "orphaned", "abandoned"])
                        ),
                        name="anchor_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__gte", 0), ("first__lt", models.F("size")), ("index__gte", 0)),
                        name="anchor_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("records__gte", models.F("size"))), name="anchor_counts_its_leaves"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["included", "anchored"]), _negated=True),
                            models.Q(
                                ("block__isnull", False),
                                ("block_hash__isnull", False),
                                ("block_time__isnull", False),
                                ("transaction__isnull", False),
                            ),
                            models.Q(("block_time__isnull", False), ("token__isnull", False)),
                            _connector="OR",
                        ),
                        name="anchor_placed_has_block",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["prepared", "orphaned"]), _negated=True),
                            models.Q(
                                ("block", None),
                                ("block_hash", None),
                                ("block_time", None),
                                ("token", None),
                                ("transaction", None),
                            ),
                            _connector="OR",
                        ),
                        name="anchor_unplaced_has_none",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "abandoned"), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "abandoned"), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="anchor_abandoned_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("transaction"), function="octet_length", output_field=models.IntegerField()
                                ),
                                32,
                            ),
                            ("transaction__isnull", True),
                            _connector="OR",
                        ),
                        name="anchor_transaction_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("block_hash"), function="octet_length", output_field=models.IntegerField()
                                ),
                                32,
                            ),
                            ("block_hash__isnull", True),
                            _connector="OR",
                        ),
                        name="anchor_block_hash_size",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("witness", models.CharField(max_length=100)),
                ("line", models.CharField(max_length=300)),
                ("time", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=abs_platform.core.clock.now)),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cosignatures", to="ledger.checkpoint"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("checkpoint", "witness"), name="cosignature_once"),
                    models.CheckConstraint(
                        condition=models.Q(("line__regex", "^— [^\\s+]+ [A-Za-z0-9+/=]+$")),
                        name="cosignature_line_form",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublisherKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "algorithm",
                    models.CharField(
                        choices=[("sm2-sm3", "sm2-sm3"), ("ed25519", "ed25519"), ("secp256k1", "secp256k1")],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("public", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField(default=abs_platform.core.clock.now)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("algorithm__in", ["sm2-sm3", "ed25519", "secp256k1"])),
                        name="publisher_key_algorithm_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retired_at", None), ("retired_at__gt", models.F("created_at")), _connector="OR"
                        ),
                        name="publisher_key_retired_later",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None), models.Q(("algorithm", "secp256k1"), _negated=True)),
                        fields=("algorithm",),
                        name="publisher_key_one_active",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="checkpoint",
            name="ed25519_key",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.publisherkey"
            ),
        ),
        migrations.AddField(
            model_name="checkpoint",
            name="sm2_key",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.publisherkey"
            ),
        ),
        migrations.AddField(
            model_name="chain",
            name="publisher",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="chains", to="ledger.publisherkey"
            ),
        ),
        migrations.CreateModel(
            name="AnchorTransaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.BigIntegerField()),
                ("transaction", models.BinaryField()),
                ("raw", models.BinaryField()),
                ("created_at", models.DateTimeField(default=abs_platform.core.clock.now)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "anchor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transactions", to="ledger.anchor"
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="ledger.chain"),
                ),
                (
                    "key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.publisherkey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "transaction"), name="anchor_transaction_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("transaction"), function="octet_length", output_field=models.IntegerField()
                                ),
                                32,
                            ),
                            ("transaction__isnull", True),
                            _connector="OR",
                        ),
                        name="anchor_transaction_id_size",
                    ),
                    models.CheckConstraint(condition=models.Q(("sequence__gte", 0)), name="anchor_sequence_natural"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.UUIDField()),
                ("template", models.CharField(max_length=80)),
                ("time", models.DateTimeField()),
                ("commitment", models.BinaryField()),
                ("person_id", models.UUIDField(null=True)),
                ("organisation_id", models.UUIDField(null=True)),
                ("actor", models.CharField(max_length=200)),
                ("channel", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.channel")),
            ],
            options={
                "indexes": [models.Index(fields=["subject_kind", "subject_id"], name="record_subject")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("commitment"), function="octet_length", output_field=models.IntegerField()
                                ),
                                32,
                            ),
                            ("commitment__isnull", True),
                            _connector="OR",
                        ),
                        name="record_commitment_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("template__regex", "^[a-z0-9][a-z0-9._/-]*$")), name="record_template_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.F("time"),
                                models.Func(
                                    models.Value("milliseconds"),
                                    models.F("time"),
                                    models.Value("UTC"),
                                    function="date_trunc",
                                ),
                            )
                        ),
                        name="record_time_milliseconds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PendingRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("leaf_hash", models.BinaryField()),
                (
                    "channel",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="ledger.channel"),
                ),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pending", to="ledger.record"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["channel", "id"], name="pending_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("leaf_hash"), function="octet_length", output_field=models.IntegerField()
                                ),
                                32,
                            ),
                            ("leaf_hash__isnull", True),
                            _connector="OR",
                        ),
                        name="pending_hash_size",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "channel_id", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("index", models.BigIntegerField()),
                ("hash", models.BinaryField()),
                (
                    "channel",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="ledger.channel"),
                ),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="leaf", to="ledger.record"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("index__gte", 0)), name="leaf_index_natural"),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("hash"), function="octet_length", output_field=models.IntegerField()
                                ),
                                32,
                            ),
                            ("hash__isnull", True),
                            _connector="OR",
                        ),
                        name="leaf_hash_size",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "channel_id", "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
                ("root", models.BinaryField()),
                (
                    "channel",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="ledger.channel"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("index__gte", 0), ("level__lte", 7)), name="tile_coordinates"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("hashes"), function="octet_length", output_field=models.IntegerField()
                                ),
                                8192,
                            ),
                            ("hashes__isnull", True),
                            _connector="OR",
                        ),
                        name="tile_full",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("root"), function="octet_length", output_field=models.IntegerField()
                                ),
                                32,
                            ),
                            ("root__isnull", True),
                            _connector="OR",
                        ),
                        name="tile_root_size",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mode", models.CharField(choices=[("full", "full"), ("incremental", "incremental")], max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("in_order", "in_order"),
                            ("wrong", "wrong"),
                            ("unreachable", "unreachable"),
                            ("failed", "failed"),
                        ],
                        default="running",
                        max_length=12,
                    ),
                ),
                ("started_at", models.DateTimeField(default=abs_platform.core.clock.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("size", models.BigIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("row", models.CharField(blank=True, default="", max_length=200)),
                ("detail", models.TextField(blank=True, default="")),
                ("unreachable", models.JSONField(default=dict)),
                (
                    "channel",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="ledger.channel"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["channel", "-started_at"], name="audit_run_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["full", "incremental"])), name="audit_run_mode_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "in_order", "wrong", "unreachable", "failed"])),
                        name="audit_run_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("state", "running")),
                            models.Q(models.Q(("state", "running"), _negated=True), ("finished_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="audit_run_ended_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(models.Q(("state", "wrong"), _negated=True), ("row", "")),
                            models.Q(("state", "wrong"), models.Q(("row", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="audit_run_wrong_has_row",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cosignature",
            trigger=pgtrigger.compiler.Trigger(
                name="no_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5c9adf3ec82331a1573577a6eb0da4d98f8fbfff",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_no_change_15c39",
                    table="ledger_cosignature",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cosignature",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'append only';",
                    hash="0354b0215aa0622485eea4647c735a772471c29b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_fab7d",
                    table="ledger_cosignature",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checkpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="no_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7613ef9ed26a1a1ef577843b5a6727e475b3cb3f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_no_change_4dbd9",
                    table="ledger_checkpoint",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checkpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'append only';",
                    hash="5ffd5c1bebb981375e485af0bbd13e51c70ac9aa",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_e2c1f",
                    table="ledger_checkpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checkpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="follows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.first <> COALESCE(\n                        (SELECT max(size) FROM ledger_checkpoint WHERE channel_id = NEW.channel_id), 0\n                    ) OR NEW.size <> 1 + (SELECT max(index) FROM ledger_leaf WHERE channel_id = NEW.channel_id) THEN\n                        RAISE EXCEPTION 'checkpoint % to % does not follow the log', NEW.first, NEW.size;\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="3c98e0e869da7ce28fafaa9b0921171770751b6c",
                    operation="INSERT",
                    pgid="pgtrigger_follows_3c4d3",
                    table="ledger_checkpoint",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="record",
            trigger=pgtrigger.compiler.Trigger(
                name="no_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="29bd446e700589b59ce35bb678e8fc716f5e0e08",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_no_change_b96df",
                    table="ledger_record",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="record",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'append only';",
                    hash="0443ff9b80a71c842402340d5c64bb1e7c972692",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_278fb",
                    table="ledger_record",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="leaf",
            trigger=pgtrigger.compiler.Trigger(
                name="no_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f2daaabc888064a62aca0ff6096b14ee28bf3273",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_no_change_8eaae",
                    table="ledger_leaf",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="leaf",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'append only';",
                    hash="70c893ad559227c90135eb736060c831d07ca9c3",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_ee289",
                    table="ledger_leaf",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tile",
            trigger=pgtrigger.compiler.Trigger(
                name="no_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="23f457ffb1dbdf2f7357df9ef7591889ed600cb6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_no_change_7263c",
                    table="ledger_tile",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tile",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'append only';",
                    hash="66a426f4f1664dd7db64352d558d07efc2df201c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_70295",
                    table="ledger_tile",
                    when="AFTER",
                ),
            ),
        ),
    ]
