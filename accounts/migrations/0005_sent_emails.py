"""Which e-mails were sent, behind each organization's wall."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_feed_heard_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="SentEmail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invitation", "Invitation"),
                            ("notices", "What changed"),
                            ("counts", "Weekly counts"),
                            ("signing_link", "Link for a patient"),
                            ("office", "News of a signing link"),
                        ],
                        max_length=20,
                    ),
                ),
                ("to", models.EmailField(blank=True, max_length=254)),
                ("at", models.DateTimeField()),
                ("fault", models.CharField(blank=True, max_length=60)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "-at"], name="email_newest")],
            },
        ),
        migrations.RunSQL(row_security("accounts_sentemail", shared=False)),
    ]
