"""Test messages to the partners of a program."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_feed_heard_at"),
        ("journeys", "0024_drawn_packets"),
        ("programs", "0004_program_draft"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerTest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("arrived", models.BooleanField(default=False)),
                ("outcome", models.CharField(blank=True, max_length=200)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["asked_at"],
                        name="partner_test_waiting",
                    ),
                    models.Index(
                        fields=["program", "partner", "-asked_at"], name="partner_test_newest"
                    ),
                ],
            },
        ),
        migrations.RunSQL(row_security("journeys_partnertest", shared=False)),
    ]
