from decimal import Decimal

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import abs_platform.core.clock
import abs_platform.core.ids
import abs_platform.trade.states


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("documents", "0001_initial"),
        ("parties", "0002_api_client"),
    ]

    operations = [
        migrations.CreateModel(
            name="Trade",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("buyer_key", models.CharField(max_length=250)),
                ("buyer_name", models.CharField(max_length=300)),
                ("order_number", models.CharField(blank=True, default="", max_length=200)),
                ("provisional", models.BooleanField(default=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("ordered", models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ("mismatches", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=abs_platform.core.clock.now)),
                ("updated_at", models.DateTimeField(default=abs_platform.core.clock.now)),
                (
                    "buyer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
                        to="parties.organisation",
                    ),
                ),
                ("network", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="parties.network")),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sales", to="parties.organisation"
                    ),
                ),
            ],
            options={
                "permissions": [("see_trade", "Can see the trade as the buyer's head office")],
                "indexes": [
                    models.Index(fields=["seller", "-id"], name="trade_seller"),
                    models.Index(fields=["buyer", "-id"], name="trade_buyer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("order_number", ""), _negated=True),
                        fields=("seller", "buyer_key", "order_number"),
                        name="trade_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seller", models.F("buyer")), _negated=True), name="trade_between_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ordered__gte", Decimal(-10000000000000000)),
                                ("ordered__lt", Decimal(10000000000000000)),
                            ),
                            ("ordered__isnull", True),
                            _connector="OR",
                        ),
                        name="trade_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentConfirmation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("statement", models.TextField()),
                ("signature", models.BinaryField(max_length=80)),
                ("public_key", models.BinaryField(max_length=65)),
                ("custodial", models.BooleanField()),
                ("person", models.CharField(max_length=200)),
                ("salt", models.BinaryField(max_length=32)),
                ("record_id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField(default=abs_platform.core.clock.now)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=20)),
                ("currency", models.CharField(max_length=3)),
                ("due_date", models.DateField()),
                ("account", models.CharField(max_length=100)),
                ("credit_notes", models.JSONField(default=list)),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="parties.organisation"),
                ),
                (
                    "trade",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_confirmation",
                        to="trade.trade",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gte", Decimal(0)), ("amount__lt", Decimal(10000000000000000))),
                            ("amount__isnull", True),
                            _connector="OR",
                        ),
                        name="payment_confirmation_amount",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_confirmation_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="payment_confirmation_currency"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TradeDocument",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="filed",
                        serialize=False,
                        to="documents.document",
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=200)),
                ("issue_date", models.DateField(null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("due_date", models.DateField(null=True)),
                ("total", models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                (
                    "confirmation",
                    models.CharField(
                        choices=[
                            (
                                abs_platform.trade.states.Confirmation["NOT_REQUIRED"],
                                abs_platform.trade.states.Confirmation["NOT_REQUIRED"],
                            ),
                            (
                                abs_platform.trade.states.Confirmation["PENDING"],
                                abs_platform.trade.states.Confirmation["PENDING"],
                            ),
                            (
                                abs_platform.trade.states.Confirmation["CONFIRMED"],
                                abs_platform.trade.states.Confirmation["CONFIRMED"],
                            ),
                            (
                                abs_platform.trade.states.Confirmation["DISPUTED"],
                                abs_platform.trade.states.Confirmation["DISPUTED"],
                            ),
                        ],
                        max_length=12,
                    ),
                ),
                ("deadline", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("filed_at", models.DateTimeField(default=abs_platform.core.clock.now)),
                (
                    "trade",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="trade.trade"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["trade"], name="trade_document_trade"),
                    models.Index(fields=["confirmation", "deadline"], name="trade_document_queue"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmation", "not_required"),
                                ("deadline__isnull", True),
                                ("decided_at__isnull", True),
                            ),
                            models.Q(
                                ("confirmation", "pending"), ("deadline__isnull", False), ("decided_at__isnull", True)
                            ),
                            models.Q(
                                ("confirmation__in", ["confirmed", "disputed"]),
                                ("deadline__isnull", False),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="trade_document_confirmation_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("total__gte", Decimal(-10000000000000000)), ("total__lt", Decimal(10000000000000000))
                            ),
                            ("total__isnull", True),
                            _connector="OR",
                        ),
                        name="trade_document_total",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedDecision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=abs_platform.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("statement", models.TextField()),
                ("signature", models.BinaryField(max_length=80)),
                ("public_key", models.BinaryField(max_length=65)),
                ("custodial", models.BooleanField()),
                ("person", models.CharField(max_length=200)),
                ("salt", models.BinaryField(max_length=32)),
                ("record_id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField(default=abs_platform.core.clock.now)),
                ("decision", models.CharField(choices=[("confirm", "confirm"), ("dispute", "dispute")], max_length=10)),
                ("reason", models.TextField(blank=True, default="")),
                ("content_digest", models.CharField(max_length=64)),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="parties.organisation"),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="trade.tradedocument"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("document", "decision"), name="decision_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision", "confirm"), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="dispute_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["confirm", "dispute"])), name="decision_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TradeGroupPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_object", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="trade.trade")),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group")),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
            ],
            options={
                "abstract": False,
                "unique_together": {("group", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="TradeKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("buyer_key", models.CharField(max_length=250)),
                ("key", models.CharField(max_length=220)),
                ("seller", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="parties.organisation")),
                (
                    "trade",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="trade.trade"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "buyer_key", "key"), name="trade_key_names_one_trade")
                ],
            },
        ),
        migrations.CreateModel(
            name="TradeLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("line_id", models.CharField(blank=True, default="", max_length=200)),
                ("item_name", models.CharField(blank=True, default="", max_length=500)),
                ("item_description", models.TextField(blank=True, default="")),
                ("buyer_item_id", models.CharField(blank=True, default="", max_length=200)),
                ("seller_item_id", models.CharField(blank=True, default="", max_length=200)),
                ("standard_item_id", models.CharField(blank=True, default="", max_length=200)),
                ("unit", models.CharField(blank=True, default="", max_length=20)),
                ("quantity", models.DecimalField(decimal_places=13, max_digits=30, null=True)),
                ("rejected", models.DecimalField(decimal_places=13, default=0, max_digits=30)),
                ("short", models.DecimalField(decimal_places=13, default=0, max_digits=30)),
                ("oversupply", models.DecimalField(decimal_places=13, default=0, max_digits=30)),
                ("backorder", models.DecimalField(decimal_places=13, default=0, max_digits=30)),
                ("price", models.DecimalField(decimal_places=13, max_digits=30, null=True)),
                ("price_base_quantity", models.DecimalField(decimal_places=13, default=1, max_digits=30)),
                ("allowances", models.DecimalField(decimal_places=13, default=0, max_digits=30)),
                ("charges", models.DecimalField(decimal_places=13, default=0, max_digits=30)),
                ("amount", models.DecimalField(decimal_places=13, max_digits=30, null=True)),
                ("tax", models.DecimalField(decimal_places=13, max_digits=30, null=True)),
                ("tax_percent", models.DecimalField(decimal_places=13, max_digits=30, null=True)),
                ("order_number", models.CharField(blank=True, default="", max_length=200)),
                ("order_line_id", models.CharField(blank=True, default="", max_length=200)),
                ("despatch_number", models.CharField(blank=True, default="", max_length=200)),
                ("despatch_line_id", models.CharField(blank=True, default="", max_length=200)),
                ("receipt_number", models.CharField(blank=True, default="", max_length=200)),
                ("receipt_line_id", models.CharField(blank=True, default="", max_length=200)),
                ("invoice_number", models.CharField(blank=True, default="", max_length=200)),
                ("invoice_line_id", models.CharField(blank=True, default="", max_length=200)),
                ("note", models.TextField(blank=True, default="")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="trade.tradedocument"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("document", "position"), name="trade_line_position")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentconfirmation",
            trigger=pgtrigger.compiler.Trigger(
                name="no_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="64cb51e5d341946a9a98808f5b6f77a478d1a704",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_no_change_461c2",
                    table="trade_paymentconfirmation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentconfirmation",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'append only';",
                    hash="57584a13805dc590e32c5ff97536e7101d8fd6e9",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_42589",
                    table="trade_paymentconfirmation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signeddecision",
            trigger=pgtrigger.compiler.Trigger(
                name="no_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bdae8792621b6581ba4292333dae60038c16650b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_no_change_c861e",
                    table="trade_signeddecision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signeddecision",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'append only';",
                    hash="7daf627feaf1fa0c681eb48eb0483d9806eded9f",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_de3e4",
                    table="trade_signeddecision",
                    when="AFTER",
                ),
            ),
        ),
    ]
