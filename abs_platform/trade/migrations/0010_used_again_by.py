from django.db import migrations, models

from abs_platform.trade.matching import sql

# What may come to something else now: where a line is used twice, or a document does not count.
_MATCH_AGAIN = """
    SELECT count(*) FROM trade_match(ARRAY(
        SELECT trade_id FROM trade_tradematch WHERE consumed_twice > 0
        UNION
        SELECT trade_id FROM trade_matchline WHERE NOT counts
    ))
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0009_lone_confirmations")]

    operations = [
        migrations.RemoveField(model_name="linematch", name="consumed_twice"),
        migrations.AddField(model_name="linematch", name="used_again_by", field=models.BigIntegerField(null=True)),
        migrations.RunSQL(sql.event_function(), migrations.RunSQL.noop),
        migrations.RunSQL(_MATCH_AGAIN, migrations.RunSQL.noop),
    ]
