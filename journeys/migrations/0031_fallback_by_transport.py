"""A partner may have a fall-back of each transport, and what was given up is found by its day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0030_sandbox_trials")]

    operations = [
        migrations.RemoveConstraint("endpoint", "one_fallback_endpoint"),
        migrations.AddConstraint(
            "endpoint",
            models.UniqueConstraint(
                condition=models.Q(("fallback", True)),
                fields=("organization", "transport"),
                name="one_fallback_endpoint",
            ),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(("status", "abandoned")),
                fields=["settled_at"],
                name="delivery_given_up",
            ),
        ),
    ]
