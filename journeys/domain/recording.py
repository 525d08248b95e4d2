"""The one place where a journey learns something."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from accounts.core.actor import Actor
from accounts.prepared import together
from accounts.rows import inserting, updating
from accounts.tenancy import every_tenant
from accounts.writing import Statement, again_after_deadlock, run, run_last
from journeys.core.effects import (
    CallHandler,
    Effect,
    Send,
    effects_between,
    may_set_off,
    that_may_have_effects,
)
from journeys.core.evaluate import evaluate, steps_with_effects
from journeys.core.events import Event, to_json
from journeys.core.graph import Graph
from journeys.core.safety import STEP as SAFETY
from journeys.core.safety import numbered
from journeys.core.state import JourneyState, StepState
from journeys.core.talk import Evaluated, is_talk, stands_as_it_did
from journeys.domain import handlers
from journeys.domain.graphs import graph_of, vendor_of
from journeys.domain.notifying import notices_of, notices_of_words
from journeys.domain.parties import Cast, active, cast_with
from journeys.domain.projection import projecting
from journeys.domain.reading import (
    Glance,
    Reading,
    events_of,
    glancing,
    holding,
    observations_of,
    read_all,
    story_of,
    told,
)
from journeys.domain.rerouting import follow_the_choice
from journeys.domain.safety_reports import keep_safety_reports
from journeys.domain.sending import queue_delivery
from journeys.domain.twins import RULE, twins_without
from journeys.domain.worklist import open_work, open_work_of, sync_work
from journeys.enums import PartyRole
from journeys.models import Journey, JourneyEvent

CHANNEL = "journeys"


class UnknownJourney(LookupError):
    """No journey has this id."""


def lock_journey(journey_id: UUID) -> Journey:
    """The journey's row, locked until the transaction ends. Raises UnknownJourney."""
    try:
        journey: Journey = (
            Journey.objects.select_for_update(of=("self",))
            .select_related("hub", "pharmacy")
            .get(pk=journey_id)
        )
    except Journey.DoesNotExist:
        raise UnknownJourney(str(journey_id)) from None
    return journey


def record(journey_id: UUID, event: Event, *, actor: Actor | None, now: datetime) -> Journey:
    """Write an event down and let everything that follows from it happen, all or nothing.

    In this order: lock the journey and read it; evaluate it without and with the event; bring
    in parties, queue deliveries, call handlers; then, in one round trip, append the event, open
    and close work, write notices, save the projection, and announce the change for when it
    commits. The same (source, event id) again changes nothing. When PostgreSQL breaks a deadlock
    with it, and it is not part of a larger transaction, it is done again. Raises UnknownJourney.
    """
    return again_after_deadlock(partial(_record, journey_id, event, actor=actor, now=now))


def record_reports(
    reports: Mapping[UUID, Sequence[Event]], *, actor: Actor | None, now: datetime
) -> None:
    """Write down what one partner reported of some journeys, each journey's as one change of it.

    Of each journey the earliest learnt stands first. A report's effects follow as if it came
    alone; work is opened and people are told once, by where the journey stands after all of them.
    All are written or none. Otherwise as `record`. Raises UnknownJourney.
    """
    again_after_deadlock(partial(_record_reports, reports, actor=actor, now=now))


def _record_reports(
    reports: Mapping[UUID, Sequence[Event]], *, actor: Actor | None, now: datetime
) -> None:
    if len(reports) == 1:
        for journey_id, events in reports.items():
            _record(journey_id, *events, actor=actor, now=now)
        return
    with every_tenant(reason="reports concern every party of their journeys", actor=actor):
        found = read_all(list(reports), open_work_of)
        if len(found) < len(reports):
            raise UnknownJourney(str(reports.keys() - {each.journey.pk for each in found}))
        alone = {each.journey.pk for each in found if _goes_alone(each, reports)}
        others = [each for each in found if each.journey.pk not in alone]
        run(list(following_all(others, reports, actor=actor, now=now)))
        for journey_id in sorted(alone):
            _record(journey_id, *reports[journey_id], actor=actor, now=now)


def _goes_alone(found: Reading, reports: Mapping[UUID, Sequence[Event]]) -> bool:
    """The end of a journey tells its twin, which may be another one; side effects have reports."""
    told_of = {each.step for each in reports[found.journey.pk]}
    return RULE in found.journey.risk_rules or SAFETY in told_of


REASON = "an event concerns every party of its journey"


