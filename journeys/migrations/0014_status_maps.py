"""Maps of partners' status codes, their numbers for cases, and what a report waits for."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_feed_heard_at"),
        ("journeys", "0013_lists_of_journeys_in_order"),
        ("programs", "0003_reference_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerCase",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=60)),
                ("journey_id", models.UUIDField()),
                ("matched_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StatusLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("sub_code", models.CharField(blank=True, max_length=60)),
                ("step", models.CharField(blank=True, max_length=60)),
                ("status", models.CharField(blank=True, max_length=40)),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("noted_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="inboundreport",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("code", "Unknown code"),
                    ("journey", "Unknown journey"),
                    ("time", "Impossible time"),
                    ("broken", "Could not be applied"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="inboundreport",
            name="code",
            field=models.CharField(blank=True, max_length=140),
        ),
        migrations.AlterField(
            model_name="inboundreport",
            name="status",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting to be applied"),
                    ("applied", "Applied"),
                    ("exception", "Needs a person"),
                    ("set_aside", "Set aside"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="inboundreport",
            index=models.Index(
                condition=models.Q(("status", "exception")),
                fields=["organization", "received_at"],
                name="report_to_settle",
            ),
        ),
        migrations.AddField(
            model_name="partnercase",
            name="matched_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="partnercase",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="statusline",
            name="noted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="statusline",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="statusline",
            name="program",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programs.program",
            ),
        ),
        migrations.AddConstraint(
            model_name="partnercase",
            constraint=models.UniqueConstraint(
                fields=("organization", "number"), name="case_matched_once"
            ),
        ),
        migrations.AddIndex(
            model_name="statusline",
            index=models.Index(fields=["organization", "noted_at"], name="status_line_of"),
        ),
        migrations.AddConstraint(
            model_name="statusline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__gt", ""), ("step", ""), _negated=True),
                    models.Q(("status", ""), ("step__gt", ""), _negated=True),
                ),
                name="status_line_means_a_status_of_a_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusline",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="status_line_has_a_code"
            ),
        ),
        *(
            migrations.RunSQL(row_security(f"journeys_{name}", shared=False))
            for name in ("statusline", "partnercase")
        ),
    ]
