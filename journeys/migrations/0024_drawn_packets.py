"""Packets as PDF, drawn once by a worker: those of earlier deliveries are drawn from here on."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import accounts.phi
from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_feed_heard_at"),
        ("journeys", "0023_report_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="drawing_ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("drawing_ended_at", None)),
                fields=["created_at"],
                name="delivery_undrawn",
            ),
        ),
        migrations.CreateModel(
            name="DrawnPacket",
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
                ("content", accounts.phi.EncryptedBytesField()),
                ("drawn_at", models.DateTimeField()),
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drawn",
                        to="journeys.delivery",
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
        ),
        migrations.RunSQL(row_security("journeys_drawnpacket", shared=True)),
    ]
