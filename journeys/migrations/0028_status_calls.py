"""Word for practices' own systems that a journey changed."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_sent_emails"),
        ("journeys", "0027_own_partner_tests"),
    ]

    operations = [
        migrations.CreateModel(
            name="StatusCall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=200)),
                (
                    "journey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="journeys.journey",
                    ),
                ),
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
                "indexes": [
                    models.Index(fields=["journey", "-changed_at"], name="status_call_newest"),
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["next_attempt_at"],
                        name="status_call_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("journey",),
                        name="one_status_call_waits",
                    )
                ],
            },
        ),
        migrations.RunSQL(row_security("journeys_statuscall", shared=False)),
    ]
