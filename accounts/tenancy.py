"""Who sees which rows. The first wall; PostgreSQL's row-level security is the second.

A query on a tenant's table raises unless somebody acts. `acting_as` says who; it opens the
transaction that carries the organization to PostgreSQL, where the same rule is a policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction

from accounts.core.actor import Actor
from accounts.writing import Statement, answers_of, say


class UnscopedQuery(RuntimeError):
    """A tenant's table was queried while nobody acted."""


@dataclass(frozen=True)
class Scope:
    actor: Actor | None
    every_tenant_reason: str = ""


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_scope() -> Scope:
    """The scope in force. Raises UnscopedQuery when nobody acts."""
    scope = _scope.get()
    if scope is None:
        raise UnscopedQuery("Nobody acts: open acting_as(actor) or every_tenant(reason=…) first.")
    return scope


def current_actor() -> Actor:
    """The actor in force. Raises UnscopedQuery when nobody acts."""
    actor = current_scope().actor
    if actor is None:
        raise UnscopedQuery("No actor acts here.")
    return actor


def current_organization_id() -> UUID:
    """The organization in force. Raises UnscopedQuery when nobody acts for one."""
    organization_id = current_actor().organization_id
    if organization_id is None:
        raise UnscopedQuery("No organization acts here.")
    return organization_id


def _telling(scope: Scope | None) -> Statement:
    organization = scope.actor.organization_id if scope and scope.actor else None
    every = bool(scope and scope.every_tenant_reason)
    return Statement(
        "select set_config('app.organization', %s, true), set_config('app.every_tenant', %s, true)",
        [
            "" if every or organization is None else str(organization),
            "on" if every else "",
        ],
    )


Ask = Callable[[], Sequence[Statement]]
Answers = list[list[Sequence[Any]]]


def _tell_postgresql(scope: Scope | None) -> None:
    say(_telling(scope))


def _entered(scope: Scope, asked: Sequence[Statement]) -> Answers:
    if asked:
        return answers_of([_telling(scope), *asked])[1:]
    _tell_postgresql(scope)
    return []


@contextmanager
def _within(scope: Scope, first: Ask = list) -> Iterator[Answers]:
    """A block in a scope, and the answers to what is asked as PostgreSQL is told of it."""
    outer = _scope.get()
    nested = connection.in_atomic_block
    with transaction.atomic():
        token = _scope.set(scope)
        try:
            yield _entered(scope, first())
        finally:
            _scope.reset(token)
        # After an error the rollback has taken the setting back, and a commit ends it.
        if nested:
            _tell_postgresql(outer)


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Run a block, in one transaction, seeing what the actor's organization may see.

    Raises UnscopedQuery when the actor works for no organization.
    """
    if actor.organization_id is None:
        raise UnscopedQuery("An actor without an organization sees no rows.")
    with _within(Scope(actor=actor)):
        yield actor


@contextmanager
def every_tenant(
    *, reason: str, actor: Actor | None = None, first: Ask = list
) -> Iterator[Answers]:
    """Run a block that sees every organization's rows: the only open door.

    For work that belongs to no one organization (a worker's sweep, recording an event for
    every party). The reason is for whoever reads the code. What is to be asked `first` goes in
    the round trip that opens the door; the block gets its answers.
    """
    if not reason:
        raise ValueError("every_tenant needs a reason.")
    with _within(Scope(actor=actor, every_tenant_reason=reason), first) as answers:
        yield answers


def alone(scope: Scope, statements: Sequence[Statement]) -> list[list[Sequence[Any]]]:
    """Run statements as one transaction of their own, in one round trip; the rows each gave.

    Within a larger transaction they are part of it; should one fail, so does all of it.
    """
    if connection.in_atomic_block:
        return answers_of([_telling(scope), *statements, _telling(_scope.get())])[1:-1]
    # PostgreSQL runs what comes in one message as one transaction; the scope ends with it.
    return answers_of([_telling(scope), *statements])[1:]


@contextmanager
def writing_for(scope: Scope) -> Iterator[None]:
    """A block in which SQL is written for a scope but not run: PostgreSQL is not told."""
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


M = TypeVar("M", bound=models.Model)


class OwnedQuerySet(models.QuerySet[M]):
    def visible(self) -> Self:
        scope = current_scope()
        if scope.every_tenant_reason:
            return self
        return self.filter(organization_id=current_actor().organization_id)


class PartyQuerySet(models.QuerySet[M]):
    def visible(self) -> Self:
        scope = current_scope()
        if scope.every_tenant_reason:
            return self
        return self.filter(party_ids__contains=[current_actor().organization_id])


class OwnedManager(models.Manager.from_queryset(OwnedQuerySet)):  # type: ignore[misc]  # built at run time
    def get_queryset(self) -> OwnedQuerySet[Any]:
        return super().get_queryset().visible()  # type: ignore[no-any-return]  # the manager is untyped


class PartyManager(models.Manager.from_queryset(PartyQuerySet)):  # type: ignore[misc]  # built at run time
    def get_queryset(self) -> PartyQuerySet[Any]:
        return super().get_queryset().visible()  # type: ignore[no-any-return]  # the manager is untyped

    def named_in(self, column: str) -> PartyQuerySet[Any]:
        """Rows that name the acting organization in a column, as a hub's journeys do.

        As narrow as `party_ids`, and PostgreSQL can tell beforehand how many there are, which it
        cannot of an array: it sorted all that a hub ever had for one page.
        """
        rows: PartyQuerySet[Any] = super().get_queryset()
        return rows.filter(**{column: current_organization_id()})


class TenantModel(models.Model):
    """Rows that one organization owns and nobody else sees."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    objects: ClassVar[Any] = OwnedManager()

    class Meta:
        abstract = True


class PartyModel(models.Model):
    """Rows of one practice's patient that every party to the journey may see.

    `party_ids` repeats the journey's current parties on each row, because a policy by
    subquery costs on every read.
    """

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    party_ids: ArrayField[list[UUID], list[UUID]] = ArrayField(models.UUIDField())
    objects: ClassVar[Any] = PartyManager()

    class Meta:
        abstract = True


def row_security(table: str, *, shared: bool) -> str:
    """The SQL, for a migration, of the policy that repeats the manager's rule for a table."""
    mine = "nullif(current_setting('app.organization', true), '')::uuid"
    rule = f"{mine} = any(party_ids)" if shared else f"organization_id = {mine}"
    rule = f"{rule} or current_setting('app.every_tenant', true) = 'on'"
    return (
        f"alter table {table} enable row level security;"
        f"alter table {table} force row level security;"
        f"create policy tenant on {table} using ({rule}) with check ({rule});"
    )
