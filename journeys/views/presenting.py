"""What a journey's page says, made into words once: its template only places them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.models import Organization
from accounts.templatetags.components import phone
from accounts.templatetags.times import ago, day, when
from journeys.core.case_owner import CaseOwner
from journeys.core.path import Picture, layout
from journeys.core.plain_words import Language, for_patient
from journeys.core.state import StepState
from journeys.core.timeline import Entry, FactLine
from journeys.core.visibility import (
    ALL_SEEING,
    sees_step,
    visible_actions,
    visible_facts,
    visible_risks,
    visible_step,
)
from journeys.domain.attaching import AttachedPaper
from journeys.domain.queries.intake import questions_of
from journeys.domain.queries.journeys import Story
from journeys.enums import PartyRole
from journeys.forms import facts
from journeys.models import Journey
from journeys.rules import SAFETY, may_report
from journeys.views import hand_overs

Pairs = list[tuple[str, str]]
# Told in the head of the page already, or in the list of what is to be corrected.
TOLD_ELSEWHERE = frozenset({"urgent", facts.CORRECTIONS})


@dataclass(frozen=True)
class Action:
    """One thing somebody has to do, with who it is."""

    who: str
    action: str
    step: str
    phase: str
    due_at: datetime
    taken_by: str
    mine: bool


def head_facts(story: Story) -> Pairs:
    """What tells this journey from another, side by side under its headline."""
    journey = story.journey
    program = journey.program_version.program
    payer = story.state.facts.get("payer_name")
    rows = [
        (_("Born"), date_format(journey.patient_born_on, "M j, Y")),
        (_("Program"), f"{program.name} ({program.product})"),
        (_("Prescriber"), journey.prescriber_name),
        (_("Payer"), str(payer.value) if payer else ""),
        (_("Journey"), journey.number),
        (_("Started"), when(journey.started_at)),
    ]
    return [(label, value) for label, value in rows if value]


def entries(story: Story) -> list[Entry]:
    """The story with its facts' values in words."""
    return [
        replace(
            entry,
            facts=_worded(entry.facts, story),
            columns=tuple(
                replace(side, facts=_worded(side.facts, story)) for side in entry.columns
            ),
        )
        if entry.facts or entry.columns
        else entry
        for entry in story.entries()
    ]


@dataclass(frozen=True)
class PaperLink:
    """A paper of a message, as the story shows it."""

    url: str
    title: str
    about: str


def papers(story: Story) -> dict[str, list[PaperLink]]:
    """What goes with each message; an entry that a reader may not see is not written out."""
    return {
        ref: [
            PaperLink(reverse("handed_document", args=[each.id]), each.title, _kind(each))
            for each in attached
        ]
        for ref, attached in story.papers.items()
    }


def _kind(paper: AttachedPaper) -> str:
    if paper.content_type != "application/pdf":
        return _("picture")
    pages = ngettext("{pages} page", "{pages} pages", paper.pages).format(pages=paper.pages)
    return f"PDF, {pages}"


def _worded(lines: tuple[FactLine, ...], story: Story) -> tuple[FactLine, ...]:
    return tuple(replace(line, value=_value(line, story)) for line in lines)


def _value(line: FactLine, story: Story) -> str:
    if line.name != facts.CORRECTIONS:
        return facts.shown(line.name, line.value)
    questions = questions_of(story.journey.program_version_id)
    return facts.shown(line.name, line.value, questions=questions)


def actions(story: Story) -> list[Action]:
    """Everything open, what decides the end first: the same list for every reader.

    Before all comes whom the practice or the hub has to call, for the step itself cannot go on.
    """
    names = {role: organization.name for role, organization in story.parties().items()}
    people = story.cast.people()
    found = list(_calls(story)) if story.viewer in ALL_SEEING else []
    for each in visible_actions(story.graph, story.state, story.viewer):
        step = story.state.steps.get(each.step or "")
        known = people.get(each.owner)
        found.append(
            Action(
                who=names.get(each.owner) or (known.name if known else each.owner),
                action=each.action,
                step=step.title if step else "",
                phase=step.phase if step and each.key == each.step else "conflict",
                due_at=each.due_at,
                taken_by=story.takers.get(each.key, ""),
                mine=each.owner in story.roles,
            )
        )
    return found


def _calls(story: Story) -> Iterator[Action]:
    parties = {party.pk: (role, party.name) for role, party in story.parties().items()}
    for each in story.calls:
        role, name = parties.get(each.owner_id, ("", ""))
        yield Action(
            who=name,
            action=each.action,
            step="",
            phase="blocked",
            due_at=each.due_at,
            taken_by=each.taken_by,
            mine=role in story.roles,
        )


def goal(story: Story) -> str:
    """What the expected days at the path's end are about."""
    return story.graph.path[-1].title


def picture(story: Story) -> Picture:
    return layout(story.graph, story.state, parties=story.cast.people(), viewer=story.viewer)


def path_notes(story: Story, *, now: datetime) -> dict[str, str]:
    """A few words under each station: what came out, who has it, or why it is left out."""
    seen = {
        key: visible_step(story.graph, state, story.viewer)
        for key, state in story.state.steps.items()
    }
    return {key: note for key, state in seen.items() if (note := _note(state, now=now))}


