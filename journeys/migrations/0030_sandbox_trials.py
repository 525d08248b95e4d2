"""What a partner's system was tried with in its sandbox."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_sandbox_of"),
        ("journeys", "0029_case_owners"),
    ]

    operations = [
        migrations.CreateModel(
            name="SandboxTrial",
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
                            ("signature", "Signature verified"),
                            ("replay", "Replay refused"),
                            ("duplicate", "Duplicate harmless"),
                            ("slow", "429 respected"),
                            ("retry", "Retry after 503 accepted once"),
                            ("amendment", "Amendment applied"),
                            ("revocation", "Revocation acknowledged"),
                            ("outage", "Outage recovered"),
                            ("approve", "Approve"),
                            ("deny", "Deny"),
                            ("more", "Ask for more"),
                            ("silent", "Go silent"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "journeys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("message_id", models.CharField(blank=True, max_length=80)),
                ("wait_until", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("passed", models.BooleanField(default=False)),
                ("said", models.CharField(blank=True, max_length=300)),
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
                "ordering": ["-asked_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["asked_at"],
                        name="sandbox_trial_open",
                    ),
                    models.Index(
                        fields=["organization", "kind", "-asked_at"], name="sandbox_trial_newest"
                    ),
                ],
            },
        ),
        migrations.RunSQL(row_security("journeys_sandboxtrial", shared=False)),
    ]
