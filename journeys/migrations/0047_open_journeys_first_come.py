"""Open journeys due at one time stand in the order they began."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0046_open_work_first_come"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="journey", name="journey_open"),
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                condition=models.Q(closed_at=None),
                fields=["-urgent", "due_at", "started_at", "id"],
                name="journey_open",
            ),
        ),
    ]
