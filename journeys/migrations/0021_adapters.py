"""The number of the last batch file, and what adapters there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0020_weekly_letters_of_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="sequence",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="endpoint",
            name="transport",
            field=models.CharField(
                choices=[
                    ("webhook", "Signed webhook"),
                    ("portal", "Portal inbox"),
                    ("packet", "PDF packet"),
                    ("email", "Secure e-mail"),
                    ("fax", "Fax gateway"),
                    ("fhir", "FHIR R4"),
                    ("sftp", "Batch file over SFTP"),
                ],
                max_length=12,
            ),
        ),
    ]
