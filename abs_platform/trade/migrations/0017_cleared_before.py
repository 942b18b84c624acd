from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import migrations, models

from abs_platform.integrations.formats.model import from_json
from abs_platform.trade.matching import clearing

TOGETHER = 500


def _note(apps: Any, schema_editor: Any) -> None:  # Any: Django's own
    """What was filed before invoices were cleared, as it is noted now. Of a document that was erased only its number is known."""
    filed = apps.get_model("trade", "TradeDocument").objects
    items = apps.get_model("trade", "ClearingItem")
    for document_id, number, seller_id in filed.filter(kind="invoice").values_list(
        "document_id", "number", "trade__seller_id"
    ):
        filed.filter(document_id=document_id).update(invoice_key=clearing.invoice_key(seller_id, number))
    clear = filed.filter(kind__in=clearing.CLEARING, document__content__isnull=False)
    for document_id, seller_id, content in list(
        clear.values_list("document_id", "trade__seller_id", "document__content")
    ):
        items.objects.bulk_create(
            items(document_id=document_id, **columns)
            for columns in clearing.items_of(seller_id, from_json(content or {}))
        )
    with schema_editor.connection.cursor() as cursor:
        for trades in _portions(filed.order_by("trade_id").values_list("trade_id", flat=True).distinct()):
            cursor.execute("SELECT count(*) FROM trade_clear(%s::uuid[])", [trades])
        # Their rights are computed anew before anything is lent on them.
        cursor.execute("UPDATE trade_trade SET updated_at = now() WHERE id IN (SELECT trade_id FROM trade_cleared)")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _portions(ids: Any) -> Iterator[list[UUID]]:  # Any: a query of one column
    rest = iter(list(ids))
    while portion := list(islice(rest, TOGETHER)):
        yield portion


class Migration(migrations.Migration):
    dependencies = [("trade", "0016_clearing")]

    operations = [
        migrations.RunPython(_note, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="tradedocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("invoice_key__isnull", False), ("kind", "invoice")),
                    models.Q(models.Q(("kind", "invoice"), _negated=True), ("invoice_key", None)),
                    _connector="OR",
                ),
                name="trade_document_invoice_key",
            ),
        ),
    ]
