"""What a partner's status codes mean in one program, for the manufacturer whose program it is.

The map is the partner's and the hub's to write. The manufacturer reads what holds in its own
program: no other program's lines, nobody's name, and nothing of the reports that used a code.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.codes import Found, Line, Meaning, folded, look_up, on_graph, shown
from journeys.core.default_codes import DEFAULTS
from journeys.core.graph import Graph
from journeys.domain.graphs import graph_of
from journeys.domain.mapping import lines_of
from journeys.domain.program_partners import NoPartner, slugs_of
from journeys.domain.queries.maps import in_words
from programs.models import ProgramVersion


@dataclass(frozen=True)
class Code:
    """What a code means. `by` is "program" or "partner"; `starts_at` is told of what is ahead.

    `astray` says that the journey of this program has no such step: a person looks each time.
    """

    said: str
    means: str
    by: str
    starts_at: datetime | None
    astray: bool


@dataclass(frozen=True)
class ProgramMap:
    """A partner's map as it holds in a program, and the common codes that it leaves as they are."""

    partner: Organization
    codes: list[Code]
    common: list[tuple[str, str]]


def map_of(version: ProgramVersion, partner_id: UUID, *, by: Actor, now: datetime) -> ProgramMap:
    """The map of one partner of the program's route. Raises NoPartner for any other one."""
    program, graph = version.program, graph_of(version.id)
    with every_tenant(reason="whose program it is may read what its partners say", actor=by):
        named = Organization.objects.filter(pk=partner_id, slug__in=slugs_of(version))
        partner = named.first()
        if partner is None:
            raise NoPartner(str(partner_id))
        lines = [each for each in lines_of(partner.pk) if each.program in ("", program.key)]
    codes = [*_now(lines, program.key, graph, now), *_ahead(lines, graph, now)]
    known = {_key(each) for each in lines}
    common = [
        (shown(*key), in_words(Meaning(*meaning)))
        for key, meaning in DEFAULTS.items()
        if key not in known and on_graph(Meaning(*meaning), graph)
    ]
    return ProgramMap(partner, sorted(codes, key=lambda each: each.said), common)


def _key(line: Line) -> tuple[str, str]:
    return folded(line.code), folded(line.sub_code)


def _now(lines: Iterable[Line], program: str, graph: Graph, now: datetime) -> list[Code]:
    newest = {_key(each): each for each in lines}
    found = [
        (line, look_up(lines, code=line.code, sub_code=line.sub_code, program=program, at=now))
        for line in newest.values()
    ]
    return [
        code
        for line, holds in found
        if holds and holds.by != "default" and (code := _code(line, holds, graph, None))
    ]


def _ahead(lines: Iterable[Line], graph: Graph, now: datetime) -> list[Code]:
    coming = [each for each in lines if each.starts_at and each.starts_at > now]
    made = (
        _code(each, Found(each.meaning, "program" if each.program else "partner"), graph,
              each.starts_at)
        for each in coming
    )  # fmt: skip
    return [each for each in made if each]


def _code(line: Line, holds: Found, graph: Graph, starts_at: datetime | None) -> Code | None:
    """The line in words; None for one that is about steps of other programs only."""
    astray = holds.meaning is not None and on_graph(holds.meaning, graph) is None
    if astray and holds.by == "partner":
        return None
    said, means = shown(line.code, line.sub_code), in_words(holds.meaning)
    return Code(said, means, holds.by, starts_at, astray)
