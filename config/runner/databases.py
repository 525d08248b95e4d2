"""The database and its two roles: the owner, who migrates, and the site's, whom the walls hold."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.runner.errors import StartError

DATABASE = "throughline"
OWNER_ROLE = "throughline_owner"
SITE_ROLE = "throughline_site"


def socket_url(role: str, password: str, *, sockets: Path, database: str = DATABASE) -> str:
    """A URL that libpq and django-environ both read: the socket's folder is a parameter."""
    return f"postgres://{role}:{quote(password)}@/{database}?host={quote(str(sockets), safe='/')}"


def as_role(url: str, role: str, password: str) -> str:
    """The same database, as another role."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password)}@{place}"))


def answers(url: str) -> bool:
    """Whether the server lets us in by now. Raises StartError when it knows us and will not."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise StartError(
                "The database refuses the password kept for it. If .local/env was replaced, put "
                "the old one back, or run `make clean` to begin with empty data."
            ) from None
        return False
    return True


def _provide_role(connection: psycopg.Connection, role: str, password: str, rights: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = "ALTER ROLE {} {} PASSWORD {}" if known else "CREATE ROLE {} {} PASSWORD {}"
    connection.execute(
        sql.SQL(statement).format(sql.Identifier(role), sql.SQL(rights), sql.Literal(password))
    )


def prepare_embedded(superuser_url: str, secret: Mapping[str, str]) -> None:
    """Create database and roles in our own server, or bring their passwords up to date."""
    plain = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE"
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        # The owner creates the databases of the test suite.
        _provide_role(connection, OWNER_ROLE, secret["OWNER_PASSWORD"], f"{plain} CREATEDB")
        _provide_role(connection, SITE_ROLE, secret["SITE_PASSWORD"], f"{plain} NOCREATEDB")
        there = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(there, [DATABASE]).fetchone() is None:
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)))


def prepare_given(owner_url: str, secret: Mapping[str, str]) -> str:
    """Create the site's role in a database that the user brought; its URL for that role.

    Raises StartError when the account may not create roles, and psycopg.OperationalError when the
    database does not answer.
    """
    try:
        with psycopg.connect(owner_url, autocommit=True, connect_timeout=5) as connection:
            _provide_role(connection, SITE_ROLE, secret["SITE_PASSWORD"], "LOGIN")
    except psycopg.errors.InsufficientPrivilege:
        raise StartError(
            f"The account in DATABASE_URL may not create the role {SITE_ROLE}. Have an "
            f"administrator create it (LOGIN NOSUPERUSER NOBYPASSRLS), then set DATABASE_URL "
            f"with that role and DATABASE_OWNER_URL with the owner."
        ) from None
    return as_role(owner_url, SITE_ROLE, secret["SITE_PASSWORD"])
