from django.db import migrations

from abs_platform.trade.matching import sql

# Payments that name an invoice that is not on record count, and the rights that they reduce are computed before anything is
# lent on them.
CLEAR = """
    SELECT count(*) FROM trade_clear(ARRAY(SELECT DISTINCT trade_id FROM trade_tradedocument WHERE kind = 'remittance_advice'));
    UPDATE trade_trade SET updated_at = now()
    WHERE id IN (SELECT filed_in FROM trade_cleared stored JOIN trade_clearingitem item ON item.id = stored.item_id
        WHERE stored.invoice_id IS NULL AND item.invoice_key IS NOT NULL)
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0017_cleared_before")]

    operations = [
        migrations.RunSQL(sql.clear_function(), migrations.RunSQL.noop),
        migrations.RunSQL(CLEAR, migrations.RunSQL.noop),
    ]
