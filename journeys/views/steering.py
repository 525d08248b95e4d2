"""To which pharmacies a hub routed and why, for its supervisor: counts, no patients."""

from collections import Counter

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.templatetags.charts import Row
from accounts.tenancy import current_actor
from journeys.core.fact_choices import CHOICES
from journeys.core.steering import NO_REASON, Steering
from journeys.domain.queries.steering import DAYS, MOST, steering_of
from journeys.rules import may_give_cases

REASONS = {each.code: each.label for each in CHOICES["routing_reason"]} | {
    NO_REASON: gettext_lazy("No reason was told")
}


@requires(Permission.INTAKE_REVIEW)
@require_GET
def steering(request: HttpRequest) -> HttpResponse:
    """By pharmacy: how often it was eligible, how often its turn, how often chosen, and why."""
    actor = current_actor()
    if not may_give_cases(actor):
        raise PermissionDenied
    found = steering_of(actor, now=timezone.now())
    audit.read_many(found.read, fields=["body"], purpose="routings counted")
    counted = found.counted
    reasons: Counter[str] = Counter()
    for share in counted.shares:
        reasons.update(share.reasons)
    return render(
        request,
        "journeys/steering.html",
        {
            "counted": counted,
            "sentence": _sentence(counted),
            "days": DAYS,
            "most": MOST,
            "rows": [
                {
                    "share": share,
                    "affiliation": found.affiliations.get(share.pharmacy, ""),
                    "reasons": [(REASONS.get(k, k), n) for k, n in sorted(share.reasons.items())],
                }
                for share in counted.shares
            ],
            "chosen": [Row(share.pharmacy, share.chosen) for share in counted.shares],
            "why": [Row(str(REASONS.get(key, key)), n) for key, n in reasons.most_common()],
        },
    )


def _sentence(counted: Steering) -> str:
    words = ngettext("{count} routing.", "{count} routings.", counted.routings)
    asked = _("The patient's choice was asked first in {asked}.").format(asked=counted.asked_first)
    turn = (
        _("{count} went out of turn.").format(count=counted.out_of_turn)
        if counted.out_of_turn
        else _("None went out of turn.")
    )
    return " ".join([words.format(count=counted.routings), asked, turn])
