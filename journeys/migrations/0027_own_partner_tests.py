"""A partner's own administrator, and the operator, send test messages too: for no program."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0026_patients_found_again"), ("programs", "0004_program_draft")]

    operations = [
        migrations.AlterField(
            model_name="partnertest",
            name="program",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="programs.program",
            ),
        ),
    ]
