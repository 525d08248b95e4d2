"""What changed for each organization, behind its wall."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_cache"),
        ("journeys", "0007_one_active_endpoint"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("work", "Work opened"),
                            ("returned", "Returned for correction"),
                            ("conflict", "Partners disagree"),
                            ("at_risk", "At risk"),
                            ("message", "Message"),
                            ("ended", "Journey ended"),
                        ],
                        max_length=12,
                    ),
                ),
                ("key", models.CharField(max_length=240)),
                ("step", models.CharField(blank=True, max_length=60)),
                ("source_name", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                ("asks", models.BooleanField(default=False)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "journey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="journeys.journey",
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
            name="NoticeRead",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("read_at", models.DateTimeField()),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reads",
                        to="journeys.notice",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NoticeSettings",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "mailing",
                    models.CharField(
                        choices=[
                            ("never", "No e-mail"),
                            ("digest", "One e-mail each morning"),
                            (
                                "at_once",
                                "An e-mail when something changes, at most every ten minutes",
                            ),
                        ],
                        default="never",
                        max_length=12,
                    ),
                ),
                ("read_until", models.DateTimeField()),
                ("mailed_until", models.DateTimeField()),
                ("next_mail_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
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
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["organization", "-at"], name="notice_newest"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("kind", "message")),
                fields=["journey", "organization"],
                name="notice_of_message",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("asks", True)), fields=["at"], name="notice_asking"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("organization", "journey", "key"), name="notice_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeread",
            constraint=models.UniqueConstraint(fields=("notice", "user"), name="notice_read_once"),
        ),
        migrations.AddIndex(
            model_name="noticesettings",
            index=models.Index(
                condition=models.Q(("next_mail_at__isnull", False)),
                fields=["next_mail_at"],
                name="mail_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesettings",
            constraint=models.UniqueConstraint(
                fields=("organization", "user"), name="settings_once"
            ),
        ),
        *(
            migrations.RunSQL(row_security(f"journeys_{name}", shared=False))
            for name in ("notice", "noticeread", "noticesettings")
        ),
    ]
