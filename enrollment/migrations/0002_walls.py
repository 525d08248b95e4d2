"""Row-level security: everything here belongs to one practice."""

from django.db import migrations

from accounts.tenancy import row_security

OWNED = ("patient", "coverage", "prescriber", "practiceprofile", "enrollment", "signature")


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_initial"), ("accounts", "0002_walls")]

    operations = [
        *(migrations.RunSQL(row_security(f"enrollment_{name}", shared=False)) for name in OWNED),
    ]
