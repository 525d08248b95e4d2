"""The journey in a line: its headline, its next action, and how far it has come."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from journeys.core import sentences
from journeys.core.clocks import Around
from journeys.core.graph import STAGES, Graph
from journeys.core.state import NextAction, StepState


def headline(
    around: Around,
    steps: Mapping[str, StepState],
    lead: NextAction | None,
    completed_at: datetime | None,
) -> str:
    """Where the journey stands and who has it, in one sentence."""
    if lead is None:
        at = completed_at or around.now
        return sentences.completed_headline(at, now=around.now, zone=around.zone)
    if lead.step in around.graph.private:
        who = sentences.name_of(lead.owner, around.parties)
        return sentences.follow_up_headline(who, lead.due_at, now=around.now, zone=around.zone)
    if lead.step is None or lead.key != lead.step:
        who = sentences.name_of(lead.owner, around.parties)
        subject = _subject(around, lead)
        return sentences.settle_headline(
            subject, who, lead.due_at, now=around.now, zone=around.zone
        )
    step = around.graph.by_key[lead.step]
    state = steps[lead.step]
    return sentences.headline(step, state, around.parties, now=around.now, zone=around.zone)


def _subject(around: Around, lead: NextAction) -> str:
    if lead.step is None:
        return "a fact"
    step = around.graph.by_key[lead.step]
    return step.spoken or step.title


def next_action(around: Around, lead: NextAction | None) -> str:
    """Who does what by when, or nothing when nothing is left."""
    if lead is None:
        return ""
    if lead.step in around.graph.private:
        lead = replace(lead, action="Finish a follow-up")
    who = sentences.name_of(lead.owner, around.parties)
    return sentences.next_action(lead.action, who, lead.due_at, now=around.now, zone=around.zone)


def closed(around: Around, who: str, at: datetime) -> str:
    """The headline of a journey that was closed."""
    return sentences.closed_headline(who, at, now=around.now, zone=around.zone)


def stage(graph: Graph, steps: Mapping[str, StepState]) -> str:
    """How far the journey has come: the last milestone with none before it still open."""
    reached = STAGES[0]
    for milestone in STAGES:
        keys = graph.milestones.get(milestone, ())
        if not all(steps[key].over for key in keys):
            return reached
        reached = milestone if keys else reached
    return reached
