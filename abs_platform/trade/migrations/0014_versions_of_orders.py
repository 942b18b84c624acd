from django.db import migrations

from abs_platform.trade.matching import sql


class Migration(migrations.Migration):
    dependencies = [("trade", "0013_digits_kept")]

    operations = [migrations.RunSQL(sql.event_function(), migrations.RunSQL.noop)]
