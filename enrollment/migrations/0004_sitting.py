"""Several programs chosen in one sitting are filled in as one form."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0003_documents")]

    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="sitting",
            field=models.UUIDField(blank=True, db_index=True, editable=False, null=True),
        ),
    ]
