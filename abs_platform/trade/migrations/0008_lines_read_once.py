from django.db import migrations

from abs_platform.trade.matching import sql


class Migration(migrations.Migration):
    dependencies = [("trade", "0007_payment_entry_corrections")]

    operations = [migrations.RunSQL(sql.event_function(), migrations.RunSQL.noop)]
