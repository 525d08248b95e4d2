"""What a notice asked for is done: it says so, and is nobody's news any more."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0055_deliveries_by_journey_and_case"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="settled",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["journey"],
                condition=Q(kind="unowned", settled=False),
                name="notice_of_unowned",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["draft_id"],
                condition=Q(draft_id__isnull=False),
                name="notice_of_form",
            ),
        ),
    ]
