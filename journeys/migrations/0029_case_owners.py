"""Every case has an owner at the hub."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_case_owners"),
        ("journeys", "0028_status_calls"),
        ("programs", "0004_program_draft"),
    ]

    operations = [
        migrations.AddField(
            model_name="journey",
            name="case_owner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="journey",
            name="unowned_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("work", "Work opened"),
                    ("returned", "Returned for correction"),
                    ("conflict", "Partners disagree"),
                    ("at_risk", "At risk"),
                    ("unowned", "Nobody has the case"),
                    ("message", "Message"),
                    ("ended", "Journey ended"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                condition=models.Q(("closed_at", None)),
                fields=["hub", "case_owner"],
                name="open_cases_by_owner",
            ),
        ),
    ]
