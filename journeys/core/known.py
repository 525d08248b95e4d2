"""What the journey knows: facts nobody disputes, and the disputes."""

from collections.abc import Mapping
from dataclasses import dataclass

from journeys.core.conflicts import Conflict, Run, chosen_by, claims_of, conflict_key
from journeys.core.facts import Fact, same, type_of
from journeys.core.fold import Ledger
from journeys.core.outcomes import began


@dataclass(frozen=True, slots=True)
class Known:
    """Facts by name, the same as bare values, every dispute, and names nobody may rely on."""

    facts: Mapping[str, Fact]
    values: Mapping[str, object]
    conflicts: tuple[Conflict, ...]
    disputed: frozenset[str]


def known(ledger: Ledger) -> Known:
    """Settle each fact, or find who differs about it."""
    facts: dict[str, Fact] = {}
    conflicts: list[Conflict] = []
    for name, runs in ledger.facts.items():
        if len(runs) == 1:  # As most facts are: one source told it, and nobody else.
            facts[name] = _fact(ledger, name, *runs.values())
            continue
        conflict = _conflict(ledger, name, runs)
        if conflict:
            conflicts.append(conflict)
        run = _standing(runs, conflict)
        if run:
            facts[name] = _fact(ledger, name, run)
    return Known(
        facts=facts,
        values={name: fact.value for name, fact in facts.items()},
        conflicts=tuple(sorted(conflicts, key=lambda c: (c.since, c.key))),
        disputed=frozenset(conflict.name for conflict in conflicts if conflict.open),
    )


def _coverage(ledger: Ledger, name: str) -> str | None:
    return ledger.coverage_id if type_of(name).per_coverage else None


def _conflict(ledger: Ledger, name: str, runs: Mapping[str, Run]) -> Conflict | None:
    if type_of(name).of_each_source:
        return None
    claims = claims_of(runs.values(), evidenced={})
    if all(same(claim.value, claims[0].value) for claim in claims):
        return None
    coverage = _coverage(ledger, name)
    key = conflict_key("fact", name, coverage)
    settlement = ledger.settlements.get(key)
    chosen = chosen_by(claims, settlement)
    return Conflict(
        key=key,
        subject="fact",
        name=name,
        step=ledger.graph.producer.get(name),
        coverage_id=coverage,
        claims=claims,
        since=began(claims),
        settled_by=settlement.ref if settlement and chosen else None,
        settled_at=settlement.occurred_at if settlement and chosen else None,
        chosen=chosen,
    )


def _standing(runs: Mapping[str, Run], conflict: Conflict | None) -> Run | None:
    """The report a fact rests on: the chosen one, else the first that said so."""
    if conflict is None:
        ordered = sorted(runs.values(), key=lambda run: run.first.order)
        return ordered[0] if same(ordered[0].value, ordered[-1].value) else ordered[-1]
    return next((run for run in runs.values() if run.first.ref == conflict.chosen), None)


def _fact(ledger: Ledger, name: str, run: Run) -> Fact:
    first = run.first
    return Fact(
        name=name,
        value=run.value,
        source=first.source,
        source_name=first.source_name,
        occurred_at=first.occurred_at,
        received_at=first.received_at,
        ref=first.ref,
        coverage_id=_coverage(ledger, name),
    )
