"""What a partner refused says so, whether it is a hub or a pharmacy."""

from django.db import migrations, models

from journeys.enums import DeliveryStatus


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0058_practices_elsewhere"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="status",
            field=models.CharField(choices=DeliveryStatus, default="pending", max_length=12),
        ),
    ]
