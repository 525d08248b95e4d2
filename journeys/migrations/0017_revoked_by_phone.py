"""How a hub was told by telephone that a patient takes a permission back."""

from django.db import migrations

import accounts.phi


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0016_ledger_with_circuits"),
    ]

    operations = [
        migrations.AddField(
            model_name="consentgrant",
            name="revoked_by_phone",
            field=accounts.phi.EncryptedJSONField(null=True),
        ),
    ]
