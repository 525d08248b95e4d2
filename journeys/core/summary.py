"""The journey in a line: its headline, its next action, and how far it has come."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from journeys.core import sentences
from journeys.core.clocks import Around
from journeys.core.graph import STAGES, Graph
from journeys.core.sentences import Days
from journeys.core.state import NextAction, StepState


def headline(
    around: Around,
    steps: Mapping[str, StepState],
    lead: NextAction | None,
    completed_at: datetime | None,
    *,
    kept: bool = False,
) -> str:
    """Where the journey stands and who has it, in one sentence; with dates where it is kept."""
    days = Days(around.now, around.zone, kept)
    if lead is None:
        return sentences.completed_headline(completed_at or around.now, days)
    if lead.step in around.graph.private:
        who = sentences.name_of(lead.owner, around.parties)
        return sentences.follow_up_headline(who, lead.due_at, days)
    if lead.step is None or lead.key != lead.step:
        who = sentences.name_of(lead.owner, around.parties)
        return sentences.settle_headline(_subject(around, lead), who, lead.due_at, days)
    step = around.graph.by_key[lead.step]
    return sentences.headline(step, steps[lead.step], around.parties, days)


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
    return sentences.next_action(lead.action, who, lead.due_at, Days(around.now, around.zone))


def closed(around: Around, who: str, at: datetime, *, kept: bool = False) -> str:
    """The headline of a journey that was closed; with dates where it is kept."""
    return sentences.closed_headline(who, at, Days(around.now, around.zone, kept))


def stage(graph: Graph, steps: Mapping[str, StepState]) -> str:
    """How far the journey has come: the last milestone with none before it still open."""
    reached = STAGES[0]
    for milestone in STAGES:
        keys = graph.milestones.get(milestone, ())
        if not all(steps[key].over for key in keys):
            return reached
        reached = milestone if keys else reached
    return reached
