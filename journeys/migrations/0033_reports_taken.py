"""A waiting report is one worker's at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0032_coverage_packets")]

    operations = [
        migrations.AddField(
            model_name="inboundreport",
            name="taken_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
