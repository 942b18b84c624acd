from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="fields_record_id",
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.AddField(
            model_name="document",
            name="fields_seed",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fields_record_id__isnull", True), ("fields_seed__isnull", True)),
                    models.Q(
                        ("extraction", "extracted"), ("fields_record_id__isnull", False), ("fields_seed__length", 32)
                    ),
                    _connector="OR",
                ),
                name="document_fields_whole",
            ),
        ),
    ]
