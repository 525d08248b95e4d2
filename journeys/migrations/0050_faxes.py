"""Paper that came to a hub, page by page, and whose it turned out to be."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.phi
from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_kind_of_letters_about_keys"),
        ("journeys", "0049_when_a_party_looked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Fax",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("from_number", accounts.phi.EncryptedTextField()),
                ("urgent", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField()),
                ("content_type", models.CharField(max_length=20)),
                ("pages", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("body", accounts.phi.EncryptedBytesField()),
                ("added_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claimed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FaxPage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("picture", accounts.phi.EncryptedBytesField()),
                (
                    "fax",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="journeys.fax",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FaxPart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "pages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None
                    ),
                ),
                ("about", accounts.phi.EncryptedJSONField()),
                (
                    "aside",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cover", "Cover sheet"),
                            ("advertising", "Advertising"),
                            ("anothers", "Not for this hub, the sender knows"),
                            ("unreadable", "Cannot be read, asked for again"),
                        ],
                        max_length=20,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "fax",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="journeys.fax",
                    ),
                ),
                (
                    "journey",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="journeys.journey",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="fax",
            index=models.Index(
                condition=models.Q(("closed_at", None)),
                fields=["organization", "-urgent", "due_at", "received_at", "id"],
                name="open_faxes_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="fax",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["organization", "-closed_at", "id"],
                name="done_faxes_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="fax",
            constraint=models.UniqueConstraint(
                fields=("organization", "sha256"), name="fax_kept_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="faxpage",
            constraint=models.UniqueConstraint(fields=("fax", "number"), name="fax_page_numbered"),
        ),
        migrations.AddConstraint(
            model_name="faxpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("aside", ""), ("journey", None), ("settled_at", None)),
                    models.Q(
                        ("aside", ""), ("journey__isnull", False), ("settled_at__isnull", False)
                    ),
                    models.Q(
                        ("journey", None),
                        ("settled_at__isnull", False),
                        models.Q(("aside", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="fax_part_filed_or_aside",
            ),
        ),
        migrations.RunSQL(row_security("journeys_fax", shared=False), migrations.RunSQL.noop),
        migrations.RunSQL(row_security("journeys_faxpage", shared=False), migrations.RunSQL.noop),
        migrations.RunSQL(row_security("journeys_faxpart", shared=False), migrations.RunSQL.noop),
    ]
