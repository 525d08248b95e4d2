"""What is due, and what a case number names, are found without all that a hub was ever sent."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0054_notices_of_forms"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["journey", "recipient"], name="delivery_of_journey"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["recipient", "partner_case_number"], name="delivery_by_case"
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="journey",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="journeys.journey",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="packet",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="journeys.packet",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="recipient",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
    ]
