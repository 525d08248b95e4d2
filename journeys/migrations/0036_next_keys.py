"""Private keys that wait until a partner knows their public half."""

from django.db import migrations

import accounts.phi


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0035_likely_twins"),
    ]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="next_secret",
            field=accounts.phi.EncryptedTextField(null=True),
        ),
    ]
