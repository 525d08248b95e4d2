"""A part of a fax may be keyed into a form, and waits meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0052_misfiled_parts")]

    operations = [
        migrations.AddField(
            model_name="faxpart",
            name="keyed_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="faxpart",
            name="handed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
