"""Row-level security, and an audit table that PostgreSQL itself keeps append-only and chained."""

from django.db import migrations

from accounts.tenancy import row_security

AUDIT = """
revoke update, delete, truncate on accounts_auditentry from throughline_site;
revoke insert, update, delete, truncate on accounts_auditseal from throughline_site;

create function accounts_audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'The audit is append-only.' using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on accounts_auditentry
    for each row execute function accounts_audit_refuse();
create trigger append_only before update or delete on accounts_auditseal
    for each row execute function accounts_audit_refuse();
create trigger keep before truncate on accounts_auditentry
    for each statement execute function accounts_audit_refuse();
create trigger keep before truncate on accounts_auditseal
    for each statement execute function accounts_audit_refuse();

create function accounts_audit_text(entry accounts_auditentry) returns text
language sql stable as $$
    select jsonb_build_array(
        entry.id, entry.organization_id, entry.user_id, extract(epoch from entry.at)::text,
        entry.action, entry.subject_type, entry.subject_id, entry.fields, entry.purpose,
        entry.request_id
    )::text
$$;

-- Runs when the entry's transaction commits, so an organization's chain is locked for that
-- instant only. Security definer: the site itself cannot write a seal.
create function accounts_audit_seal() returns trigger
language plpgsql security definer set search_path = public as $$
declare
    last accounts_auditseal;
begin
    perform pg_advisory_xact_lock(hashtextextended('audit ' || new.organization_id::text, 0));
    select * into last from accounts_auditseal
        where organization_id = new.organization_id order by number desc limit 1;
    insert into accounts_auditseal (organization_id, number, entry_id, digest) values (
        new.organization_id, coalesce(last.number, 0) + 1, new.id,
        sha256(coalesce(last.digest, ''::bytea)
            || convert_to(accounts_audit_text(new), 'UTF8'))
    );
    return null;
end $$;
create constraint trigger seal after insert on accounts_auditentry
    deferrable initially deferred for each row execute function accounts_audit_seal();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(row_security("accounts_invitation", shared=False)),
        # The owner, who runs the seal's function, must read every chain: enabled, not forced.
        migrations.RunSQL(row_security("accounts_auditentry", shared=False)),
        migrations.RunSQL(row_security("accounts_auditseal", shared=False)),
        migrations.RunSQL(
            "alter table accounts_auditentry no force row level security;"
            "alter table accounts_auditseal no force row level security;"
        ),
        migrations.RunSQL(AUDIT),
    ]
