"""A hub's journeys in the order of its lists, without every other hub's between them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0047_open_journeys_first_come"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                fields=["hub", "-urgent", "due_at", "started_at", "id"],
                condition=models.Q(closed_at=None),
                name="journey_open_of_hub",
            ),
        ),
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                fields=["hub", "-closed_at", "id"],
                condition=models.Q(closed_at__isnull=False),
                name="journey_closed_of_hub",
            ),
        ),
    ]
