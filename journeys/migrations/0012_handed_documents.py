"""Papers that go with a packet, for every party of the journey."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import accounts.phi
from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_cache"),
        ("journeys", "0011_lighter_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandedDocument",
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
                ("field", models.CharField(max_length=80)),
                ("section", models.CharField(max_length=40)),
                ("title", accounts.phi.EncryptedTextField()),
                ("content_type", models.CharField(max_length=20)),
                ("pages", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("body", accounts.phi.EncryptedBytesField()),
                ("handed_at", models.DateTimeField()),
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
        ),
        migrations.CreateModel(
            name="HandedPage",
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
                ("number", models.PositiveSmallIntegerField()),
                ("picture", accounts.phi.EncryptedBytesField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="journeys.handeddocument",
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="handeddocument",
            constraint=models.UniqueConstraint(
                fields=("journey", "field", "sha256"), name="handed_over_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="handedpage",
            constraint=models.UniqueConstraint(
                fields=("document", "number"), name="handed_page_numbered"
            ),
        ),
        *(
            migrations.RunSQL(row_security(f"journeys_{name}", shared=True))
            for name in ("handeddocument", "handedpage")
        ),
    ]
