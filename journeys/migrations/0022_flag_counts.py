"""How many at-risk flags a real delay followed, counted, behind each organization's wall."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_feed_heard_at"),
        ("journeys", "0021_adapters"),
        ("programs", "0004_program_draft"),
    ]

    operations = [
        migrations.CreateModel(
            name="FlagCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("rule", models.CharField(max_length=4)),
                ("raised", models.PositiveIntegerField()),
                ("followed", models.PositiveIntegerField()),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "program", "rule"), name="flag_counted_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(row_security("journeys_flagcount", shared=False)),
    ]
