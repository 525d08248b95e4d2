"""Row-level security: a party sees its journeys, a partner its own reports and keys."""

from django.db import migrations

from accounts.tenancy import row_security

SHARED = (
    "journey",
    "journeyparty",
    "journeyevent",
    "packet",
    "consentgrant",
    "workitem",
    "delivery",
    "deliveryattempt",
)
OWNED = ("endpoint", "partnerkey", "inboundreport", "funnelrow")


class Migration(migrations.Migration):
    dependencies = [("journeys", "0001_initial"), ("accounts", "0002_walls")]

    operations = [
        *(migrations.RunSQL(row_security(f"journeys_{name}", shared=True)) for name in SHARED),
        *(migrations.RunSQL(row_security(f"journeys_{name}", shared=False)) for name in OWNED),
    ]
