"""Have a worker write the digests of journeys that were there before there were any.

They are made with keys that the database does not have.
"""

from django.db import migrations

SQL = """
select set_config('app.every_tenant', 'on', true);
insert into journeys_twinsearch (organization_id, journey_id, asked_at)
select j.hub_id, j.id, j.started_at from journeys_journey j
where not exists (select from journeys_personkey k where k.journey_id = j.id)
on conflict do nothing;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0056_settled_notices"),
    ]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
