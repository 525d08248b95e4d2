"""Open work due at one time stands in the order it came in."""

from django.db import migrations, models

LISTS = {"open_work_by_owner": ["owner"], "open_work_by_step": ["owner", "step"]}


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0045_transfer_packets"),
    ]

    operations = [
        operation
        for name, fields in LISTS.items()
        for operation in (
            migrations.RemoveIndex(model_name="workitem", name=name),
            migrations.AddIndex(
                model_name="workitem",
                index=models.Index(
                    fields=[*fields, "-urgent", "due_at", "opened_at", "id"],
                    condition=models.Q(closed_at=None),
                    name=name,
                ),
            ),
        )
    ]
