"""A waiting report is one worker's at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0031_fallback_by_transport")]

    operations = [
        migrations.AddField(
            model_name="inboundreport",
            name="taken_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
