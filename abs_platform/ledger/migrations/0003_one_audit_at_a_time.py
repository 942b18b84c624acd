from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_explorer_indexes")]

    operations = [
        migrations.AddConstraint(
            model_name="auditrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")), fields=("channel",), name="audit_run_one_at_a_time"
            ),
        ),
    ]
