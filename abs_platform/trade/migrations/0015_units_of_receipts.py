from django.db import migrations

from abs_platform.trade.matching import sql


class Migration(migrations.Migration):
    dependencies = [("trade", "0014_versions_of_orders")]

    operations = [migrations.RunSQL(sql.event_function(), migrations.RunSQL.noop)]
