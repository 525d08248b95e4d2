"""A published version never changes: enrollments and journeys keep the one they began with."""

from django.db import migrations

IMMUTABLE = """
create function programs_version_keep() returns trigger language plpgsql as $$
begin
    if old.published_at is null then
        return coalesce(new, old);
    end if;
    if tg_op = 'DELETE' or (new.definition, new.number, new.program_id, new.published_at)
            is distinct from (old.definition, old.number, old.program_id, old.published_at) then
        raise exception 'A published program version never changes.'
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger keep before update or delete on programs_programversion
    for each row execute function programs_version_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]

    operations = [migrations.RunSQL(IMMUTABLE)]
