"""How people at a hub are reached, and who covers for them while they are away."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_organizations_without_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="away_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="away_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="covered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="covers",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="hours",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="membership",
            name="phone",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="organization",
            name="after_hours",
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("away_from", None), ("away_until", None)),
                    models.Q(
                        ("away_from__isnull", False), ("away_until__gte", models.F("away_from"))
                    ),
                    _connector="OR",
                ),
                name="membership_away_for_some_days",
            ),
        ),
    ]
