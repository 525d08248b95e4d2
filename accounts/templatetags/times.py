"""How instants and days are written, in the zone of whoever reads them.

Written by hand: Django's ``date`` filter costs 23 µs a call, and a worklist makes hundreds.
"""

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from html import escape

from django import template
from django.utils import dates, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

register = template.Library()

# Offices say "ET" all year round, whether the clock is on standard or on daylight time.
SPOKEN_ZONES = {
    short + half + "T": short + "T" for short in ("E", "C", "M", "P", "AK", "H") for half in "SD"
}
MINUTE, HOUR, DAY = 60, 3600, 86400
DASH = "\N{EN DASH}"


@lru_cache(maxsize=8)
def _words(
    language: str | None,
) -> tuple[tuple[str, ...], tuple[str, ...], str, str, str, str]:
    """Weekdays, months, the two patterns of a day, and the two halves of it, in one language."""
    return (
        tuple(str(dates.WEEKDAYS_ABBR[number]) for number in range(7)),
        ("", *(str(dates.MONTHS_3[number]).title() for number in range(1, 13))),
        gettext("{weekday}, {month} {day}"),
        gettext("{weekday}, {month} {day}, {year}"),
        gettext("am"),
        gettext("pm"),
    )


def local(value: datetime) -> datetime:
    """The same instant on the reader's clock."""
    return value.astimezone(timezone.get_current_timezone())


def _written_day(value: date, *, this_year: int) -> str:
    weekdays, months, short, full, _, _ = _words(get_language())
    pattern = short if value.year == this_year else full
    return pattern.format(
        weekday=weekdays[value.weekday()],
        month=months[value.month],
        day=value.day,
        year=value.year,
    )


def _written_clock(here: datetime) -> str:
    halves = _words(get_language())[4:]
    return f"{here.hour % 12 or 12}:{here.minute:02d} {halves[here.hour >= 12]}"


def _this_year() -> int:
    return local(timezone.now()).year


@register.filter
def clock(value: datetime | None) -> str:
    """``2:10 pm`` on the reader's clock; empty for nothing."""
    return "" if value is None else _written_clock(local(value))


@register.filter
def day(value: date | datetime | None) -> str:
    """``Fri, Mar 6``, with the year when it is not this one; empty for nothing."""
    if value is None:
        return ""
    here = local(value) if isinstance(value, datetime) else value
    return _written_day(here, this_year=_this_year())


@register.filter
def when(value: datetime | None) -> str:
    """``Fri, Mar 6, 2:10 pm ET`` on the reader's clock; empty for nothing."""
    if value is None:
        return ""
    return _when(value, timezone.get_current_timezone(), _this_year(), get_language())


@register.filter
def dated(value: datetime) -> str:
    """``Fri, Mar 6, 2026, 2:10 pm ET``: with its year, for paper, which is read in any year."""
    return _when(value, timezone.get_current_timezone(), 0, get_language())


@lru_cache(maxsize=4096)
def _when(value: datetime, zone: tzinfo, this_year: int, language: str | None) -> str:
    """The same instants stand in every list, again and again."""
    here = value.astimezone(zone)
    written = _written_day(here, this_year=this_year)
    return f"{written}, {_written_clock(here)} {_spoken(here)}"


def zone_of(value: datetime) -> str:
    """``ET``: the reader's zone at that instant, as offices say it."""
    return _spoken(local(value))


def _spoken(here: datetime) -> str:
    zone = here.tzname() or ""
    return SPOKEN_ZONES.get(zone, zone)


@register.filter
def since(value: datetime, now: datetime | None = None) -> str:
    """``8:00 am`` of the same day, otherwise with its day, for something that has lasted since."""
    same_day = local(value).date() == local(now or timezone.now()).date()
    return clock(value) if same_day else when(value)


def span(seconds: float) -> str:
    """A length of time in its largest fitting unit: ``14 h``, ``3 days``, ``5 weeks``."""
    if seconds < HOUR:
        return _span("min", max(1, round(seconds / MINUTE)), get_language())
    if seconds < 36 * HOUR:
        return _span("h", round(seconds / HOUR), get_language())
    days = round(seconds / DAY)
    if days < 14:
        return _span("day", days, get_language())
    if days < 63:
        return _span("week", round(days / 7), get_language())
    return _span("month", round(days / 30.4), get_language())


