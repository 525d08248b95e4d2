"""Where each known value came from and when it was last confirmed; clinical facts typed once."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import accounts.phi
from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_cache"),
        ("enrollment", "0005_signing_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="coverage",
            name="origins",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="coverage",
            name="starts_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="patient",
            name="origins",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="practiceprofile",
            name="confirmed_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="practiceprofile",
            name="origins",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="prescriber",
            name="active",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="prescriber",
            name="confirmed_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="prescriber",
            name="origins",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="ClinicalFact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("field", models.CharField(max_length=40)),
                ("value", accounts.phi.EncryptedJSONField()),
                ("origin", models.JSONField(default=dict)),
                ("confirmed_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clinical_facts",
                        to="enrollment.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("patient", "field"), name="one_fact_per_field")
                ],
            },
        ),
        migrations.RunSQL(row_security("enrollment_clinicalfact", shared=False)),
    ]
