"""The story of a journey, newest first and grouped by day.

Written out here and not in a template: a page holds forty entries and more, and thirty template
nodes an entry cost ten times what these lines do. The rare parts stay templates.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Protocol

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from accounts.templatetags.components import icon
from accounts.templatetags.paths import entry_icon, way
from accounts.templatetags.times import clock, day_word, late_by, local, when, zone_of

register = template.Library()


class Fact(Protocol):
    @property
    def label(self) -> str: ...
    @property
    def value(self) -> Any: ...


class Entry(Protocol):
    """What journeys.core.timeline gives, its facts' values in words."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def learnt_late_by(self) -> timedelta | None: ...
    @property
    def set_in_motion(self) -> Sequence[str]: ...
    @property
    def facts(self) -> Sequence[Fact]: ...
    @property
    def columns(self) -> Sequence[Any]: ...
    @property
    def proposal(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def transport(self) -> str: ...
    @property
    def unplaced_why(self) -> str: ...
    @property
    def read_by(self) -> Sequence[str]: ...
    @property
    def unread_by(self) -> Sequence[str]: ...
    @property
    def reported(self) -> int: ...


class Paper(Protocol):
    """A file that goes with an entry: where it is had, and what it is in a few words."""

    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def about(self) -> str: ...


NO_PAPERS: Mapping[str, Sequence[Paper]] = {}


def escape(text: Any) -> str:
    """As Django escapes, without looking for lazy or safe texts: none come here."""
    return html.escape(str(text))


@register.simple_tag
def story(
    entries: Iterable[Entry],
    *,
    settle_url: str = "",
    papers: Mapping[str, Sequence[Paper]] = NO_PAPERS,
) -> SafeString:
    """Every entry under its day.

    ``settle_url`` is where a disagreement is settled; ``papers`` go with an entry, by its key.
    """

    def on(entry: Entry) -> date:
        return local(entry.occurred_at).date()

    days = (
        f'<section class="story-day"><h3>{escape(day_word(day))} · {_zone(told[0])}</h3>'
        f'<ol class="entries">{"".join(_entry(each, settle_url, papers) for each in told)}</ol>'
        "</section>"
        for day, told in ((day, list(told)) for day, told in groupby(entries, key=on))
    )
    return mark_safe(f'<div class="story">{"".join(days)}</div>')  # noqa: S308  # escaped below


def _zone(entry: Entry) -> str:
    """Whose clock the times of a day are on."""
    return escape(gettext("times in {zone}").format(zone=zone_of(entry.occurred_at)))


def _entry(entry: Entry, settle_url: str, papers: Mapping[str, Sequence[Paper]]) -> str:
    at = entry.occurred_at
    disputed = " entry-conflict" if entry.columns else ""
    return (
        f'<li class="entry{disputed}" id="entry-{escape(entry.key)}">'
        f'<time class="entry-clock" datetime="{at.isoformat()}">{clock(at)}</time>'
        f'<span class="entry-mark">{entry_icon("conflict" if disputed else entry.kind)}</span>'
        f'<div class="entry-words"><p class="entry-what">{escape(entry.what)}</p>'
        f'<p class="entry-who">{escape(entry.who)} {escape(way(entry.transport))}{_late(entry)}'
        f"{_again(entry.reported)}</p>"
        f"{_facts(entry.facts)}{_note(entry.note)}{_papers(papers.get(entry.key, ()))}"
        f"{_readers(entry.read_by, entry.unread_by)}"
        f"{_rare(entry, settle_url)}"
        f"{_moved(entry.set_in_motion)}</div></li>"
    )


def _late(entry: Entry) -> str:
    if not entry.learnt_late_by:
        return ""
    late = gettext("reported {late} late").format(
        late=late_by(entry.received_at, entry.occurred_at)
    )
    return (
        f' <span class="entry-late">· {icon("history", 12)}{escape(late)},'
        f" {escape(when(entry.received_at))}</span>"
    )


def _again(reported: int) -> str:
    if reported == 1:
        return ""
    words = gettext("reported {count} times").format(count=reported)
    return f" · {escape(words)}"


def _facts(facts: Sequence[Fact]) -> str:
    if not facts:
        return ""
    told = (
        f"<div><dt>{escape(fact.label)}</dt> <dd>{escape(fact.value)}</dd></div>" for fact in facts
    )
    return f'<dl class="entry-facts">{"".join(told)}</dl>'


def _note(note: str) -> str:
    return f'<p class="entry-note">{escape(note)}</p>' if note else ""


def _papers(papers: Sequence[Paper]) -> str:
    return "".join(
        f'<p class="entry-paper">{icon("paperclip", 14)}'
        f'<a href="{escape(paper.url)}" download>{escape(paper.title)}</a>'
        f' <span class="quiet">({escape(paper.about)})</span></p>'
        for paper in papers
    )


def _readers(read: Sequence[str], unread: Sequence[str]) -> str:
    told = []
    if read:
        told.append(gettext("Read by {names}").format(names=", ".join(read)))
    if unread:
        told.append(gettext("Not read yet by {names}").format(names=", ".join(unread)))
    return f'<p class="entry-who">{escape(" · ".join(told))}</p>' if told else ""


def _moved(moved: Sequence[str]) -> str:
    if not moved:
        return ""
    mark = icon("corner-down-right", 14)
    return (
        f'<ul class="entry-moved">{"".join(f"<li>{mark}{escape(one)}</li>" for one in moved)}</ul>'
    )


def _rare(entry: Entry, settle_url: str) -> str:
    """A disagreement's sides, and why a report moved nothing."""
    told = ""
    if entry.columns:
        settled = any(side.chosen for side in entry.columns)
        sides = {
            "sides": entry.columns,
            "proposal": "" if settled else entry.proposal,
            "settle_url": "" if settled else settle_url,
        }
        told += render_to_string("components/sides.html", sides)
    if entry.unplaced_why:
        told += render_to_string("components/notice.html", {"text": entry.unplaced_why})
    return told
