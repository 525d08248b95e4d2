"""What conditions and moments may read besides facts: worked out, never reported."""

from datetime import date, datetime, timedelta

from journeys.core.coming_coverage import ON, VERIFIED
from journeys.core.payer_clocks import clock_by_law
from journeys.core.supply import Fill, fills_of, runs_out_on
from journeys.core.walking import Walk
from programs.core.conditions import date_of

DENIED = "prior_authorization_determination"
# From mid-November plans for the next year are known, and new cards are on their way.
REVERIFY_FROM = (11, 15)
_VERIFIED = ("unchanged", "changed")

DERIVED = {
    "runs_out_on": "First day without medicine",
    "reverify_from_on": "Benefits are verified again from",
    "appeal_deadline_on": "Last day to appeal",
    "coverage_to_verify": "Another insurance is to be verified ahead",
    "rems_lapsed": "Safety program authorization has ended",
}


def before_the_path(on: Walk) -> None:
    """Whether what allows dispensing has lapsed by now, and whether an insurance is to come."""
    if (day := on.values.get(ON)) and day != on.values.get(VERIFIED):
        on.values["coverage_to_verify"] = True
    until = date_of(on.values.get("rems_authorized_until_on"))
    if until:
        lapses = on.calendar.midnight(until + timedelta(days=1))
        on.values["rems_lapsed"] = on.has_come(lapses)


def beside_the_path(on: Walk) -> tuple[Fill, ...]:
    """When the medicine runs out, when benefits are verified again, how long one may appeal."""
    fills = fills_of(on.ledger.times, on.calendar)
    dates = {
        "runs_out_on": runs_out_on(fills),
        "reverify_from_on": _reverify_from(on),
        "appeal_deadline_on": _appeal_deadline(on),
    }
    on.values.update({name: day.isoformat() for name, day in dates.items() if day})
    return fills


def _reverify_from(on: Walk) -> date | None:
    """The next November 15 after benefits were last verified."""
    verified = on.steps.get("benefit_verification")
    moments = [verified.settled_at] if verified and verified.settled_at else []
    for time in on.ledger.times.get("reverification", ()):
        moments += [told.occurred_at for told in time.reports if told.status in _VERIFIED]
    last = max(moments, default=None)
    if last is None:
        return None
    day = on.calendar.day_of(last)
    this_year = date(day.year, *REVERIFY_FROM)
    return this_year if day < this_year else date(day.year + 1, *REVERIFY_FROM)


def _appeal_deadline(on: Walk) -> date | None:
    """The date the payer told, else what the law gives its class from the denial."""
    told = date_of(on.values.get("appeal_by_on"))
    denied = on.steps.get(DENIED)
    if told or denied is None or denied.status != "denied" or denied.since is None:
        return told
    clock = clock_by_law("appeal_filing", on.values, on=_day(on, denied.since))
    return on.calendar.day_of(on.calendar.after(denied.since, clock.clock)) if clock else None


def _day(on: Walk, at: datetime) -> date:
    return on.calendar.day_of(at)