def _record(journey_id: UUID, *events: Event, actor: Actor | None, now: datetime) -> Journey:
    if len(events) == 1 and is_talk(events[0]):
        return _hear(journey_id, events[0], actor=actor, now=now)
    with holding(journey_id, open_work, reason=REASON, actor=actor) as found:
        if found is None:
            raise UnknownJourney(str(journey_id))
        _take_in(found, events, actor=actor, now=now)
        return found.journey


def _take_in(
    found: Reading, events: Sequence[Event], *, actor: Actor | None, now: datetime
) -> None:
    news = _news(found, events)
    if any(each.step == SAFETY for each in news):
        run(_learnt(found, news, actor=actor, now=now))
        graph = graph_of(found.journey.program_version_id)
        keep_safety_reports(found.journey, graph, [*found.events, *news])
    elif news:
        run_last(_learnt(found, news, actor=actor, now=now))


def _hear(journey_id: UUID, talk: Event, *, actor: Actor | None, now: datetime) -> Journey:
    """Record what moves no step: where its journey stands is not worked out again without need."""
    with glancing(
        journey_id, source=talk.source, event_id=talk.id, reason=REASON, actor=actor
    ) as found:
        if found is None:
            raise UnknownJourney(str(journey_id))
        if found.known or _stands(found, talk, now=now):
            run_last([] if found.known else _heard(found, talk, actor=actor, now=now))
            return found.journey
        whole = story_of(found, open_work)
        _take_in(whole, [talk], actor=actor, now=now)
        return whole.journey


def _stands(found: Glance, talk: Event, *, now: datetime) -> bool:
    its = found.journey
    last = Evaluated(its.last_event_at, its.refresh_at, its.risk_rules)
    zones = (each.party.time_zone for each in found.parties if each.role == PartyRole.PRACTICE)
    graph = graph_of(its.program_version_id)
    return stands_as_it_did(graph, talk, last, zone=next(zones, None), now=now)


def _heard(found: Glance, talk: Event, *, actor: Actor | None, now: datetime) -> list[Statement]:
    """What is to be written because of talk alone: itself, who is told, when it was heard."""
    journey = found.journey
    cast = Cast(journey, {each.role: each for each in found.parties}, routed={})
    row = inserting(_row(journey, talk, actor=actor, now=now), visible_at=VISIBLE_AT)
    journey.last_event_at = max(filter(None, (journey.last_event_at, talk.occurred_at)))
    heard = updating(journey, ("last_event_at",))
    return [row, *notices_of_words(cast, talk), heard, announcing(journey)]


def _news(found: Reading, events: Sequence[Event]) -> list[Event]:
    known = {(each.source, each.id) for each in found.events}
    return [numbered(each) for each in events if (each.source, each.id) not in known]


def refresh(journey_id: UUID, *, now: datetime) -> Journey:
    """Evaluate a journey anew because time has passed. Raises UnknownJourney."""
    return again_after_deadlock(partial(_refresh, journey_id, now=now))


def _refresh(journey_id: UUID, *, now: datetime) -> Journey:
    reason = "the clock concerns every party of its journey"
    with holding(journey_id, open_work, reason=reason) as found:
        if found is None:
            raise UnknownJourney(str(journey_id))
        run_last(_learnt(found, (), actor=None, now=now))
        return found.journey


def stored_events(journey: Journey) -> list[Event]:
    """Everything that was recorded, in the order we learnt it."""
    (rows,) = together(told(journey_id=journey.id))
    return events_of(rows)


def state_of(cast: Cast, graph: Graph, events: Sequence[Event], *, now: datetime) -> JourneyState:
    """Where the cast's journey stands after these events."""
    started_at = cast.journey.started_at
    return evaluate(
        graph,
        events,
        started_at=started_at,
        now=now,
        parties=cast.people(),
        observed=observations_of(cast.journey),
    )


def _learnt(
    found: Reading, news: Sequence[Event], *, actor: Actor | None, now: datetime
) -> list[Statement]:
    cast = cast_with(found.journey, found.parties, vendors=found.vendors)
    return following(found, cast, news, actor=actor, now=now)


def following_all(
    found: Sequence[Reading],
    reports: Mapping[UUID, Sequence[Event]],
    *,
    actor: Actor | None,
    now: datetime,
) -> Iterator[Statement]:
    """The same as `following` of journeys that are held together; none of them another's twin.

    Where there are `reports` of a journey, nothing follows unless one of them is new.
    """
    vendors = active({vendor_of(each.journey.program_version_id) for each in found})
    for each in found:
        events = reports.get(each.journey.pk, ())
        news = _news(each, events)
        if news or not events:
            cast = cast_with(each.journey, each.parties, vendors=vendors)
            yield from following(each, cast, news, actor=actor, now=now)


