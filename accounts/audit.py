"""Write down who read or changed what. Entries join the transaction of the thing they record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import structlog
from django.db import connection, models

from accounts.core.actor import Actor
from accounts.plans import Plan, execution
from accounts.tenancy import current_scope
from accounts.writing import say

LONGEST_PURPOSE = 200


@dataclass(frozen=True)
class Row:
    """A row that is only named: nothing of it was read as an object."""

    model: type[models.Model]
    pk: UUID

    @property
    def _meta(self) -> Any:
        return self.model._meta


def _owner(actor: Actor | None, subject: models.Model | Row | None) -> UUID:
    """Whose record it is: the actor's organization's, or of the row where a process acts."""
    if actor and actor.organization_id:
        return actor.organization_id
    owner = getattr(subject, "organization_id", None)
    if owner is None:
        raise ValueError("Nobody acts, and the row has no organization.")
    return cast(UUID, owner)


# Every page writes one: making an object of it first takes three times as long.
ONE = Plan(
    """
insert into accounts_auditentry
    (id, organization_id, user_id, action, subject_type, subject_id, fields, purpose, request_id)
values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8)
"""
)


def _write(
    action: str,
    *,
    subject: models.Model | Row | None,
    fields: Sequence[str],
    purpose: str,
    organization_id: UUID | None = None,
    user_id: UUID | None = None,
) -> None:
    actor = current_scope().actor
    acting = actor.user_id if actor else user_id
    entry = [
        str(organization_id or _owner(actor, subject)),
        str(acting) if acting else None,
        action,
        subject._meta.label_lower if subject is not None else "",
        str(subject.pk) if subject is not None else None,
        _words(fields),
        purpose[:LONGEST_PURPOSE],
        _request_id(),
    ]
    say(execution(ONE, entry))


def _request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def read(subject: models.Model | Row, *, fields: Sequence[str], purpose: str) -> None:
    """PHI of this row was shown to the actor."""
    _write("read", subject=subject, fields=fields, purpose=purpose)


# One statement however many rows: an insertion of fifty takes as long to write as the list itself.
MANY = Plan(
    """
insert into accounts_auditentry
    (id, organization_id, user_id, action, subject_type, subject_id, fields, purpose, request_id)
select gen_random_uuid(), organization_id, $1::uuid, 'read', subject_type, subject_id,
    $2::varchar[], $3, $4
from unnest($5::uuid[], $6::varchar[], $7::uuid[]) with ordinality
    as shown (organization_id, subject_type, subject_id, place)
order by place
"""
)


def read_many(subjects: Sequence[models.Model], *, fields: Sequence[str], purpose: str) -> None:
    """PHI of a list's rows was shown: one entry a row, in one statement."""
    if not subjects:
        return
    actor = current_scope().actor
    shown = [
        str(actor.user_id) if actor and actor.user_id else None,
        _words(fields),
        purpose[:LONGEST_PURPOSE],
        _request_id(),
        _array(_owner(actor, subject) for subject in subjects),
        _array(subject._meta.label_lower for subject in subjects),
        _array(subject.pk for subject in subjects),
    ]
    say(execution(MANY, shown))


def _words(fields: Sequence[str]) -> str:
    """An array of texts, whatever stands in them."""
    plain = [each.replace("\\", r"\\").replace('"', r"\"") for each in fields]
    return '{"' + '","'.join(plain) + '"}' if plain else "{}"


def _array(items: Iterable[UUID | str]) -> str:
    """An array of ids or of names, as PostgreSQL writes it: quicker than item by item."""
    return f"{{{','.join(map(str, items))}}}"


def wrote(
    subject: models.Model, *, action: str, fields: Sequence[str] = (), purpose: str = ""
) -> None:
    """The actor changed this row; `fields` names what, never the values."""
    _write(action, subject=subject, fields=fields, purpose=purpose)


def happened(
    action: str,
    *,
    organization_id: UUID | None = None,
    user_id: UUID | None = None,
    purpose: str = "",
) -> None:
    """Something that has no one row: signed in, exported a list, was refused.

    `organization_id` and `user_id` say whose it is where nobody acts yet.
    """
    _write(
        action,
        subject=None,
        fields=(),
        purpose=purpose,
        organization_id=organization_id,
        user_id=user_id,
    )


# The links from number `base` on: the base itself is only what the next one is sealed to.
CHAIN = """
with linked as (
    select s.organization_id, s.number, s.digest, e.id as entry_id, e.at,
           lag(s.digest) over chain as before, lag(s.number) over chain as number_before,
           accounts_audit_text(e) as text
    from accounts_auditseal s left join accounts_auditentry e on e.id = s.entry_id
    where s.number >= %(base)s
    window chain as (partition by s.organization_id order by s.number)
)
select organization_id::text, number,
       case when entry_id is null then 'the entry is missing'
            when number <> coalesce(number_before, 0) + 1 then 'a link is missing before it'
            else 'the entry was altered' end
from linked
where number > %(base)s and (
    entry_id is null or number <> coalesce(number_before, 0) + 1
    or digest <> sha256(coalesce(before, ''::bytea) || convert_to(text, 'UTF8'))
)
union all
select e.organization_id::text, null, 'an entry has no seal'
from accounts_auditentry e left join accounts_auditseal s on s.entry_id = e.id
where s.id is null and (%(base)s = 0 or e.at >= (select min(at) from linked))
order by 1, 2
"""


def broken_links(*, base: int = 0) -> list[tuple[str, int | None, str]]:
    """Check every chain in scope: (organization, number, what is wrong) for each fault.

    With a `base` only the links after that number, for one organization's page.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHAIN, {"base": base})
        return list(cursor.fetchall())


@dataclass(frozen=True)
class Head:
    """The newest link of an organization's chain."""

    organization: str
    number: int
    digest: str


def chain_heads() -> list[Head]:
    """The newest link of each organization in scope, to be kept somewhere else every day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct on (organization_id) organization_id::text, number,"
            " encode(digest, 'hex') from accounts_auditseal"
            " order by organization_id, number desc"
        )
        return [Head(*row) for row in cursor.fetchall()]


def vanished(earlier: Sequence[Head]) -> list[tuple[str, int | None, str]]:
    """Faults of links that were the newest once: a chain that was cut and begun anew."""
    faults: list[tuple[str, int | None, str]] = []
    with connection.cursor() as cursor:
        for head in earlier:
            cursor.execute(
                "select encode(digest, 'hex') from accounts_auditseal"
                " where organization_id = %s and number = %s",
                [head.organization, head.number],
            )
            found = cursor.fetchone()
            if found != (head.digest,):
                what = "the seal kept elsewhere is not this one" if found else "the seal is gone"
                faults.append((head.organization, head.number, what))
    return faults


# A whole chain takes 8 microseconds a link: too long for a page, once there are a million.
CHECKED_ON_A_PAGE = 5_000


@dataclass(frozen=True)
class Standing:
    """Whether the newest part of the acting organization's record is whole, and its last link."""

    faults: int
    checked: int
    head: Head | None


def chain_standing() -> Standing:
    """Check the newest links of the acting organization's chain."""
    heads = chain_heads()
    if not heads:
        return Standing(faults=len(broken_links()), checked=0, head=None)
    base = max(0, heads[0].number - CHECKED_ON_A_PAGE)
    faults = len(broken_links(base=base))
    return Standing(faults=faults, checked=heads[0].number - base, head=heads[0])
