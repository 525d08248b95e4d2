"""The row behind the counts tells more, still without identity, and the counts stand beside it."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from accounts.tenancy import row_security

# What is known of the rows there are; the rest follows with each journey's next event.
CARRY = """
update journeys_funnelrow set
    week = date_trunc('week', started_month)::date,
    told = jsonb_build_object(
        'reached', case when stage = 'closed' then 'submitted' else stage end,
        'closed', case when stage = 'closed' then 'other' else '' end),
    before = '{}'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0017_revoked_by_phone"),
        ("programs", "0003_reference_tables"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="funnelrow", name="funnel_by_stage"),
        migrations.AddField("funnelrow", "week", models.DateField(null=True)),
        migrations.AddField("funnelrow", "age_band", models.CharField(default="", max_length=8)),
        migrations.AddField(
            "funnelrow", "region", models.CharField(blank=True, default="", max_length=3)
        ),
        migrations.AddField(
            "funnelrow", "practice_type", models.CharField(blank=True, default="", max_length=20)
        ),
        migrations.AddField("funnelrow", "told", models.JSONField(default=dict)),
        migrations.AddField("funnelrow", "before", models.JSONField(null=True)),
        migrations.RunSQL(
            "select set_config('app.every_tenant', 'on', true);" + CARRY,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("set constraints all immediate", migrations.RunSQL.noop),
        migrations.AlterField("funnelrow", "week", models.DateField()),
        migrations.AlterField("funnelrow", "age_band", models.CharField(max_length=8)),
        migrations.AlterField("funnelrow", "region", models.CharField(blank=True, max_length=3)),
        migrations.AlterField(
            "funnelrow", "practice_type", models.CharField(blank=True, max_length=20)
        ),
        migrations.AlterField("funnelrow", "told", models.JSONField()),
        migrations.RemoveField("funnelrow", "started_month"),
        migrations.RemoveField("funnelrow", "stage"),
        migrations.AddIndex(
            "funnelrow",
            models.Index(
                condition=models.Q(before__isnull=False),
                fields=["program"],
                name="funnel_to_count",
            ),
        ),
        migrations.CreateModel(
            name="FunnelCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("view", models.CharField(max_length=24)),
                ("cell", models.CharField(max_length=120)),
                ("count", models.IntegerField()),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("program", "view", "cell"), name="funnel_counted_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(row_security("journeys_funnelcount", shared=False)),
    ]
