"""The table of the cache: it must outlive Redis, for it counts attempts at signing in."""

from django.db import migrations

TABLE = """
create table accounts_cache (
    cache_key varchar(255) primary key,
    value text not null,
    expires timestamptz not null
);
create index accounts_cache_expires on accounts_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_walls")]

    operations = [migrations.RunSQL(TABLE, "drop table accounts_cache")]