@lru_cache(maxsize=512)
def _span(unit: str, count: int, language: str | None) -> str:
    match unit:
        case "min":
            pattern = gettext("{count} min")
        case "h":
            pattern = gettext("{count} h")
        case "day":
            pattern = ngettext("{count} day", "{count} days", count)
        case "week":
            pattern = ngettext("{count} week", "{count} weeks", count)
        case _:
            pattern = ngettext("{count} month", "{count} months", count)
    return pattern.format(count=count)


def _apart(value: datetime, now: datetime) -> str:
    """How far two instants are apart: from a day and a half to two weeks in the reader's days."""
    seconds = abs((now - value).total_seconds())
    days = abs((local(value).date() - local(now).date()).days)
    in_days = seconds >= 36 * HOUR and days < 14
    return _span("day", days, get_language()) if in_days else span(seconds)


@register.filter
def ago(value: datetime | None, now: datetime | None = None) -> str:
    """``2 h ago``, ``in 3 days`` or ``just now``, as seen from ``now``; empty for nothing."""
    if value is None:
        return ""
    moment_now = now or timezone.now()
    passed = (moment_now - value).total_seconds()
    if abs(passed) < MINUTE:
        return gettext("just now")
    if passed > 0:
        return gettext("{span} ago").format(span=_apart(value, moment_now))
    return gettext("in {span}").format(span=_apart(value, moment_now))


def day_word(value: date | datetime | None) -> str:
    """``Today``, ``Yesterday``, ``Tomorrow`` or the day itself, for headings of a day's entries."""
    if value is None:
        return ""
    today = local(timezone.now()).date()
    here = local(value).date() if isinstance(value, datetime) else value
    words = {
        today: gettext("Today"),
        today - timedelta(days=1): gettext("Yesterday"),
        today + timedelta(days=1): gettext("Tomorrow"),
    }
    return words.get(here, "") or day(here)


@register.filter
def late_by(learnt_at: datetime, occurred_at: datetime) -> str:
    """``14 h`` between what happened and when we learnt it; empty when under five minutes."""
    gap = (learnt_at - occurred_at).total_seconds()
    return span(gap) if gap >= 5 * MINUTE else ""


@register.simple_tag
def moment(value: datetime | None, *, now: datetime | None = None) -> SafeString | str:
    """An instant in both ways, the absolute one first, machine-readable."""
    if value is None:
        return ""
    return format_html(
        '<time class="moment" datetime="{}">{} <span class="quiet">{}</span></time>',
        value.isoformat(),
        when(value),
        ago(value, now),
    )


@register.simple_tag
def due(value: datetime | None, *, now: datetime | None = None) -> SafeString | str:
    """When something is due, in both ways; what is late says so in words, not by colour alone."""
    if value is None:
        return ""
    moment_now = now or timezone.now()
    left = (value - moment_now).total_seconds()
    tone, relative = ("due-ahead", ago(value, moment_now))
    if left < 0:
        tone, relative = "due-late", gettext("{span} late").format(span=_apart(value, moment_now))
    elif left < DAY:
        tone = "due-soon"
    # Written out, for lists are full of them; escaped though nothing that a person wrote is in it.
    return mark_safe(  # noqa: S308  # escaped
        f'<time class="due {tone}" datetime="{value.isoformat()}">'
        f'<span class="due-relative">{escape(relative)}</span> '
        f'<span class="due-absolute">{escape(when(value))}</span></time>'
    )


@register.simple_tag
def days_between(low: date | None, high: date | None) -> str:
    """A range of days as short as it can be: "Mar 18 to 24", in figures with a dash."""
    if low is None or high is None:
        return ""
    months = _words(get_language())[1]
    first = f"{months[low.month]} {low.day}"
    if low == high:
        return first
    if (low.year, low.month) == (high.year, high.month):
        return f"{first} {DASH} {high.day}"
    return f"{first} {DASH} {months[high.month]} {high.day}"
