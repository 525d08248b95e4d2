#!/usr/bin/env bash
# The role that the site connects as: it owns nothing and may not bypass row-level security.
set -euo pipefail
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set password="$SITE_DB_PASSWORD" <<'SQL'
create role throughline_site login password :'password' nosuperuser nobypassrls;
SQL
