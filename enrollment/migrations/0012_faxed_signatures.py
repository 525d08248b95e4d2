"""A signature on the pages of a fax: also of the prescriber, two on one page."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_kind_of_letters_about_keys"),
        ("enrollment", "0011_keying"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="papersignature",
            name="one_paper_waits_per_enrollment",
        ),
        migrations.AddField(
            model_name="papersignature",
            name="kind",
            field=models.CharField(
                choices=[
                    ("prescriber", "Prescriber certification"),
                    ("patient", "Patient authorization"),
                ],
                default="patient",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="papersignature",
            name="page",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="papersignature",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="papers",
                to="enrollment.document",
            ),
        ),
        migrations.AddConstraint(
            model_name="papersignature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("checked_at", None)),
                fields=("enrollment", "kind"),
                name="one_paper_of_a_kind_waits",
            ),
        ),
    ]
