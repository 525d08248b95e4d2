"""Where one step stands according to everybody who spoke about it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from journeys.core.conflicts import (
    Claim,
    Conflict,
    Run,
    chosen_by,
    claims_of,
    conflict_key,
    extend,
    propose,
)
from journeys.core.events import Event
from journeys.core.facts import same
from journeys.core.fold import Ledger
from journeys.core.graph import Status, Step


class Outcome(NamedTuple):
    """The status a step stands in, since when and by whose word; None before any word.

    `restarted_at` is when a detour gave the step back, which starts its clock anew.
    """

    status: Status | None = None
    since: datetime | None = None
    reason: str | None = None
    event: Event | None = None
    last: Event | None = None
    conflict: Conflict | None = None
    restarted_at: datetime | None = None


NO_WORD = Outcome()
"""The outcome of a step nobody spoke of."""


def runs_of(events: Iterable[Event]) -> dict[str, Run]:
    """What each source says last of a step, from status events in order."""
    runs: dict[str, Run] = {}
    for event in events:
        said = runs.get(event.source)
        extend(runs, event, event.status, unchanged=said is not None and said.value == event.status)
    return runs


def outcome_of(step: Step, runs: Mapping[str, Run], ledger: Ledger, *, number: str = "") -> Outcome:
    """Where the step stands: an undisputed end, else the latest word, else a conflict.

    `number` tells one time of a step that comes again from the others.
    """
    if not runs:
        return NO_WORD
    if len(runs) == 1:
        return _from(step, *runs.values())
    ends = [run for run in runs.values() if _status(step, run).kind != "open"]
    if not ends:
        return _from(step, max(runs.values(), key=lambda run: run.last.order))
    if len({run.value for run in ends}) == 1:
        return _from(step, min(ends, key=lambda run: run.first.order))
    return _disputed(step, ends, ledger, number)


def _status(step: Step, run: Run) -> Status:
    return step.status(str(run.value)) or step.statuses[0]


def _from(step: Step, run: Run) -> Outcome:
    first, last = run.first, run.last
    return Outcome(_status(step, run), first.occurred_at, last.reason, first, last)


def _disputed(step: Step, ends: list[Run], ledger: Ledger, number: str) -> Outcome:
    coverage = ledger.coverage_id if step.per_coverage else None
    name = f"{step.key}#{number}" if number else step.key
    key = conflict_key("status", name, coverage)
    claims = claims_of(
        ends, evidenced={run.first.source: _backed(step, run, ledger) for run in ends}
    )
    settlement = ledger.settlements.get(key)
    chosen = chosen_by(claims, settlement)
    conflict = Conflict(
        key=key,
        subject="status",
        name=step.key,
        step=step.key,
        coverage_id=coverage,
        claims=claims,
        since=began(claims),
        proposed=propose(claims),
        settled_by=settlement.ref if settlement and chosen else None,
        settled_at=settlement.occurred_at if settlement and chosen else None,
        chosen=chosen,
    )
    if chosen is None or settlement is None:
        latest = max(ends, key=lambda run: run.first.order)
        return Outcome(since=conflict.since, event=latest.first, conflict=conflict)
    run = next(run for run in ends if run.first.ref == chosen)
    at = settlement.occurred_at
    return Outcome(_status(step, run), at, run.last.reason, settlement, settlement, conflict)


def began(claims: tuple[Claim, ...]) -> datetime:
    """When the sides began to differ: the first report unlike the first one."""
    return next(c.occurred_at for c in claims if not same(c.value, claims[0].value))


def _backed(step: Step, run: Run, ledger: Ledger) -> bool:
    """Whether this source also gave every fact that outranks status text."""
    return bool(step.evidence) and all(
        run.first.source in ledger.facts.get(name, ()) for name in step.evidence
    )
