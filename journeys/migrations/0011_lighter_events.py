"""Indexes that nothing asks, and every event paid for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_cache"), ("journeys", "0010_packet_kind")]

    operations = [
        migrations.RemoveIndex(model_name="journey", name="journey_by_practice"),
        migrations.AlterField(
            model_name="journeyevent",
            name="journey",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="journeys.journey",
            ),
        ),
        migrations.AlterField(
            model_name="journeyevent",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
    ]
