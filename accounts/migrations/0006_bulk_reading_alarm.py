"""Administrators are written to when one person reads of very many patients."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_sent_emails"),
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
                    ("alarm", "Read of very many patients"),
                ],
                max_length=20,
            ),
        ),
    ]
