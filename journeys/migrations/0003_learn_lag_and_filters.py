"""When an event could be seen, and what lists of journeys filter by."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

# What is there was seen when it was learnt, as far as anybody knows.
SEEN_WHEN_LEARNT = """
select set_config('app.every_tenant', 'on', true);
update journeys_journeyevent set visible_at = received_at;
"""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0002_walls")]

    operations = [
        migrations.AddField("journey", "payer_class", models.CharField(blank=True, max_length=20)),
        migrations.AddField(
            "journey",
            "risk_rules",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=4), default=list, size=None
            ),
        ),
        migrations.AddField("journeyevent", "visible_at", models.DateTimeField(null=True)),
        migrations.RunSQL(SEEN_WHEN_LEARNT, migrations.RunSQL.noop),
        migrations.AlterField("journeyevent", "visible_at", models.DateTimeField()),
        migrations.AddIndex(
            "journeyevent",
            django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["visible_at"], name="event_visible"
            ),
        ),
    ]
