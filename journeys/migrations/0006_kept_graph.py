"""Keep the graph of every program version, as it is when its first journey begins."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0005_learn_lag"),
        ("programs", "0002_published_is_immutable"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptGraph",
            fields=[
                (
                    "program_version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="kept_graph",
                        serialize=False,
                        to="programs.programversion",
                    ),
                ),
                ("graph", models.JSONField()),
            ],
        ),
    ]
