"""Why a journey may slip: each rule says why, who has it and by when, and ends by itself.

A rule tells every risk it can see, also one that only time will bring: it holds from its
`since` on. So nothing has to look at a journey before that moment.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from journeys.core.clocks import Around, kept, subject_of
from journeys.core.conflicts import Conflict
from journeys.core.eta import Outlook
from journeys.core.events import Event
from journeys.core.graph import Clock, Step
from journeys.core.sentences import day_words, full_moment, lower_first, name_of
from journeys.core.state import NextAction, Party, Risk, StepState
from journeys.core.walking import Walk
from programs.core.conditions import date_of


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the rules look at."""

    around: Around
    on: Walk
    steps: Mapping[str, StepState]
    actions: Sequence[NextAction]
    conflicts: Sequence[Conflict]
    ahead: Outlook
    last_at: datetime

    def say(self, since: datetime, words: str, at: datetime | None = None) -> str:
        """The words, with the instant in them as people say it; nothing while it is ahead."""
        if since > self.around.now:
            return ""
        return words.format(at=full_moment(at, self.around.zone)) if at else words

    def after(self, instant: datetime, clock: Clock) -> datetime:
        """When a clock has run out on the practice's calendar."""
        return self.on.calendar.after(instant, clock)

    def open_steps(self) -> Iterator[tuple[Step, StepState, str, datetime]]:
        """The steps that somebody has to act on, with who acts and since when it stands so."""
        for key, state in self.steps.items():
            if state.acts and state.since and not kept(state, self.steps):
                yield self.around.graph.by_key[key], state, state.acts, state.since

    def date(self, name: str) -> datetime | None:
        """The opening of business on a date that is known under this name."""
        day = date_of(self.around.values.get(name))
        return self.on.calendar.on(day) if day else None


_SOON = Clock(1, "business_days")


def past_due(scene: Scene) -> Iterator[Risk]:
    """R1: a step is past its due time."""
    for step, state, acts, _ in scene.open_steps():
        at = state.due_at
        if at:
            why = scene.say(at, f"{step.title} was due {{at}}", at)
            yield Risk("R1", step.key, why, acts, at, at)


def silence(scene: Scene) -> Iterator[Risk]:
    """R2: nobody said or did anything for days while something on the path is open."""
    beside = {step.key for step in scene.around.graph.asides}
    waiting = next((one for one in scene.actions if one.step not in beside), None)
    if waiting:
        at = scene.after(scene.last_at, scene.around.graph.thresholds.silence)
        why = scene.say(at, "Nothing was heard since {at}", scene.last_at)
        yield Risk("R2", waiting.step, why, waiting.owner, at, at)


def late_start(scene: Scene) -> Iterator[Risk]:
    """R3: what comes before the first dose usually takes longer than there is until it is wanted.

    What follows the first dose (the rest of a course, injections shipped home) is not counted.
    """
    day, left = date_of(scene.around.values.get("start_by_on")), scene.ahead.to_start
    if day is None or not scene.actions or left is None:
        return
    start = scene.on.calendar.on(day, end=True)
    at = scene.on.calendar.before_hours(start, left.after_open)
    late = scene.on.calendar.after_hours(scene.around.now, left.usually) > start
    since = min(at, scene.last_at) if late else at
    words = f"What is left usually takes longer than until the start on {day_words(day)}"
    yield Risk("R3", None, scene.say(since, words), scene.actions[0].owner, at, since)


def unreached(scene: Scene) -> Iterator[Risk]:
    """R4: several attempts to reach somebody failed."""
    for step, state, acts, since in scene.open_steps():
        status = step.status(state.status)
        if status and status.attempts >= scene.around.graph.thresholds.contacts:
            why = f"{step.title}: {status.attempts} attempts failed"
            yield Risk("R4", step.key, why, acts, scene.after(since, _SOON), since)


def going_back_and_forth(scene: Scene) -> Iterator[Risk]:
    """R5: the same step was sent back again and again."""
    graph = scene.around.graph
    often = graph.thresholds.setbacks
    for key in graph.setbacks:
        state = scene.steps[key]
        if state.over or state.owner is None:
            continue
        spells = _spells(scene, key)
        if len(spells) >= often:
            why = f"{state.title} was sent back {len(spells)} times"
            who = state.acts or graph.by_key[key].acting(state.owner)
            by = scene.after(spells[-1].occurred_at, _SOON)
            yield Risk("R5", key, why, who, by, spells[often - 1].occurred_at)


def _spells(scene: Scene, key: str) -> list[Event]:
    """The reports that sent a step back, each once: a repetition before any answer is none."""
    graph, claims = scene.around.graph, scene.on.ledger.claims
    keys = (key, *(detour.key for detour in graph.detours.get(key, ())))
    told = sorted((c for each in keys for c in claims.get(each, ())), key=lambda c: c.order)
    return [
        claim
        for claim, earlier in zip(told, [None, *told], strict=False)
        if claim.step == key
        and claim.status in graph.setbacks[key]
        and (earlier is None or (earlier.step, earlier.status) != (key, claim.status))
    ]


