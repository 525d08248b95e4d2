"""Pages are set aside whose practice is not here and was answered by fax."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0057_find_patients_of_before"),
    ]

    operations = [
        migrations.AlterField(
            model_name="faxpart",
            name="aside",
            field=models.CharField(
                blank=True,
                choices=[
                    ("cover", "Cover sheet"),
                    ("advertising", "Advertising"),
                    ("anothers", "Not for this hub, the sender knows"),
                    ("elsewhere", "The practice is not here, answered by fax"),
                    ("unreadable", "Cannot be read, asked for again"),
                ],
                max_length=20,
            ),
        ),
    ]
