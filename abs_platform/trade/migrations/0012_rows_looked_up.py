from django.db import migrations

from abs_platform.trade.matching import sql


class Migration(migrations.Migration):
    dependencies = [("trade", "0011_unit_forms")]

    operations = [migrations.RunSQL(sql.event_function(), migrations.RunSQL.noop)]
