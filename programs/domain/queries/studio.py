"""Loads for the studio: a manufacturer's programs with their drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from programs.domain.queries.catalogue import holding
from programs.enums import OPEN_DRAFTS
from programs.models import Program, ProgramDraft, ProgramVersion

MOST_CLOSED = 20
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Own:
    """One program, the version that holds today, the one to come, and the draft that is open."""

    program: Program
    live: ProgramVersion | None
    coming: ProgramVersion | None
    draft: ProgramDraft | None


def own_programs(manufacturer_id: UUID, *, today: date) -> tuple[list[Own], list[ProgramDraft]]:
    """A manufacturer's programs by name, and the drafts of programs that are still to come."""
    programs = list(Program.objects.filter(manufacturer_id=manufacturer_id))
    versions = ProgramVersion.objects.filter(program__in=programs, published_at__isnull=False)
    live = {each.program_id: each for each in holding(today).filter(program__in=programs)
            .order_by("number")}  # fmt: skip
    coming = {each.program_id: each for each in versions.filter(valid_from__gt=today)}
    drafts = list(ProgramDraft.objects.filter(status__in=OPEN_DRAFTS).select_related("changed_by"))
    of = {each.program_id: each for each in drafts if each.program_id}
    own = [Own(each, live.get(each.id), coming.get(each.id), of.get(each.id)) for each in programs]
    return own, [each for each in drafts if each.program_id is None]


def closed() -> list[ProgramDraft]:
    """The drafts that were published or given up, the latest first."""
    rows = ProgramDraft.objects.exclude(status__in=OPEN_DRAFTS).select_related(
        "changed_by", "program"
    )
    return list(rows[:MOST_CLOSED])


def version_before(
    draft: ProgramDraft, versions: Sequence[ProgramVersion]
) -> ProgramVersion | None:
    """Whose place a draft takes, of the versions with the newest first: what its changes are told
    against. Going back to an earlier one takes the place of the one that holds, not of its base.
    """
    since = str(draft.definition.get("valid_from", ""))
    published = next((each.number for each in versions if each.id == draft.version_id), None)
    for each in versions:
        if each.valid_from.isoformat() <= since and (published is None or each.number < published):
            return each
    return draft.base


def gap_before(draft: ProgramDraft, versions: Sequence[ProgramVersion]) -> tuple[date, date] | None:
    """The days between the version before and a draft on which none would hold, if there are."""
    try:
        since = date.fromisoformat(draft.definition["valid_from"])
    except ValueError:  # A fault that is told with the others.
        return None
    ends = [each.valid_until for each in versions
            if each.valid_from < since and each.id != draft.version_id]  # fmt: skip
    last = max((each for each in ends if each), default=None)
    # One without an end ends when this one takes its place.
    if last is None or None in ends or last + _DAY >= since:
        return None
    return last + _DAY, since - _DAY


def versions_of(program_id: UUID | None) -> list[ProgramVersion]:
    """The published versions of a program, the newest first."""
    if program_id is None:
        return []
    rows = ProgramVersion.objects.filter(program_id=program_id, published_at__isnull=False)
    return list(rows.order_by("-number"))