def costly(scene: Scene) -> Iterator[Risk]:
    """R6: the patient would have to pay more than many do, and no help is in place."""
    fact = scene.on.known.facts.get("out_of_pocket_estimate")
    cost = _number(fact.value) if fact else None
    if fact is None or cost is None or cost <= scene.around.graph.thresholds.out_of_pocket:
        return
    helped = any(_is_done(scene, key) for key in ("copay_enrollment", "patient_assistance"))
    if helped or _is_done(scene, "delivery") or not scene.actions:
        return
    words = f"The patient would pay ${cost:,.2f}, and no help with the cost is in place"
    by = scene.after(fact.occurred_at, _SOON)
    yield Risk("R6", "copay_enrollment", words, _role(scene, "hub"), by, fact.occurred_at)


_ENDING = (
    ("authorization_ends_on", "prior_authorization_determination", "practice", "authorization"),
    ("consent_ends_on", None, "hub", "patient's consent"),
    ("prescription_ends_on", None, "practice", "prescription"),
    ("rems_authorized_until_on", "rems", "practice", "safety program authorization"),
    ("assistance_ends_on", "patient_assistance", "hub", "assistance"),
)

_RENEWED_BY: Mapping[str, tuple[str, str]] = {
    "authorization_ends_on": ("reauthorization", "submitted"),
    "assistance_ends_on": ("assistance_renewal", "applied"),
}


def running_out(scene: Scene) -> Iterator[Risk]:
    """R7: what the next dose needs ends before it, lead time included."""
    lead = scene.around.graph.thresholds.lead
    runs_out = scene.date("runs_out_on")
    for name, step, who, what in _ENDING:
        ends = scene.date(name)
        if ends is None or not scene.actions or _asked_again(scene, name):
            continue
        since = scene.on.calendar.before(ends, lead)
        if runs_out and ends < scene.after(runs_out, lead):
            since = min(since, scene.on.known.facts[name].occurred_at)
        why = scene.say(since, f"The {what} ends {day_words(scene.on.calendar.day_of(ends))}")
        yield Risk("R7", step or name, why, _role(scene, who), ends, since)
    yield from _last_chances(scene)


def _last_chances(scene: Scene) -> Iterator[Risk]:
    """R7 as well: the days to appeal run out, or the last free fill was sent."""
    appeal, last_day = scene.steps.get("appeal"), scene.date("appeal_deadline_on")
    if appeal and appeal.acts and last_day and appeal.status in ("considering", "drafting"):
        since = scene.on.calendar.before(last_day, scene.around.graph.thresholds.appeal_lead)
        day = day_words(scene.on.calendar.day_of(last_day))
        why = scene.say(since, f"The last day to appeal is {day}")
        yield Risk("R7", "appeal", why, appeal.acts, last_day, since)
    bridge, decision = scene.steps.get("bridge"), scene.steps.get(_DECISION)
    last_fill = _number(scene.around.values.get("bridge_fill_number")) or 0
    most = step.most if (step := scene.around.graph.by_key.get("bridge")) else 0
    if (
        bridge
        and decision
        and last_fill >= (most or _FREE_FILLS)
        and not decision.over
        and bridge.since
    ):
        by = scene.date("runs_out_on") or scene.after(bridge.since, _SOON)
        why = "The last free fill was sent, and the payer has not decided"
        yield Risk("R7", "bridge", why, _role(scene, "hub"), by, bridge.since)


_DECISION = "prior_authorization_determination"
# Where the program says nothing less (OIG Advisory Opinion 15-11).
_FREE_FILLS = 2


def disagreement(scene: Scene) -> Iterator[Risk]:
    """R8: partners disagree, or one of them speaks of another coverage."""
    by_key = {action.key: action for action in scene.actions}
    for conflict in scene.conflicts:
        action = by_key.get(conflict.key)
        if action:
            why = f"Partners disagree about {subject_of(scene.around.graph, conflict).lower()}"
            yield Risk("R8", conflict.step, why, action.owner, action.due_at, conflict.since)
    changed = scene.on.ledger.coverage_since
    other = [e for e in scene.on.ledger.elsewhere if changed is None or e.occurred_at > changed]
    if other and scene.actions:
        event = other[-1]
        graph = scene.around.graph
        why = f"{event.source_name} speaks of another coverage than the others"
        by = scene.after(event.occurred_at, graph.settle_within)
        who = _role(scene, graph.settled_by)
        yield Risk("R8", f"coverage:{event.coverage_id}", why, who, by, event.occurred_at)


def side_effect(scene: Scene) -> Iterator[Risk]:
    """R9: an adverse event is open, or a side effect holds the therapy."""
    for step, state, acts, since in scene.open_steps():
        held = step.key == "refill" and state.reason == "side_effect"
        if (step.key == "adverse_event" or held) and state.due_at:
            why = f"{step.title} is open" if not held else "A side effect holds the therapy"
            yield Risk("R9", step.key, why, acts, state.due_at, since)


