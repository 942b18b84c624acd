from django.db import migrations

from abs_platform.trade.matching import sql

# Lines that have more digits in their row's unit than are kept.
_MATCH_AGAIN = """
    SELECT count(*) FROM trade_match(ARRAY(
        SELECT DISTINCT trade_id FROM trade_matchline
        WHERE scale(trim_scale(quantity * factor)) > 13 OR scale(trim_scale(accepted * factor)) > 13
    ))
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0012_rows_looked_up")]

    operations = [
        migrations.RunSQL(sql.event_function(), migrations.RunSQL.noop),
        migrations.RunSQL(_MATCH_AGAIN, migrations.RunSQL.noop),
    ]
