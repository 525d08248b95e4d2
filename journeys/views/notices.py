"""What changed for the reader's organization: the bell, the list, and how to hear of it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires, safe_next
from accounts.core.ids import read_id
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.domain import reading_notices
from journeys.domain.queries import notices as queries
from journeys.enums import Mailing
from journeys.forms.notices import MailingForm
from journeys.models import Fax, Journey, NoticeSettings
from journeys.views.fragments import page_or_fragment

PAGE_SIZE = 50


@requires(Permission.JOURNEYS_VIEW)
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """What changed, newest first: what is unread, or everything."""
    actor = current_actor()
    everything = request.GET.get("show") == "all"
    found = queries.listed(only_unread=not everything, actor=actor)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    notices = list(page.object_list)
    journeys = list({each.journey_id: each.journey for each in notices if each.journey}.values())
    audit.read_many(journeys, fields=["patient_name"], purpose="notices")
    count = queries.bell(actor)["all"]
    return render(
        request,
        page_or_fragment(request, "journeys/notices.html", "list"),
        {
            "rows": queries.rows_of(notices, actor),
            "page": page,
            "page_query": "show=all&" if everything else "",
            "everything": everything,
            "count": count,
            "sentence": _sentence(count),
            "here": request.get_full_path(),
            "tabs": [
                {
                    "label": _("Unread"),
                    "url": reverse("notices"),
                    "current": not everything,
                    "count": count,
                },
                {
                    "label": _("Everything"),
                    "url": f"{reverse('notices')}?show=all",
                    "current": everything,
                    "count": None,
                },
            ],
        },
    )


def _sentence(count: int) -> str:
    if not count:
        return _("You have read everything that changed for your organization.")
    return ngettext(
        "{count} change is new to you.", "{count} changes are new to you.", count
    ).format(count=f"{count}+" if count >= queries.MOST else count)


@requires(Permission.JOURNEYS_VIEW)
@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """How much is unread, for the top of every page, which asks by itself."""
    return render(request, "journeys/bell.html", {"unread": queries.bell(current_actor())})


@requires(Permission.JOURNEYS_VIEW)
@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark everything read, or the one notice that is named."""
    now, actor = timezone.now(), current_actor()
    named = request.POST.get("notice", "")
    if not named:
        reading_notices.mark_all_read(by=actor, now=now)
    elif notice := read_id(named):
        reading_notices.mark_read([notice], by=actor, now=now)
    return redirect(safe_next(request, default=reverse("notices")))


@requires(Permission.JOURNEYS_VIEW)
@require_POST
def seen(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """The reader has looked at the journey; its page says so by itself."""
    get_visible_or_404(Journey.objects.all(), pk=journey_id)
    reading_notices.mark_journey_read(journey_id, by=current_actor(), now=timezone.now())
    return looked(request, redirect("journey", journey_id))


@requires(Permission.INTAKE_REVIEW)
@require_POST
def fax_seen(request: HttpRequest, fax_id: UUID) -> HttpResponse:
    """The reader has looked at the fax; its page says so by itself."""
    get_visible_or_404(Fax.objects.only("id"), pk=fax_id)
    reading_notices.mark_fax_read(fax_id, by=current_actor(), now=timezone.now())
    return looked(request, redirect("fax", fax_id))


def looked(request: HttpRequest, back: HttpResponse) -> HttpResponse:
    """The answer to a page that said by itself that it was read; without scripts, the way back."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": "notices-read"})
    return back


@requires(Permission.JOURNEYS_VIEW)
@require_http_methods(["GET", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Whether and how often the reader is written to about this organization's work."""
    actor, now = current_actor(), timezone.now()
    if request.method == "POST":
        form = MailingForm(request.POST)
        if form.is_valid():
            mailing = Mailing(form.cleaned_data["mailing"])
            reading_notices.choose_mailing(mailing, by=actor, now=now)
            messages.success(request, _("Kept."))
            return redirect("notice_settings")
    else:
        kept = NoticeSettings.objects.filter(user_id=actor.user_id).first()
        form = MailingForm(initial={"mailing": kept.mailing if kept else Mailing.NEVER})
    return render(
        request, "journeys/notice_settings.html", {"form": form}, status=422 if form.errors else 200
    )
