"""How long it takes until everybody knows: over all and by partner."""

from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.templatetags.times import DAY, HOUR, MINUTE, span
from accounts.tenancy import current_actor
from journeys.domain.queries.lag import DAYS, Lag, PartnerLag, by_partner, headline
from journeys.domain.queries.notices import Answers, answers


@requires(Permission.LAG_VIEW)
@require_GET
def learn_lag(request: HttpRequest) -> HttpResponse:
    """The acting organization's learn-lag; for the operator everybody's. Counts, no patients."""
    actor, today = current_actor(), timezone.now().date()
    whole = headline(today=today)
    partners = by_partner(actor, today=today)
    return render(
        request,
        "journeys/lag.html",
        {
            "sentence": sentence(whole),
            "lag": _told(whole),
            "days": DAYS,
            "sees_flags": actor.may(Permission.FLAGS_VIEW),
            "rows": [_row(each) for each in partners],
            "answers": [_answer(each) for each in answers(actor, now=timezone.now())],
        },
    )


def sentence(lag: Lag) -> str:
    """The headline number in words."""
    if lag.half is None or lag.most is None:
        return _("Nobody reported anything in the last {days} days.").format(days=DAYS)
    words = _("Half of what happened was visible to everyone {half}, 95% {most}.")
    return words.format(half=within(lag.half), most=within(lag.most))


def within(seconds: float) -> str:
    """ "within 4 s", "within 14 h": rounded up, for within less it would not be true."""
    if seconds < 1:
        return _("within a second")
    if seconds < 60:
        return _("within {count} s").format(count=ceil(seconds))
    unit = MINUTE if seconds < HOUR else HOUR if seconds < 36 * HOUR else DAY
    return _("within {span}").format(span=span(ceil(seconds / unit) * unit))


def _answer(each: Answers) -> dict[str, Any]:
    soon = span(each.mean) if each.mean is not None else ""
    return {"name": each.name, "asked": each.asked, "answered": each.answered, "mean": soon}


def _told(lag: Lag) -> dict[str, Any]:
    return {
        "events": lag.events,
        "half": within(lag.half) if lag.half is not None else "",
        "most": within(lag.most) if lag.most is not None else "",
        "late": round(100 * lag.late) if lag.late is not None else 0,
    }


def _row(each: PartnerLag) -> dict[str, Any]:
    told = _told(each.lag)
    # Who reports most things hours after they happened sends them in batches.
    batch = each.lag.half is not None and each.lag.half >= 3600
    return {"name": each.name, "kind": each.kind, "own": each.own, "batch": batch, **told}
