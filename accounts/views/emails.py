"""Which e-mails were sent, and whether they went out."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.domain.queries.emails import LISTED_FOR, emails
from accounts.tenancy import current_actor, every_tenant

PAGE_SIZE = 50


@requires(Permission.EMAILS_VIEW)
@require_safe
def email_list(request: HttpRequest) -> HttpResponse:
    """The acting organization's e-mails, the operator's everybody's: never a patient or a word."""
    actor = current_actor()
    with _seen_by(actor):
        found = emails(now=timezone.now())
        failed = found.exclude(fault="").count()
        page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
        rows = list(page.object_list)
    words = ngettext(
        "{count} e-mail of the last {days} days did not go out.",
        "{count} e-mails of the last {days} days did not go out.",
        failed,
    ).format(count=failed, days=LISTED_FOR.days)
    calm = _("Every e-mail of the last {days} days went out.").format(days=LISTED_FOR.days)
    none = _("No e-mail was sent in the last {days} days.").format(days=LISTED_FOR.days)
    sentence = words if failed else calm if rows else none
    return render(
        request,
        "accounts/emails.html",
        {"rows": rows, "page": page, "sentence": sentence, "everybody": actor.is_operator},
    )


@contextmanager
def _seen_by(actor: Actor) -> Iterator[None]:
    if actor.is_operator:
        with every_tenant(reason="the operator sees to it that mail goes out", actor=actor):
            yield
    else:
        yield
