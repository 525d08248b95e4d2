"""The rows of the list of journeys and of the work list.

Written out here and not in a template: a page holds fifty rows, and forty template nodes a row
cost five times what these lines do.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from accounts.templatetags.components import icon, state
from accounts.templatetags.times import due, when
from journeys.domain.queries.journeys import JourneyRow
from journeys.domain.queries.work import WorkRow

register = template.Library()


@register.simple_tag
def journey_rows(rows: Iterable[JourneyRow], *, which: str, now: datetime) -> SafeString:
    """The rows of one of the lists of journeys; of the closed ones, how each ended."""
    write = _ended if which == "closed" else _going
    return mark_safe("".join(write(row, now) for row in rows))  # noqa: S308  # escaped below


def _going(row: JourneyRow, now: datetime) -> str:
    return (
        f'<tr class="row-linked">{_cell(gettext("Due"), due(row.due_at, now=now))}'
        f"{_named(row)}{_cell(gettext('Step'), escape(row.step))}"
        f"{_cell(gettext('State'), state(row.phase) + _risks(row.risks))}"
        f"{_cell(gettext('Who is next'), escape(row.who))}"
        f"{_cell(gettext('Program'), escape(row.program))}</tr>"
    )


def _ended(row: JourneyRow, _now: datetime) -> str:
    how = (
        state("done", gettext("Complete"))
        if row.completed
        else state("skipped", gettext("Closed early"))
    )
    return (
        f'<tr class="row-linked">{_named(row)}{_cell(gettext("How it ended"), how)}'
        f"{_cell(gettext('When'), escape(when(row.closed_at)))}"
        f"{_cell(gettext('Program'), escape(row.program))}</tr>"
    )


def _named(row: JourneyRow) -> str:
    others = ""
    if row.news.others:
        told = ngettext(
            '{others} new<span class="visually-hidden"> notice</span>',
            '{others} new<span class="visually-hidden"> notices</span>',
            row.news.others,
        ).format(others=row.news.others)
        others = f'<span class="tag tag-news">{icon("bell", 12)}{told}</span>'
    return (
        f'<th scope="row"><a class="row-link" href="{_page_of(row.id)}">{escape(row.patient)}</a>'
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
    return mark_safe("".join(_work(row, hidden, now) for row in rows))  # noqa: S308  # escaped below


def _work(row: WorkRow, hidden: str, now: datetime) -> str:
    told = f"{escape(row.action)}, {escape(row.patient)}"
    pick = gettext("Pick: {told}").format(told=told)
    tags = _messages(row.unread) + _urgent(row.urgent)
    return (
        f'<tr class="row-linked"><td class="shrink"><input class="row-pick" type="checkbox"'
        f' id="pick-{row.id}" name="item" value="{row.id}" form="bulk" hx-preserve="true"'
        f' aria-label="{pick}"></td>{_cell(gettext("Due"), due(row.due_at, now=now))}'
        f'<th scope="row"><a id="work-{row.id}" class="row-link" href="{_page_of(row.journey_id)}">'
        f'{escape(row.patient)}</a> <span class="cell-sub">{escape(row.program)} · '
        f'<span class="nowrap">{escape(row.number)}</span></span></th>'
        f"{_cell(gettext('Next action'), escape(row.action) + tags)}"
        f"{_cell(gettext('Step'), escape(row.step))}"
        f"{_cell(gettext('State'), state(row.phase) + _risks(row.risks))}"
        f'<td class="shrink" data-label="{gettext("Who has it")}">{_taking(row, hidden, told)}</td>'
        "</tr>"
    )


def _taking(row: WorkRow, hidden: str, told: str) -> str:
    """Who has it, and the button that takes it or gives it back."""
    name = "work_release" if row.mine else "work_claim"
    if row.mine:
        shown = f"<span>{gettext('You')}</span>{_button(gettext('Give back'), told)}"
    elif row.claimed_by:
        shown = f"<span>{escape(row.claimed_by)}</span>"
    else:
        shown = _button(gettext("Take"), told)
    action = reverse(name, args=[row.id])
    return f'<form class="inline-form" method="post" action="{action}">{hidden}{shown}</form>'


def _button(word: str, told: str) -> str:
    return (
        f'<button class="button button-small" type="submit">{word}'
        f'<span class="visually-hidden">: {told}</span></button>'
    )


def _page_of(journey_id: object) -> str:
    return reverse("journey", args=[journey_id])


def _cell(label: str, shown: str) -> str:
    return f'<td data-label="{label}">{shown}</td>'


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
