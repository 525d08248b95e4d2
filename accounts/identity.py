"""Who asks: a session with its person, their memberships and second factor, in one statement.

Every page begins by asking for all four, and four queries cost more than the rest of a short
page. Nothing is kept from one request to the next: what was taken away counts at once.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.contrib.sessions.serializers import JSONSerializer
from django.core import signing
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Membership, Organization, User
from accounts.plans import Plan, execution, run_plans

TABLES: tuple[type[models.Model], ...] = (Session, User, Membership, Organization)


@dataclass(frozen=True)
class Known:
    """The person that a session belongs to, as the database knew them a moment ago.

    `memberships` are the active ones at active organizations, by the organization's name.
    """

    user: User
    memberships: Sequence[Membership]
    second_factor: bool


class SessionStore(DatabaseStore):
    """Sessions in the database; reading one also reads whose it is."""

    known: Known | None = None

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        opened = _opened(str(session_data), self.key_salt, settings.SECRET_KEY)
        found: dict[str, Any] = json.loads(opened) if opened else super().decode(session_data)
        return found

    def _get_session_from_db(self) -> Session | None:
        (rows,) = run_plans([execution(_reading(), [self.session_key, timezone.now()])])
        if not rows:
            self._session_key = None
            return None
        session, user, *_ = _instances(rows[0])
        self.known = _known(user, rows) if user else None
        return cast(Session, session)


@lru_cache(maxsize=512)
def _opened(session_data: str, salt: str, _key: str) -> str:
    """A session as text, from what is stored; empty where it does not bear our signature.

    The same text under the same key is signed as well as it was the last time.
    """
    try:
        return json.dumps(signing.loads(session_data, salt=salt, serializer=JSONSerializer))
    except (signing.BadSignature, ValueError, zlib.error):
        return ""


def known_of(session: SessionBase, user: object) -> Known | None:
    """What was read with the session, if it is this person's."""
    known = getattr(session, "known", None)
    return known if known and getattr(user, "pk", None) == known.user.pk else None


_asking: ContextVar[SessionBase | None] = ContextVar("asking", default=None)


@contextmanager
def _asked_by(session: SessionBase) -> Iterator[None]:
    token = _asking.set(session)
    try:
        yield
    finally:
        _asking.reset(token)


def person_of(request: HttpRequest) -> User | AnonymousUser:
    """Django's own check of the session's person, spared the query where it was made already."""
    with _asked_by(request.session):
        return get_user(request)


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's, but for the person that the session was read with."""

    def get_user(self, user_id: Any) -> User | None:
        known = getattr(_asking.get(), "known", None)
        if known and known.user.pk == user_id:
            return known.user if self.user_can_authenticate(known.user) else None
        return cast(User | None, super().get_user(user_id))


def _known(user: models.Model, rows: Sequence[Sequence[Any]]) -> Known:
    memberships = []
    for row in rows:
        _, _, membership, organization = _instances(row)
        if membership and organization:
            membership = cast(Membership, membership)
            membership.organization = cast(Organization, organization)
            membership.user = cast(User, user)
            memberships.append(membership)
    return Known(cast(User, user), memberships, second_factor=rows[0][-1])


@cache
def _columns(table: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in table._meta.concrete_fields)


def _instances(row: Sequence[Any]) -> list[models.Model | None]:
    """The row's objects in the order of TABLES; none for a table that had nothing to add."""
    found: list[models.Model | None] = []
    at = 0
    for table in TABLES:
        columns = _columns(table)
        values = row[at : at + len(columns)]
        key = values[columns.index(table._meta.pk.attname)]
        found.append(None if key is None else table.from_db("default", columns, values))
        at += len(columns)
    return found


@cache
def _reading() -> Plan:
    columns = ", ".join(
        f'{table._meta.db_table}."{field.column}"'
        for table in TABLES
        for field in table._meta.concrete_fields
    )
    # Only names of our own tables and columns are put in.
    return Plan(
        f"select {columns}, exists (select from mfa_authenticator a"  # noqa: S608  # columns of our own
        " where a.user_id = accounts_user.id)"
        " from django_session"
        " left join usersessions_usersession u using (session_key)"
        " left join accounts_user on accounts_user.id = u.user_id"
        " left join (accounts_membership join accounts_organization"
        " on accounts_organization.id = accounts_membership.organization_id"
        " and accounts_organization.active)"
        " on accounts_membership.user_id = u.user_id and accounts_membership.active"
        " where django_session.session_key = $1 and django_session.expire_date > $2"
        " order by accounts_organization.name"
    )
