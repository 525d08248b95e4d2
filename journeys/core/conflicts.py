"""What several sources say about one thing: who agrees, who differs, and what was settled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from journeys.core.decisions import evidence_outranks_status_text, person_settles
from journeys.core.events import Event
from journeys.core.facts import same


@dataclass(frozen=True, slots=True)
class Claim:
    """One side of a disagreement, with what backs it."""

    ref: str
    source: str
    source_name: str
    role: str
    value: object
    reason: str | None
    occurred_at: datetime
    evidence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two or more sources that differ about one fact or about how one step ended.

    `proposed` is the event id a stated rule would choose, or None; only a person settles it
    (`settled_by` is that event). `since` is when the sides began to differ.
    """

    key: str
    subject: Literal["status", "fact"]
    name: str
    step: str | None
    coverage_id: str | None
    claims: tuple[Claim, ...]
    since: datetime
    proposed: str | None = None
    settled_by: str | None = None
    chosen: str | None = None
    settled_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it still waits for a person."""
        return self.settled_by is None

    def age(self, now: datetime) -> timedelta:
        """How long it has stood, or stood until it was settled."""
        return (self.settled_at or now) - self.since


class Run(NamedTuple):
    """What one source has been saying without change: the first and the latest report."""

    value: object
    first: Event
    last: Event


def extend(runs: dict[str, Run], event: Event, value: object, *, unchanged: bool) -> None:
    """Add a source's next report to what each source says last."""
    run = runs.get(event.source)
    first = run.first if run and unchanged else event
    runs[event.source] = Run(value, first, event)


def conflict_key(subject: str, name: str, coverage_id: str | None) -> str:
    """The stable key of a possible disagreement; `name` may carry the number of a time."""
    return f"{subject}:{name}:{coverage_id}" if coverage_id else f"{subject}:{name}"


def claims_of(runs: Iterable[Run], *, evidenced: Mapping[str, bool]) -> tuple[Claim, ...]:
    """Each source's side, in the order they first said so."""
    ordered = sorted(runs, key=lambda run: run.first.order)
    return tuple(
        Claim(
            ref=run.first.ref,
            source=run.first.source,
            source_name=run.first.source_name,
            role=run.first.party,
            value=run.value,
            reason=run.last.reason,
            occurred_at=run.first.occurred_at,
            evidence=evidenced.get(run.first.source, False),
        )
        for run in ordered
    )


def proposal_inputs(claims: Iterable[Claim]) -> dict[str, object]:
    """What the proposing rule looks at."""
    return {"claims": [{"ref": c.ref, "evidence": c.evidence} for c in claims]}


def propose(claims: Iterable[Claim]) -> str | None:
    """The event id the stated rule would choose, or None when it cannot tell."""
    outcome = evidence_outranks_status_text(proposal_inputs(claims))
    return None if outcome == "no proposal" else outcome


def settlement_inputs(claims: Iterable[Claim], settlement: Event) -> dict[str, object]:
    """What decides whether a settlement covers these claims.

    A settlement that does not list what was weighed covers what had happened by then; a side
    that agrees with the chosen one needs no weighing.
    """
    sides = list(claims)
    then = [c.ref for c in sides if c.occurred_at <= settlement.occurred_at]
    choice = [claim.value for claim in sides if claim.ref == settlement.chosen]
    against = [c for c in sides if not any(same(c.value, value) for value in choice)]
    chosen = [settlement.chosen] if choice else []
    return {
        "claims": [*chosen, *(claim.ref for claim in against)],
        "weighed": sorted({*(settlement.weighed or then), settlement.chosen or ""}),
        "chosen": settlement.chosen,
    }


def chosen_by(claims: Iterable[Claim], settlement: Event | None) -> str | None:
    """The claim a person's settlement makes stand, or None while it is open."""
    if settlement is None:
        return None
    outcome = person_settles(settlement_inputs(claims, settlement))
    return None if outcome == "open" else outcome
