"""Open work of one step in the order of its list, for a queue of a hundred thousand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0042_open_work_in_its_order"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                fields=["owner", "step", "-urgent", "due_at", "id"],
                condition=models.Q(closed_at=None),
                name="open_work_by_step",
            ),
        ),
    ]
