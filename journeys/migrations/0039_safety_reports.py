"""Reports of side effects as a safety desk takes them, and each month signed off."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.phi
from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_sandbox_of"),
        ("journeys", "0038_payer_criteria"),
        ("programs", "0004_program_draft"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SafetyReport",
            fields=[
                (
                    "party_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                ("status", models.CharField(max_length=40)),
                ("aware_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("forwarded_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("over_at", models.DateTimeField(null=True)),
                ("desk_number", models.CharField(blank=True, max_length=60)),
                ("body", accounts.phi.EncryptedJSONField()),
                ("untold", models.BooleanField(default=False)),
                (
                    "hub",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "journey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="journeys.journey",
                    ),
                ),
                (
                    "manufacturer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
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
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["hub", "due_at"], name="safety_by_hub"),
                    models.Index(fields=["manufacturer", "due_at"], name="safety_by_maker"),
                    models.Index(
                        condition=models.Q(("untold", True)),
                        fields=["due_at"],
                        name="safety_untold",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("journey", "number"), name="safety_report_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetySignOff",
            fields=[
                (
                    "party_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField()),
                ("sent", models.PositiveIntegerField()),
                ("acknowledged", models.PositiveIntegerField()),
                ("differences", models.PositiveIntegerField()),
                ("signed_at", models.DateTimeField()),
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
                    "signed_by",
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
                        fields=("organization", "program", "month"), name="signed_off_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(row_security("journeys_safetyreport", shared=True)),
        migrations.RunSQL(row_security("journeys_safetysignoff", shared=True)),
    ]
