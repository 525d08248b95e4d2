"""What a hub knows of how payers decide, in versions."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_sandbox_of"),
        ("journeys", "0037_pending_in_order"),
        ("programs", "0004_program_draft"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PayerCriteria",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("payer", models.CharField(blank=True, max_length=120)),
                ("line", models.CharField(blank=True, max_length=32)),
                ("version", models.PositiveIntegerField()),
                ("from_on", models.DateField()),
                ("asked", models.JSONField()),
                ("why", models.CharField(max_length=200)),
                ("written_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "program", "payer", "line", "version"),
                        name="payer_criteria_numbered",
                    )
                ],
            },
        ),
        migrations.RunSQL(row_security("journeys_payercriteria", shared=False)),
    ]
