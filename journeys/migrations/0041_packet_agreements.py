"""What a packet says of an agreement, so that asking for consent need not open it.

Of packets that are there already it is read from the packet, as it was.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0040_key_ends"),
    ]

    operations = [
        migrations.AddField(
            model_name="packet",
            name="agreement",
            field=models.BooleanField(null=True),
        ),
    ]