def supply_low(scene: Scene) -> Iterator[Risk]:
    """R10: few days of medicine are left, and no shipment is scheduled."""
    refill, runs_out = scene.steps.get("refill"), scene.date("runs_out_on")
    scheduled = refill is not None and bool(refill.acts) and refill.status == "scheduled"
    if refill is None or runs_out is None or scheduled or not scene.actions:
        return
    since = scene.on.calendar.before(runs_out, scene.around.graph.thresholds.on_hand)
    day = day_words(scene.on.calendar.day_of(runs_out))
    why = scene.say(since, f"The medicine runs out {day}, and no shipment is scheduled")
    yield Risk("R10", "refill", why, refill.acts or scene.actions[0].owner, runs_out, since)


def nobody_there(scene: Scene) -> Iterator[Risk]:
    """R11: nobody takes the part whose turn it is, or nobody is there; somebody stands in."""
    parties = scene.around.parties
    if not any(role in parties for role in ("practice", "hub")):
        return
    for step, state, acts, since in scene.open_steps():
        meant = step.acting(state.owner or step.owner)
        if acts != meant:
            gone = f"{parties[meant].name} no longer takes part" if meant in parties else ""
            why = gone or f"Nobody is {name_of(meant, {})} on this journey yet"
            by = state.act_by or scene.after(since, _SOON)
            yield Risk("R11", step.key, f"{step.title}: {lower_first(why)}", acts, by, since)
        elif acts in parties and parties[acts].unstaffed_since:
            yield _with_nobody(scene, step, parties[acts], since)


def _with_nobody(scene: Scene, step: Step, party: Party, since: datetime) -> Risk:
    """R11 as well: whose turn it is has nobody who signs in and no system that reports."""
    since = max(since, party.unstaffed_since or since)
    why = f"{step.title}: nobody of {party.name} can sign in. Call them"
    who = scene.around.reachable(party.role)
    return Risk("R11", step.key, why, who, scene.after(since, _SOON), since)


def feed_silent(scene: Scene) -> Iterator[Risk]:
    """R12: the system of the party whose turn it is has said nothing to us for too long."""
    told = set()
    for action in scene.actions:
        party = scene.around.parties.get(action.owner)
        if not party or not party.heard_at or not party.heartbeat or party.role in told:
            continue
        told.add(party.role)
        at = scene.after(party.heard_at, party.heartbeat)
        why = scene.say(at, f"{party.name} has not reported anything since {{at}}", party.heard_at)
        yield Risk("R12", action.step, why, action.owner, at, at)


def government_copay(scene: Scene) -> Iterator[Risk]:
    """R13: copay help is active although a government pays (anti-kickback statute)."""
    line = scene.on.known.facts.get("line_of_business")
    skip = scene.steps.get("copay_enrollment")
    if line is None or skip is None or skip.skipped_by != ("line_of_business",):
        return
    ledger = scene.on.ledger
    told = [*ledger.claims.get(skip.key, ()), *(e for e in ledger.elsewhere if e.step == skip.key)]
    last = max(told, key=lambda event: event.order, default=None)
    if last and last.status in _COPAY_RUNS:
        by = scene.on.calendar.on(scene.on.calendar.day_of(line.occurred_at), end=True)
        why = "Copay help has to end today: the coverage is a government's"
        yield Risk("R13", "copay_enrollment", why, _role(scene, "vendor"), by, line.occurred_at)


_COPAY_RUNS = ("eligible", "enrolled")


def twice(scene: Scene) -> Iterator[Risk]:
    """R14: the same patient seems to be enrolled twice for the same medicine."""
    fact = scene.on.known.facts.get("duplicate_of")
    if fact and fact.value and scene.actions:
        why = f"May be the same enrollment as {fact.value}"
        by = scene.after(fact.occurred_at, _SOON)
        yield Risk("R14", None, why, _role(scene, "hub"), by, fact.occurred_at)


RULES: tuple[Callable[[Scene], Iterator[Risk]], ...] = (
    past_due,
    silence,
    late_start,
    unreached,
    going_back_and_forth,
    costly,
    running_out,
    disagreement,
    side_effect,
    supply_low,
    nobody_there,
    feed_silent,
    government_copay,
    twice,
)


def watch(scene: Scene) -> list[Risk]:
    """Every risk that holds now or that time alone will bring, in the order of the rules.

    One rule tells a step once.
    """
    found: dict[tuple[str, str | None], Risk] = {}
    for rule in RULES:
        for risk in rule(scene):
            found.setdefault((risk.rule, risk.step), risk)
    return list(found.values())


def _is_done(scene: Scene, key: str) -> bool:
    state = scene.steps.get(key)
    return state is not None and state.phase == "done"


def _role(scene: Scene, role: str) -> str:
    return scene.around.present(role)


def _asked_again(scene: Scene, name: str) -> bool:
    """Whether what ends was asked for anew before it does."""
    key, asked = _RENEWED_BY.get(name, ("", ""))
    renewal = scene.steps.get(key)
    return renewal is not None and renewal.status == asked


def _number(value: object) -> float | None:
    try:
        return float(str(value).replace(",", "").lstrip("$")) if value is not None else None
    except ValueError:
        return None
