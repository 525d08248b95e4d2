"""A hub keys for a practice what came to it by fax or in a call."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.phi
from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_kind_of_letters_about_keys"),
        ("enrollment", "0010_posted_prefills"),
        ("journeys", "0053_keyed_parts"),
        ("programs", "0004_program_draft"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Keying",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("came_at", models.DateTimeField()),
                ("caller", accounts.phi.EncryptedTextField(blank=True)),
                ("phone", accounts.phi.EncryptedTextField(blank=True)),
                ("note", accounts.phi.EncryptedTextField(blank=True)),
                ("about", accounts.phi.EncryptedJSONField()),
                ("begun_at", models.DateTimeField()),
                ("unchecked_since", models.DateTimeField(blank=True, null=True)),
                ("handed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("why_given_up", models.CharField(blank=True, max_length=20)),
            ],
        ),
        migrations.AddField(
            model_name="enrollment",
            name="came_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="came_by",
            field=models.CharField(
                choices=[("portal", "Portal"), ("fax", "Fax"), ("phone", "Phone")],
                default="portal",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="keyed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("came_at", None), ("came_by", "portal"), ("keyed_by", None)),
                    models.Q(
                        models.Q(("came_by", "portal"), _negated=True),
                        ("came_at__isnull", False),
                        ("keyed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="keyed_enrollment_came_somehow",
            ),
        ),
        migrations.AddField(
            model_name="keying",
            name="begun_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="keying",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="keying",
            name="enrollment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="enrollment.enrollment",
            ),
        ),
        migrations.AddField(
            model_name="keying",
            name="journey",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="journeys.journey",
            ),
        ),
        migrations.AddField(
            model_name="keying",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="keying",
            name="part",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="journeys.faxpart",
            ),
        ),
        migrations.AddField(
            model_name="keying",
            name="practice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="keying",
            name="program_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programs.programversion",
            ),
        ),
        migrations.AddIndex(
            model_name="keying",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["organization", "came_at", "id"],
                name="open_keyings_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="keying",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("part",), name="part_keyed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="keying",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("journey", None), ("why_given_up", "")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("journey__isnull", False),
                        ("why_given_up", ""),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("journey", None),
                        models.Q(("why_given_up", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="keying_sent_or_given_up",
            ),
        ),
        migrations.RunSQL(row_security("enrollment_keying", shared=False), migrations.RunSQL.noop),
    ]
