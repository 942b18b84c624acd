from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

from abs_platform.trade.matching import sql

LIMIT = Decimal(10) ** 27


class Migration(migrations.Migration):
    dependencies = [("documents", "0012_tax_to_follow"), ("trade", "0015_units_of_receipts")]

    operations = [
        migrations.AddField(model_name="tradedocument", name="invoice_key", field=models.UUIDField(null=True)),
        migrations.AddIndex(
            model_name="tradedocument",
            index=models.Index(
                condition=models.Q(("invoice_key__isnull", False)),
                fields=["invoice_key"],
                name="trade_document_invoice",
            ),
        ),
        migrations.CreateModel(
            name="ClearingItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clearing_items",
                        to="trade.tradedocument",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("invoice_key", models.UUIDField(null=True)),
                ("amount", models.DecimalField(decimal_places=13, max_digits=40)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("document", "position"), name="clearing_item_position"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), ("amount__lt", LIMIT)), name="clearing_item_amount"
                    ),
                ],
                "indexes": [models.Index(fields=["invoice_key"], name="clearing_item_invoice")],
            },
        ),
        migrations.CreateModel(
            name="Cleared",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        serialize=False,
                        to="trade.clearingitem",
                    ),
                ),
                ("filed_in", models.UUIDField()),
                (
                    "trade",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cleared",
                        to="trade.trade",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="trade.tradedocument",
                    ),
                ),
                ("beyond", models.DecimalField(decimal_places=13, max_digits=40)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("beyond__gte", 0), ("beyond__lt", LIMIT)), name="cleared_beyond"
                    )
                ],
                "indexes": [
                    models.Index(fields=["trade"], name="cleared_trade"),
                    models.Index(fields=["filed_in"], name="cleared_filed_in"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clearing",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "invoice", "starts", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clearings",
                        to="trade.tradedocument",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="clearings",
                        to="trade.clearingitem",
                    ),
                ),
                (
                    "trade",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="trade.trade",
                    ),
                ),
                ("starts", models.DecimalField(decimal_places=13, max_digits=40)),
                ("ends", models.DecimalField(decimal_places=13, max_digits=40)),
                ("billed", models.DecimalField(decimal_places=13, max_digits=40)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("billed__gte", models.F("ends")),
                            ("billed__lt", LIMIT),
                            ("ends__gt", models.F("starts")),
                            ("starts__gte", 0),
                        ),
                        name="clearing_within_billed",
                    )
                ],
                "indexes": [models.Index(fields=["trade"], name="clearing_trade")],
            },
        ),
        migrations.RunSQL(sql.clear_function(), migrations.RunSQL.noop),
    ]
