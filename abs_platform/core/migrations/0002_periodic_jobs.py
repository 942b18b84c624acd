from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.AddField(model_name="job", name="scheduled_for", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(fields=("kind", "scheduled_for"), name="job_once_per_interval"),
        ),
    ]
