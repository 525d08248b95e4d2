"""How long it takes until everybody knows, counted, behind each organization's wall."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_cache"),
        ("journeys", "0004_saved_view"),
    ]

    operations = [
        migrations.CreateModel(
            name="LagMark",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("counted_until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LagCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("source_name", models.CharField(max_length=120)),
                ("day", models.DateField()),
                ("bucket", models.PositiveSmallIntegerField()),
                ("events", models.PositiveIntegerField()),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "day", "source", "bucket"), name="lag_counted_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(row_security("journeys_lagcount", shared=False)),
    ]
