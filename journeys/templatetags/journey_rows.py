"""The rows of the list of journeys and of the work list.

Written out here and not in a template: a page holds fifty rows, and forty template nodes a row
cost five times what these lines do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from accounts.templatetags.components import icon, state
from accounts.templatetags.times import due, when
from journeys.domain.queries.journey_lists import JourneyRow
from journeys.domain.queries.work import WorkRow

register = template.Library()


NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Page:
    """What every row of a page says alike: looked up once, not fifty times."""

    now: datetime
    words: Mapping[str, str]
    addresses: Mapping[str, str]

    def address(self, name: str, id_: UUID) -> str:
        return self.addresses[name].replace(str(NOBODY), str(id_))

    def cell(self, label: str, shown: str) -> str:
        return f'<td data-label="{self.words[label]}">{shown}</td>'


def _page(now: datetime, *names: str) -> Page:
    words = {
        "due": gettext("Due"),
        "step": gettext("Step"),
        "state": gettext("State"),
        "next": gettext("Who is next"),
        "program": gettext("Program"),
        "ended": gettext("How it ended"),
        "when": gettext("When"),
        "action": gettext("Next action"),
        "who": gettext("Who has it"),
        "pick": gettext("Pick: {told}"),
        "take": gettext("Take"),
        "you": gettext("You"),
        "give": gettext("Give back"),
    }
    addresses = {name: reverse(name, args=[NOBODY]) for name in ("journey", *names)}
    return Page(now, words, addresses)


@register.simple_tag
def journey_rows(rows: Iterable[JourneyRow], *, which: str, now: datetime) -> SafeString:
    """The rows of one of the lists of journeys; of the closed ones, how each ended."""
    write, page = _ended if which == "closed" else _going, _page(now)
    return mark_safe("".join(write(row, page) for row in rows))  # noqa: S308  # escaped below


def _going(row: JourneyRow, page: Page) -> str:
    return (
        f'<tr class="row-linked">{page.cell("due", due(row.due_at, now=page.now))}'
        f"{_named(row, page)}{page.cell('step', escape(row.step))}"
        f"{page.cell('state', state(row.phase) + _risks(row.risks))}"
        f"{page.cell('next', escape(row.who))}{page.cell('program', escape(row.program))}</tr>"
    )


def _ended(row: JourneyRow, page: Page) -> str:
    how = (
        state("done", gettext("Complete"))
        if row.completed
        else state("skipped", gettext("Closed early"))
    )
    return (
        f'<tr class="row-linked">{_named(row, page)}{page.cell("ended", how)}'
        f"{page.cell('when', escape(when(row.closed_at)))}"
        f"{page.cell('program', escape(row.program))}</tr>"
    )


def _named(row: JourneyRow, page: Page) -> str:
    others = ""
    if row.news.others:
        told = ngettext(
            '{others} new<span class="visually-hidden"> notice</span>',
            '{others} new<span class="visually-hidden"> notices</span>',
            row.news.others,
        ).format(others=row.news.others)
        others = f'<span class="tag tag-news">{icon("bell", 12)}{told}</span>'
    return (
        f'<th scope="row"><a class="row-link" href="{page.address("journey", row.id)}">'
        f"{escape(row.patient)}</a>"
        f"{_urgent(row.urgent)}{_messages(row.news.messages)}{others}"
        f' <span class="cell-sub">{escape(row.number)}</span></th>'
    )


@register.simple_tag
def work_rows(
    rows: Sequence[WorkRow], *, here: str, now: datetime, csrf_token: str = ""
) -> SafeString:
    """The rows of the work list; ``here`` is the address that its buttons come back to."""
    hidden = (
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(csrf_token)}">'
        f'<input type="hidden" name="next" value="{escape(here)}">'
    )
    page = _page(now, "work_claim", "work_release")
    return mark_safe("".join(_work(row, hidden, page) for row in rows))  # noqa: S308  # escaped below


def _work(row: WorkRow, hidden: str, page: Page) -> str:
    told = f"{escape(row.action)}, {escape(row.patient)}"
    pick = page.words["pick"].format(told=told)
    tags = _messages(row.unread) + _urgent(row.urgent)
    return (
        f'<tr class="row-linked"><td class="shrink"><input class="row-pick" type="checkbox"'
        f' id="pick-{row.id}" name="item" value="{row.id}" form="bulk" hx-preserve="true"'
        f' aria-label="{pick}"></td>{page.cell("due", due(row.due_at, now=page.now))}'
        f'<th scope="row"><a id="work-{row.id}" class="row-link"'
        f' href="{page.address("journey", row.journey_id)}">'
        f'{escape(row.patient)}</a> <span class="cell-sub">{escape(row.program)} · '
        f'<span class="nowrap">{escape(row.number)}</span></span></th>'
        f"{page.cell('action', escape(row.action) + tags)}"
        f"{page.cell('step', escape(row.step))}"
        f"{page.cell('state', state(row.phase) + _risks(row.risks))}"
        f'<td class="shrink" data-label="{page.words["who"]}">{_taking(row, hidden, told, page)}'
        "</td></tr>"
    )


def _taking(row: WorkRow, hidden: str, told: str, page: Page) -> str:
    """Who has it, and the button that takes it or gives it back."""
    if row.mine:
        shown = f"<span>{page.words['you']}</span>{_button(page.words['give'], told)}"
    elif row.claimed_by:
        shown = f"<span>{escape(row.claimed_by)}</span>"
    else:
        shown = _button(page.words["take"], told)
    action = page.address("work_release" if row.mine else "work_claim", row.id)
    return f'<form class="inline-form" method="post" action="{action}">{hidden}{shown}</form>'


def _button(word: str, told: str) -> str:
    return (
        f'<button class="button button-small" type="submit">{word}'
        f'<span class="visually-hidden">: {told}</span></button>'
    )


def _urgent(urgent: bool) -> str:
    return f' <span class="tag">{icon("zap", 12)}{gettext("Urgent")}</span>' if urgent else ""


def _messages(unread: int) -> str:
    if not unread:
        return ""
    told = ngettext("{unread} new message", "{unread} new messages", unread).format(unread=unread)
    return f' <span class="tag tag-news">{icon("mail", 12)}{told}</span>'


def _risks(risks: str) -> str:
    if not risks:
        return ""
    mark = icon("triangle-alert", 12)
    return f' <span class="cell-sub cell-risk">{mark}{escape(risks)}</span>'
