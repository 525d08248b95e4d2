"""How many at-risk flags were followed by a real delay."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.core.permissions import Permission
from journeys.domain.flag_counting import MOST, SINCE
from journeys.domain.queries.flags import Flags, by_program, by_rule


@requires(Permission.FLAGS_VIEW)
@require_GET
def flag_list(request: HttpRequest) -> HttpResponse:
    """By rule, and by program and rule. Counts, no patients."""
    rules = by_rule()
    return render(
        request,
        "journeys/flags.html",
        {
            "sentence": sentence(rules),
            "days": SINCE.days,
            "most": MOST,
            "rules": rules,
            "programs": by_program(),
        },
    )


def sentence(rules: Sequence[Flags]) -> str:
    """Over all rules, in words."""
    raised = sum(row.raised for row in rules)
    if not raised:
        return _("No flag of the last {days} days can be judged yet.").format(days=SINCE.days)
    followed = sum(row.followed for row in rules)
    words = _("{followed} of {raised} at-risk flags were followed by a real delay ({percent}%).")
    return words.format(followed=followed, raised=raised, percent=round(100 * followed / raised))