def following(
    found: Reading, cast: Cast, news: Sequence[Event], *, actor: Actor | None, now: datetime
) -> list[Statement]:
    """What is to be written because a journey learnt something, or because time has passed.

    Effects are carried out on the way. The caller holds the journey's lock.
    """
    journey = found.journey
    graph = graph_of(journey.program_version_id)
    events = [*found.events, *news]
    state = state_of(cast, graph, events, now=now)
    if follow_the_choice(cast, state, news, now=now):
        state = state_of(cast, graph, events, now=now)
    _carry_out_all(cast, found.events, news, state, now=now)
    event = news[-1] if news else None
    if not state.is_open and journey.closed_at is None:
        for twin, word in twins_without(journey, now=now):
            _record(twin, word, actor=None, now=now)
    # Whoever was brought in on the way sees these rows too.
    had = {item.key: item.owner_id for item in found.besides[0]}
    work = sync_work(cast, state, found.besides[0], now=now)
    work += notices_of(cast, state, event, had, now=now)
    rows = [_row(journey, each, actor=actor, now=now) for each in news]
    written = [inserting(each, visible_at=VISIBLE_AT) for each in rows]
    saved = projecting(journey, state, graph, events)
    return [*written, *work, *saved, announcing(journey)]


def _carry_out_all(
    cast: Cast,
    known: Sequence[Event],
    news: Sequence[Event],
    state: JourneyState,
    *,
    now: datetime,
) -> None:
    """Each event's own effects, in their order; `state` is the one after the last."""
    graph = graph_of(cast.journey.program_version_id)
    before: Mapping[str, StepState] | None = None
    for event in that_may_have_effects(graph, news, state):
        at = news.index(event)
        if before is None:
            before = _steps_of(cast, graph, [*known, *news[:at]], now=now)
        if at + 1 == len(news):
            after = state
        else:
            story = [*known, *news[: at + 1]]
            steps = _steps_of(cast, graph, story, now=now)
            if not may_set_off(graph, before, steps):
                before = steps
                continue
            after = state_of(cast, graph, story, now=now)
        for effect in effects_between(graph, before, after):
            _carry_out(cast, effect, event, now=now)
        before = after.steps


def _steps_of(
    cast: Cast, graph: Graph, events: Sequence[Event], *, now: datetime
) -> Mapping[str, StepState]:
    started_at = cast.journey.started_at
    return steps_with_effects(graph, events, started_at=started_at, now=now, parties=cast.people())


# The second part has passed since the transaction began, waiting for the lock included.
VISIBLE_AT = "%s::timestamptz + (clock_timestamp() - transaction_timestamp())"


def _row(journey: Journey, event: Event, *, actor: Actor | None, now: datetime) -> JourneyEvent:
    return JourneyEvent(
        organization_id=journey.organization_id,
        party_ids=journey.party_ids,
        journey=journey,
        kind=event.kind,
        step=event.step or "",
        status=event.status or "",
        reason=event.reason or "",
        body=to_json(event),
        source=event.source,
        source_name=event.source_name,
        source_event_id=event.id,
        transport=event.transport,
        actor_id=actor.user_id if actor else None,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        visible_at=max(now, event.received_at),
    )


def _carry_out(cast: Cast, effect: Effect, event: Event, *, now: datetime) -> None:
    if isinstance(effect, Send):
        # Nobody comes to a journey for a card: it goes with the referral.
        alone = effect.kind == "copay_card"
        party = cast.parties.get(effect.to) if alone else cast.bring_in(effect.to, now=now)
        if party is not None:
            queue_delivery(cast.journey, recipient=party.party, now=now)
    elif isinstance(effect, CallHandler):
        data = {**effect.data, "facts": event.facts, "note": event.note}
        handlers.call(effect.name, journey_id=cast.journey.id, data=data, now=now)


def announcing(journey: Journey) -> Statement:
    """Tell open pages, when this commits, which journey changed and for whom: ids only."""
    return telling_pages(journey.id, journey.party_ids)


def telling_pages(subject: UUID, organizations: Iterable[UUID]) -> Statement:
    """The same of whatever has this id."""
    news = {"journey": str(subject), "parties": [str(each) for each in organizations]}
    return Statement("select pg_notify(%s, %s)", [CHANNEL, json.dumps(news)])


def announce(journey: Journey) -> None:
    """The same, where nothing else is written with it."""
    run([announcing(journey)])
