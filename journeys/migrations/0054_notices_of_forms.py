"""A practice is told of a form that a hub keyed for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_kind_of_letters_about_keys"),
        ("journeys", "0053_keyed_parts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_of_journey_or_fax",
        ),
        migrations.AddField(
            model_name="notice",
            name="draft_id",
            field=models.UUIDField(blank=True, null=True),
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
                    ("fax", "Fax came"),
                    ("keyed", "Form to complete and sign"),
                    ("ended", "Journey ended"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("draft_id", None), ("fax__isnull", False), ("journey", None)),
                    models.Q(("draft_id", None), ("fax", None), ("journey__isnull", False)),
                    models.Q(("draft_id__isnull", False), ("fax", None), ("journey", None)),
                    _connector="OR",
                ),
                name="notice_of_one_thing",
            ),
        ),
    ]
