from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import migrations, models

from abs_platform.integrations.formats.model import Extracted, Line, Totals, from_json
from abs_platform.trade.matching import clearing

TOGETHER = 500


def _note(apps: Any, schema_editor: Any) -> None:  # Any: Django's own
    """What was filed before invoices were cleared, as it is noted now."""
    filed = apps.get_model("trade", "TradeDocument").objects
    items = apps.get_model("trade", "ClearingItem")
    for document_id, number, seller_id in filed.filter(kind="invoice").values_list(
        "document_id", "number", "trade__seller_id"
    ):
        filed.filter(document_id=document_id).update(invoice_key=clearing.invoice_key(seller_id, number))
    clear = filed.filter(kind__in=clearing.CLEARING).select_related("document", "trade").prefetch_related("lines")
    for each in clear.iterator(chunk_size=TOGETHER):
        items.objects.bulk_create(
            items(document_id=each.document_id, **columns)
            for columns in clearing.items_of(each.trade.seller_id, _said(each))
        )
    with schema_editor.connection.cursor() as cursor:
        for trades in _portions(filed.order_by("trade_id").values_list("trade_id", flat=True).distinct()):
            cursor.execute("SELECT count(*) FROM trade_clear(%s::uuid[])", [trades])
        # Their rights are computed anew before anything is lent on them.
        cursor.execute(
            "UPDATE trade_trade SET updated_at = now() "
            "WHERE id IN (SELECT trade_id FROM trade_cleared UNION SELECT filed_in FROM trade_cleared)"
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _said(filed: Any) -> Extracted:  # Any: a TradeDocument as it was
    """Of a document that was erased with its owner's key: what was filed of it, by which its right was computed too."""
    if filed.document.content:
        return from_json(filed.document.content)
    lines = tuple(
        Line(id=line.line_id, invoice_number=line.invoice_number or None, amount=line.amount, tax=line.tax)
        for line in filed.lines.all()
    )
    return Extracted(kind=filed.kind, number=filed.number, totals=Totals(payable=filed.total), lines=lines)


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
