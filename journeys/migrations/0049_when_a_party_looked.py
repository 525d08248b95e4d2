"""When somebody of a party last looked at a journey: what its messages were read by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0048_journeys_of_a_hub_in_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="journeyparty",
            name="looked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