def _note(state: StepState, *, now: datetime) -> str:
    if state.phase == "skipped":
        return state.skipped_why
    if state.phase == "blocked":
        return state.blocked_why
    if state.phase == "done":
        return day(state.settled_at)
    if state.phase in ("now", "waiting", "at_risk") and state.due_at:
        words = _("due {when}") if state.due_at > now else _("was due {when}")
        return words.format(when=ago(state.due_at, now))
    return ""


def known_facts(story: Story) -> Pairs:
    """What is known and undisputed, for this reader."""
    return [
        (facts.field_of(fact.name).label, facts.shown(fact.name, fact.value))
        for fact in visible_facts(story.state, story.viewer)
        if fact.name not in TOLD_ELSEWHERE and fact.value not in ("", None)
    ]


def contacts(story: Story, *, now: datetime) -> list[dict[str, Any]]:
    """Who takes part, with a name, a number and hours: never a journey without a contact."""
    return [
        {
            "name": party.contact_name or party.name,
            "organization": party.name if party.contact_name else "",
            "role": str(PartyRole(role).label).lower(),
            "phone": phone(party.phone),
            "hours": party.contact_hours,
            **(_case_owner(story.owner, party, now=now) if role == PartyRole.HUB else {}),
        }
        for role, party in story.parties().items()
    ]


def _case_owner(owner: CaseOwner, hub: Organization, *, now: datetime) -> dict[str, str]:
    """Whom to call about this journey today, in place of the hub's own line."""
    told = {"after_hours": owner.after_hours}
    today = now.astimezone(ZoneInfo(hub.time_zone)).date()
    person = owner.reached(on=today)
    if owner.is_away(on=today):
        words = _("{owner} has this case and is away until {day}.")
        told["note"] = words.format(owner=owner.person.name, day=day(owner.away_until))
    if not person.name:
        return told
    return {
        **told,
        "name": person.name,
        "organization": hub.name,
        "role": _("covers this case") if "note" in told else _("has this case"),
        "phone": phone(person.phone or hub.phone),
        "hours": person.hours or hub.contact_hours,
    }


def plain(story: Story, *, now: datetime) -> dict[str, str]:
    """What the patient can be told, in English and in Spanish."""
    people = story.cast.people()
    languages: tuple[Language, ...] = ("en", "es")
    lacking = hand_overs.lacked(story)
    return {
        each: for_patient(story.state, each, parties=people, now=now, lacking=lacking)
        for each in languages
    }


def step_options(story: Story, *, chosen: str) -> SafeString:
    """The steps a message may be about; the one that is open first stands chosen."""
    known = [step for step in story.graph.order if sees_step(story.viewer, step)]
    wanted = [chosen, *story.state.current]
    first = next((key for key in wanted if key in story.graph.by_key), "")
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (
                step.key,
                mark_safe(" selected") if step.key == first else "",
                step.title,
            )  # a constant
            for step in known
        ),
    )


def risks(story: Story) -> list[dict[str, Any]]:
    """Why it may slip, who has it and by when; not what this reader's role may not know."""
    names = story.cast.people()
    return [
        {
            "why": risk.why,
            "who": names[risk.who].name if risk.who in names else risk.who,
            "by": risk.by,
        }
        for risk in visible_risks(story.graph, story.state, story.viewer)
    ]


# Papers that a step has come to be about, with where they are had.
_ACCESS_PAPERS = (
    ("benefit_verification", ("done",), "benefits"),
    ("prior_authorization", ("now", "waiting", "at_risk", "done", "blocked"), "request"),
    ("appeal", ("now", "waiting", "at_risk", "blocked"), "letter"),
)


def access_papers(story: Story) -> list[dict[str, str]]:
    """What of the access work is had on paper by the practice and the hub, by now."""
    if story.viewer not in (PartyRole.PRACTICE, PartyRole.HUB):
        return []
    labels = {
        "benefits": _("Summary of benefits (PDF)"),
        "request": _("Prior authorization request"),
        "letter": _("Draft letter of medical necessity (PDF)"),
    }
    id_ = story.journey.id
    return [
        {
            "label": labels[kind],
            "url": reverse("authorization_request", args=[id_])
            if kind == "request"
            else reverse("journey_paper", args=[id_, kind]),
        }
        for step, phases, kind in _ACCESS_PAPERS
        if step in story.state.steps and story.state.steps[step].phase in phases
    ]


def safety_url(story: Story, actor: Actor) -> str:
    """Where this reader reports a side effect or a complaint: at any time, from every view."""
    step = story.state.steps.get(SAFETY)
    if step is None or not may_report(actor, story.state, step, roles=story.roles):
        return ""
    return reverse("journey_safety", args=[story.journey.id]) + "?status=captured"


def safety_link(journey: Journey, actor: Actor) -> str:
    """The same on a page that has not read the journey's story; the form itself asks the rules."""
    if not actor.may(Permission.SAFETY_REPORT):
        return ""
    return reverse("journey_safety", args=[journey.pk]) + "?status=captured"
