"""Open work in the whole order of its list: items due at one time are not sorted at each look."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0041_packet_agreements"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="workitem", name="open_work_by_owner"),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                fields=["owner", "-urgent", "due_at", "id"],
                condition=models.Q(closed_at=None),
                name="open_work_by_owner",
            ),
        ),
    ]
