"""A patient's own pages: no account, a link and a date of birth, in English or Spanish."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import public
from accounts.tenancy import acting_as
from enrollment.core.disclosure import disclosure
from enrollment.core.session import DISCLOSURE, SIGNATURE, Text
from enrollment.core.signed import paragraphs
from enrollment.domain import signatures, signing_links, signing_sessions
from enrollment.domain.signing_sessions import Session
from enrollment.enums import LinkChannel, LinkPurpose
from enrollment.forms.authorization import BirthDateForm, SignerForm
from enrollment.forms.patient_words import words
from enrollment.forms.reading import statement_sections
from enrollment.models import SigningLink
from enrollment.rules import Refused
from enrollment.views.patient_frame import begin, current_link, message, page, spoken
from enrollment.views.patient_permissions import permissions_page, signed_page
from enrollment.views.review import means_of

BY_LINK = "One-time link and date of birth"
HANDED = "Office's screen, handed over"


@public(reason="a patient has no account: the link's token and the date of birth are the proof")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the date of birth. A link that never was, was used or is too old look alike."""
    now = timezone.now()
    language = spoken(request)
    link = signing_links.find(token, now=now)
    if link is None:
        return message(request, "closed", language=language, status=404)
    if link.locked_at:
        return message(request, "locked", language=language, status=403)
    form = BirthDateForm(language, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            signing_links.open_link(link, form.born_on, now=now)
        except signing_links.WrongDate as wrong:
            if not wrong.left:
                return message(request, "locked", language=language, status=403)
            said = words(language)["wrong_one" if wrong.left == 1 else "wrong"]
            form.add_error(None, said.format(left=wrong.left))
        else:
            begin(request.session, link, now=now)
            asked = request.GET.get("language")
            return redirect(reverse("sign") + (f"?language={asked}" if asked else ""))
    context = {"form": form, "title": words(language)["born_title"]}
    return page(
        request,
        "patient/born.html",
        context,
        language=language,
        status=422 if form.is_bound else 200,
    )


@public(reason="as sign_link; the browser's session names the link that it opened")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest) -> HttpResponse:
    """The step at which the session stands; each POST answers one step."""
    now = timezone.now()
    link = current_link(request, now=now)
    if link is None:
        return message(request, "again", language=spoken(request), status=403)
    with acting_as(signing_links.patient_of(link)):
        language = spoken(request, link.patient)
        if link.purpose == LinkPurpose.PERMISSIONS:
            return permissions_page(request, link, language)
        if link.used_at:
            return signed_page(request, link, language)
        session = signing_sessions.session_of(link, language, now=now)
        if not session.rows:
            return message(request, "nothing", language=language)
        if request.method == "POST":
            return _answered(request, session)
        return _step_page(request, session)


def _answered(request: HttpRequest, session: Session) -> HttpResponse:
    step = request.POST.get("step", "")
    if step == DISCLOSURE:
        return _agree_to_screen(request, session)
    if step == SIGNATURE:
        return _sign(request, session)
    text = next((each for each in session.texts if each.key == step), None)
    if text is None:
        return _onward(request)
    return _read(request, session, text)


def _onward(request: HttpRequest) -> HttpResponse:
    language = request.GET.get("language")
    return redirect(reverse("sign") + (f"?language={language}" if language else ""))


def _agree_to_screen(request: HttpRequest, session: Session) -> HttpResponse:
    now = timezone.now()
    if "paper" in request.POST:
        signing_links.prefer_paper(session.link, now=now)
        return message(request, "paper", language=session.language, said="paper_done")
    if "agree" not in request.POST:
        error = words(session.language)["agree_screen_first"]
        return _step_page(request, session, error=error)
    signing_sessions.agree_to_screen(session.link, session.language, now=now)
    return _onward(request)


def _read(request: HttpRequest, session: Session, text: Text) -> HttpResponse:
    agreed = "agree" in request.POST
    if text.consent.required and not agreed:
        error = words(session.language)["agree_first"].format(program=text.program)
        return _step_page(request, session, step=text.key, error=error)
    signing_sessions.keep_answer(
        session.link, text.key, agreed=agreed, language=session.language, now=timezone.now()
    )
    return _onward(request)


