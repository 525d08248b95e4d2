"""Who is written to each week when a program's counts are to be read."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_feed_heard_at"),
        ("journeys", "0019_clients_of_the_api"),
        ("programs", "0004_program_draft"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CountsLetter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("next_mail_at", models.DateTimeField()),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["next_mail_at"], name="counts_letter_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("program", "user"), name="counts_letter_once")
                ],
            },
        ),
        migrations.RunSQL(row_security("journeys_countsletter", shared=False)),
    ]
