"""An e-mail says that a safety report waits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_sandbox_of"),
    ]

    operations = [
        migrations.AlterField(
            model_name="sentemail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invitation", "Invitation"),
                    ("notices", "What changed"),
                    ("counts", "Weekly counts"),
                    ("signing_link", "Link for a patient"),
                    ("office", "News of a signing link"),
                    ("safety", "A safety report waits"),
                    ("alarm", "Read of very many patients"),
                ],
                max_length=20,
            ),
        ),
    ]
