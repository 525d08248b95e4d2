"""Whose status codes somebody may explain, for which programs, and what is known of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.codes import Meaning, look_up, shown
from journeys.core.default_codes import DEFAULTS
from journeys.core.graph import Graph, Step
from journeys.core.templates import GRAPHS
from journeys.domain.applying import said_in
from journeys.domain.endpoints import RECEIVERS
from journeys.domain.graphs import graph_of
from journeys.domain.mapping import NewLine, as_line, lines_of
from journeys.domain.queries.reports import content_of
from journeys.enums import ReportCause, ReportStatus
from journeys.models import InboundReport, Journey, JourneyParty, StatusLine
from journeys.rules import may_explain_codes
from programs.models import Program, ProgramVersion

Choices = Sequence[tuple[str, Sequence[tuple[str, str]]]]
PERSON = "person"


@dataclass(frozen=True)
class MapRow:
    """One line of a map in words."""

    said: str
    program: str
    means: str
    starts_at: datetime | None
    noted_at: datetime
    noted_by: str


@dataclass(frozen=True)
class Tried:
    """What a code means, who said so ("program", "partner", "default" or nobody), and what it
    meant without the line that is previewed."""

    said: str
    means: str
    by: str
    before: str


def partners(actor: Actor) -> list[tuple[Organization, int]]:
    """Whose map the actor may look at, with how many of their reports wait for a meaning."""
    with every_tenant(reason="maps belong to partners, hubs read those they work with"):
        found = Organization.objects.filter(kind__in=RECEIVERS, active=True, sandbox_of=None)
        if not actor.is_operator:
            beside = JourneyParty.objects.filter(journey__hub=actor.organization_id)
            known = set(beside.values_list("party_id", flat=True))
            found = found.filter(pk__in=[actor.organization_id, *known])
        waiting = InboundReport.objects.filter(
            status=ReportStatus.EXCEPTION, cause=ReportCause.CODE
        )
        counts = Counter(waiting.values_list("organization_id", flat=True))
        return [(each, counts[each.pk]) for each in found.order_by("name")]


def programs_of(actor: Actor, partner: Organization) -> list[Program]:
    """The programs for which the actor may say what this partner's codes mean."""
    own = _slug(actor)
    found: dict[object, Program] = {}
    versions = ProgramVersion.objects.filter(
        published_at__isnull=False, program__manufacturer__sandbox_of=None
    )
    for version in versions.select_related("program").order_by("program__name"):
        hub = version.definition["route"].get("hub", "")
        if may_explain_codes(actor, partner.pk, hub, own_slug=own):
            found[version.program_id] = version.program
    return list(found.values())


def may_explain_everywhere(actor: Actor, partner: Organization) -> bool:
    """Whether the actor may also say it for all programs at once."""
    return may_explain_codes(actor, partner.pk, "", own_slug=_slug(actor))


def _slug(actor: Actor) -> str:
    own = Organization.objects.filter(pk__in=[actor.organization_id])
    return own.values_list("slug", flat=True)[0]


def graphs_of(programs: Sequence[Program]) -> list[Graph]:
    """The graphs of the programs' published versions; every template where there is none."""
    ids = ProgramVersion.objects.filter(program__in=programs, published_at__isnull=False)
    found = [graph_of(pk) for pk in ids.values_list("pk", flat=True)]
    return found or list(GRAPHS.values())


def meanings(graphs: Sequence[Graph]) -> Choices:
    """Everything that a code can mean on these graphs, step by step, as choices of a field."""
    steps: dict[str, Step] = {}
    for graph in graphs:
        for step in graph.steps:
            steps.setdefault(step.key, step)
    groups: dict[str, list[tuple[str, str]]] = {}
    for step in steps.values():
        groups[step.title] = [
            (f"{step.key}/{status.key}/{reason}", f"{status.label}{words}")
            for status in step.statuses
            if not status.calls
            for reason, words in (
                *([] if status.reasoned else [("", "")]),
                *((each.key, f": {each.label}") for each in status.reasons),
            )
        ]
    return list(groups.items())


def parsed(choice: str) -> Meaning | None:
    """The meaning that one of those choices stands for; None for asking a person."""
    return None if choice == PERSON else Meaning(*choice.split("/"))


def in_words(meaning: Meaning | None) -> str:
    """A meaning as people read it."""
    if meaning is None:
        return "A person decides each time"
    for graph in GRAPHS.values():
        step = graph.by_key.get(meaning.step)
        status = step.status(meaning.status) if step else None
        if step and status:
            why = next((r.label for r in status.reasons if r.key == meaning.reason), "")
            return f"{step.title}: {status.label}" + (f" ({why})" if why else "")
    return f"{meaning.step}: {meaning.status}"


def rows(partner: Organization) -> list[MapRow]:
    """Every line of the partner's map, the newest first."""
    found = StatusLine.objects.filter(organization=partner).select_related("program", "noted_by")
    return [
        MapRow(
            said=shown(row.code, row.sub_code),
            program=row.program.name if row.program else "",
            means=in_words(Meaning(row.step, row.status, row.reason) if row.step else None),
            starts_at=row.starts_at,
            noted_at=row.noted_at,
            noted_by=row.noted_by.name,
        )
        for row in found.order_by("-noted_at")
    ]


def defaults() -> list[tuple[str, str]]:
    """The codes that need no map, and what they mean."""
    return [(shown(*key), in_words(Meaning(*meaning))) for key, meaning in DEFAULTS.items()]


def try_codes(
    partner: Organization,
    codes: Sequence[tuple[str, str]],
    *,
    program: Program | None,
    new: NewLine | None,
    now: datetime,
) -> list[Tried]:
    """What each of some codes means now, with a line that is not saved yet counted in."""
    known = lines_of(partner.pk)
    lines = [*known, as_line(new, now=now)] if new else known
    key = program.key if program else ""
    tried = []
    for code, sub_code in codes:
        after, before = (
            look_up(each, code=code, sub_code=sub_code, program=key, at=now)
            for each in (lines, known)
        )
        tried.append(
            Tried(
                said=shown(code, sub_code),
                means=in_words(after.meaning) if after else "",
                by=after.by if after else "",
                before=in_words(before.meaning) if before else "",
            )
        )
    return tried


def unexplained(partner: Organization) -> list[tuple[str, str, int]]:
    """The codes of this partner that wait for a meaning, both levels as sent, the most first."""
    waiting = InboundReport.objects.filter(
        organization=partner, status=ReportStatus.EXCEPTION, cause=ReportCause.CODE
    )
    counted: dict[str, tuple[str, str, int]] = {}
    for report in waiting.order_by("received_at"):
        code, sub_code = said_in(content_of(report))
        counted[report.code] = (code, sub_code, counted.get(report.code, ("", "", 0))[2] + 1)
    return sorted(counted.values(), key=lambda each: -each[2])


def program_of(report: InboundReport) -> Program | None:
    """The program of the journey that a report is about, where it is known."""
    journey = (
        Journey.objects.filter(pk=report.journey_id)
        .select_related("program_version__program")
        .defer("program_version__definition")
        .first()
    )
    return journey.program_version.program if journey else None
