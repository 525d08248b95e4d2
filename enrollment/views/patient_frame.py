"""What every page of a patient shares: the browser's link, the language, the frame."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from accounts.domain.sessions import HANDED_OVER
from enrollment.domain import signing_links
from enrollment.domain.signatures import Language
from enrollment.forms.patient_words import words
from enrollment.models import Patient, SigningLink

SESSION = "patient_link"
OPEN_FOR = timedelta(minutes=30)


def begin(session: SessionBase, link: SigningLink, *, now: datetime) -> None:
    """From now on this browser has the link open; its session gets a new key."""
    session.cycle_key()
    session[SESSION] = {"link": str(link.id), "until": (now + OPEN_FOR).isoformat()}


def current_link(request: HttpRequest, *, now: datetime) -> SigningLink | None:
    """The link that this browser opened within the last half hour."""
    held = request.session.get(SESSION)
    if not held or datetime.fromisoformat(held["until"]) <= now:
        return None
    return signing_links.by_id(UUID(held["link"]), now=now)


def spoken(request: HttpRequest, patient: Patient | None = None) -> Language:
    """The language chosen on the page; else the patient's, else the browser's."""
    chosen = request.GET.get("language")
    if chosen not in ("en", "es"):
        known = patient.details.get("A7") if patient else None
        chosen = known or translation.get_language_from_request(request)
    return "es" if chosen == "es" else "en"


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    language: Language,
    status: int = 200,
) -> HttpResponse:
    """A page of the patient's, whole in one language."""
    other = "en" if language == "es" else "es"
    query = request.GET.copy()
    query["language"] = other
    with translation.override(language):
        return render(
            request,
            template,
            {
                **context,
                "words": words(language),
                "language": language,
                "other": other,
                "other_query": query.urlencode(),
                "on_screen": HANDED_OVER in request.session,
            },
            status=status,
        )


def message(
    request: HttpRequest, what: str, *, language: Language, status: int = 200, said: str = ""
) -> HttpResponse:
    """A page that only tells something."""
    its = words(language)
    context = {"title": its[f"{what}_title"], "said": its[said or what]}
    return page(request, "patient/message.html", context, language=language, status=status)
