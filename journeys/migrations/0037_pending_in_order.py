"""What is due, in the order in which it goes: a long queue is not sorted at each claim."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0036_next_keys"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_pending"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["endpoint", "-urgent", "next_attempt_at", "created_at"],
                condition=models.Q(status="pending"),
                name="delivery_pending",
            ),
        ),
    ]
