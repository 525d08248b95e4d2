"""Tell each organization what changed for it: rows, once each, read by its people."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from accounts.plans import Plan, execution
from accounts.rows import inserting
from accounts.writing import Statement, say
from journeys.core.events import Event
from journeys.core.state import JourneyState, NextAction
from journeys.core.visibility import ALL_SEEING
from journeys.domain.parties import Cast
from journeys.enums import NoticeKind
from journeys.models import Delivery, Journey, Notice
from journeys.rules import MISSING

REMINDERS = ("contacted_1", "contacted_2", "contacted_3")
LONGEST_KEY = 240
ANSWERED = Plan(
    "update journeys_notice set answered_at = $1 where journey_id = $2"
    " and organization_id = any($3) and kind = 'message' and asks and answered_at is null"
)
FORM_DONE = Plan("update journeys_notice set settled = true where draft_id = $1 and not settled")
OVER = Plan(
    "update journeys_notice set settled = true where organization_id = $1 and journey_id = $2"
    " and kind = any($3) and starts_with(key, $4) and not settled"
)
OF_WORK = [NoticeKind.WORK.value, NoticeKind.RETURNED.value, NoticeKind.CONFLICT.value]
UNASKED = Plan("update journeys_notice set asks = false where journey_id = $1 and key = $2")


def tell_of_form(draft_id: UUID, *, organization_id: UUID, source_name: str, now: datetime) -> None:
    """A hub has left a practice a form that it keyed, to be completed, signed and sent."""
    Notice.objects.create(
        organization_id=organization_id,
        draft_id=draft_id,
        kind=NoticeKind.KEYED,
        key="keyed",
        source_name=source_name,
        at=now,
    )


def settle_form(draft_id: UUID) -> None:
    """The form was sent or withdrawn: it waits for nobody."""
    say(execution(FORM_DONE, [draft_id]))


def tell_no_more_of(draft_id: UUID) -> None:
    """The form is gone, and so is the news of it."""
    Notice.objects.filter(draft_id=draft_id).delete()


def tell_of_delivery(
    journey: Journey, delivery: Delivery, *, key: str, organization_id: UUID, now: datetime
) -> None:
    """Somebody has to call its recipient: it was refused, or could not be handed over."""
    Notice.objects.create(
        organization_id=organization_id,
        journey=journey,
        kind=NoticeKind.WORK,
        key=f"{key}:{now.isoformat()}",
        step=journey.step,
        source_name=delivery.recipient.name,
        at=now,
    )


def notices_of(
    cast: Cast,
    state: JourneyState,
    event: Event | None,
    had: Mapping[str, UUID],
    *,
    now: datetime,
) -> list[Statement]:
    """The notices of one change, to be written with it.

    `had` is who had which open work before; the journey still has its earlier projection. An
    organization hears nothing of what it did itself. The same news again writes nothing, and of
    work that is over nobody has to read.
    """
    found = [
        *_of_work(cast, state, had, event, now=now),
        *_of_reminders(cast, state, now=now),
        *_of_risks(cast, state, now=now),
    ]
    if not state.is_open and cast.journey.closed_at is None:
        found += _of_end(cast, now=now)
    over = _of_what_is_over(cast, state, had)
    return [*over, *notices_of_words(cast, event), *_told(cast, found, event)]


def notices_of_words(cast: Cast, event: Event | None) -> list[Statement]:
    """Those that an event brings because somebody wrote it to others, whatever it changes."""
    if event is None or event.kind != "message":
        return []
    settling = _unasking(cast, event) if event.chosen else _answering(cast, event)
    return [settling, *_told(cast, _of_message(cast, event), event)]


def _of_what_is_over(
    cast: Cast, state: JourneyState, had: Mapping[str, UUID]
) -> Iterator[Statement]:
    have = {(action.key, _owner_of(cast, action)) for action in state.actions}
    for key, owner_id in had.items():
        if (key, owner_id) not in have:
            yield execution(OVER, [owner_id, cast.journey.pk, OF_WORK, f"{key}:"])


def _owner_of(cast: Cast, action: NextAction) -> UUID:
    """Where the program names nobody the hub has it."""
    return cast.parties.get(action.owner, cast.parties["hub"]).party_id


def _told(cast: Cast, found: Iterable[Notice], event: Event | None) -> list[Statement]:
    return [_telling(cast, each, event) for each in found if not _own(cast, each, event)]


def _telling(cast: Cast, notice: Notice, event: Event | None) -> Statement:
    notice.journey = cast.journey
    notice.source_name = event.source_name if event else ""
    return inserting(notice, once=True)


def _own(cast: Cast, notice: Notice, event: Event | None) -> bool:
    """Whether the organization brought about by itself what it would be told of."""
    if event is None:
        return False
    return notice.organization_id in _speakers(cast, event)


def _speakers(cast: Cast, event: Event) -> set[UUID]:
    """The organization whose word the event is, as far as it takes part."""
    parties = cast.parties.values()
    return {each.party_id for each in parties if each.party.slug == event.source}


def _of_work(
    cast: Cast,
    state: JourneyState,
    had: Mapping[str, UUID],
    event: Event | None,
    *,
    now: datetime,
) -> Iterator[Notice]:
    cause = event.ref if event else now.isoformat()
    for action in state.actions:
        owner_id = _owner_of(cast, action)
        if had.get(action.key) == owner_id:
            continue
        kind = NoticeKind.WORK if action.key == action.step else NoticeKind.CONFLICT
        if action.key == MISSING:
            kind = NoticeKind.RETURNED
        yield Notice(
            organization_id=owner_id,
            kind=kind,
            key=f"{action.key}:{cause}"[:LONGEST_KEY],
            step=action.step or "",
            at=now,
        )


def _of_reminders(cast: Cast, state: JourneyState, *, now: datetime) -> Iterator[Notice]:
    """What was asked for and has not come: a notice for each attempt, as each person hears."""
    step, practice = state.steps.get(MISSING), cast.parties.get("practice")
    if step is None or practice is None or step.opened_at is None:
        return
    if step.acts == "practice" and step.status in REMINDERS:
        yield Notice(
            organization_id=practice.party_id,
            kind=NoticeKind.RETURNED,
            key=f"{MISSING}:{step.status}:{step.opened_at.isoformat()}"[:LONGEST_KEY],
            step=MISSING,
            at=now,
        )


def _of_risks(cast: Cast, state: JourneyState, *, now: datetime) -> Iterator[Notice]:
    """Rules that did not hold yet when the journey was last saved; a disagreement tells itself."""
    known = {*cast.journey.risk_rules, "R8"}
    for risk in state.risks:
        party = cast.parties.get(risk.who)
        if risk.rule in known or party is None:
            continue
        yield Notice(
            organization_id=party.party_id,
            kind=NoticeKind.AT_RISK,
            key=f"{risk.rule}:{risk.step}:{risk.by.isoformat()}"[:LONGEST_KEY],
            step=risk.step or "",
            at=now,
        )


def _of_message(cast: Cast, event: Event) -> Iterator[Notice]:
    """Everyone who may read it; those it is addressed to are asked, else those who read all."""
    asked = event.to or ALL_SEEING
    for role in {*ALL_SEEING, *event.to} & set(cast.parties):
        yield Notice(
            organization_id=cast.parties[role].party_id,
            kind=NoticeKind.MESSAGE,
            key=event.ref,
            step=event.step or "",
            at=event.received_at,
            asks=role in asked and not event.chosen,
        )


def _answering(cast: Cast, event: Event) -> Statement:
    """Who writes has answered what was asked of them here before."""
    asked = [cast.journey.pk, list(_speakers(cast, event))]
    return execution(ANSWERED, [event.received_at, *asked])


def _unasking(cast: Cast, event: Event) -> Statement:
    """Nobody owes an answer to what is taken back."""
    return execution(UNASKED, [cast.journey.pk, event.chosen])


def _of_end(cast: Cast, *, now: datetime) -> Iterator[Notice]:
    for party in {party.party_id for party in cast.parties.values()}:
        yield Notice(organization_id=party, kind=NoticeKind.ENDED, key="ended", at=now)