def _sign(request: HttpRequest, session: Session) -> HttpResponse:
    form = SignerForm(session.language, minor=session.minor, data=request.POST)
    if not form.is_valid():
        return _step_page(request, session, form=form)
    screen = session.link.channel == LinkChannel.SCREEN
    try:
        signing_sessions.sign(
            session.link,
            form.signer(),
            seen={row: request.POST.get(f"seen-{row}", "") for row in session.statements},
            language=session.language,
            means=means_of(request, HANDED if screen else BY_LINK),
            now=timezone.now(),
        )
    except signatures.NotAgreed as problems:
        for said in problems.problems.values():
            form.add_error(None, said)
        return _step_page(request, session, form=form)
    except signatures.ContentChanged:
        return _step_page(request, session, error=words(session.language)["changed"])
    except (signing_sessions.NotThere, Refused):
        return _onward(request)
    return _onward(request)


def _step_page(
    request: HttpRequest,
    session: Session,
    *,
    step: str = "",
    form: SignerForm | None = None,
    error: str = "",
) -> HttpResponse:
    step = step or _asked_step(request, session)
    keys = [DISCLOSURE, *(text.key for text in session.texts), SIGNATURE]
    said, number, language = words(session.language), keys.index(step), session.language
    context: dict[str, Any] = {
        "step": step,
        "error": error,
        "before": keys[number - 1] if number > 1 else "",
        "page_of": said["page_of"].format(page=number + 1, pages=len(keys)),
    }
    status = 422 if error or form else 200
    if step == DISCLOSURE:
        context |= {"title": said["disclosure_title"], "parts": disclosure(session.language)}
        return page(
            request, "patient/disclosure.html", context, language=session.language, status=status
        )
    audit.read(session.link.patient, fields=["A1", "A3", "A5"], purpose="signing by the patient")
    if step == SIGNATURE:
        form = form or SignerForm(session.language, minor=session.minor)
        context |= {"title": said["sign_title"], "form": form, "programs": _programs(session)}
        return page(
            request, "patient/signature.html", context, language=session.language, status=status
        )
    text = session.texts[number - 1]
    context |= _text(session, text)
    return page(request, "patient/text.html", context, language=language, status=status)


def _asked_step(request: HttpRequest, session: Session) -> str:
    """The step that the address asks to see again, if it was read; else where it stands."""
    asked = request.GET.get("read", "")
    seen = {text.key for text in session.texts if session.answer(text)}
    return asked if asked in seen else session.step


def _text(session: Session, text: Text) -> dict[str, Any]:
    said, title = words(session.language), text.consent.title[session.language]
    return {
        "title": title,
        "for_program": said["for_program"].format(program=text.program),
        "paragraphs": paragraphs(text.consent, session.language),
        "label": said["agree"].format(title=title),
        "free": not text.consent.required,
    }


def _programs(session: Session) -> list[dict[str, Any]]:
    """What is signed for each program: texts agreed to and left out, and the answers covered."""
    return [
        {
            "id": key,
            "name": row.program_version.program.name,
            "digest": session.digests[key],
            "agreed": _titles(session, key, agreed=True),
            "left_out": _titles(session, key, agreed=False),
            "sections": statement_sections(session.statements[key], session.language),
        }
        for row in session.rows
        for key in (str(row.id),)
    ]


def _titles(session: Session, enrollment: str, *, agreed: bool) -> list[str]:
    return [
        text.consent.title[session.language]
        for text in session.texts
        if text.enrollment == enrollment and bool(session.answer(text).get("agreed")) is agreed
    ]


def start_on_screen(request: HttpRequest, link: SigningLink) -> HttpResponse:
    """Show the link's pages in this very browser; the office knows who sits before it."""
    begin(request.session, link, now=timezone.now())
    return redirect("sign")
