"""The lists of journeys, in their order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_cache"),
        ("journeys", "0012_handed_documents"),
        ("programs", "0003_reference_tables"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                condition=models.Q(("closed_at", None)),
                fields=["-urgent", "due_at", "id"],
                name="journey_open",
            ),
        ),
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["-closed_at", "id"],
                name="journey_closed",
            ),
        ),
    ]
