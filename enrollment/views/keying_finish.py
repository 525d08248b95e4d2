"""After the form is keyed: what is missing, who signed, and where it goes."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.core.files import Unfit
from enrollment.domain import keyed_sending, keyed_signatures
from enrollment.domain.keying import at_practice
from enrollment.domain.readiness import Readiness, readiness
from enrollment.domain.signatures import ContentChanged, NotAgreed, standing
from enrollment.domain.submission import Incomplete
from enrollment.enums import EnrollmentStatus, GivenUp, SignatureKind
from enrollment.forms.keyed_signatures import SignedPageForm
from enrollment.forms.reading import read_sections
from enrollment.models import Enrollment, Keying, PaperSignature
from enrollment.rules import Refused
from enrollment.views.keying_form import beside_of, draft_of, ended, loaded, page_alone
from enrollment.views.keying_slots import form_of, slots_of
from enrollment.views.review import said_of
from journeys.domain.opening import NoRoute


@requires(Permission.INTAKE_REVIEW)
@require_safe
def finish(request: HttpRequest, keying_id: UUID) -> HttpResponse:
    """What is to do before it can go, and what may be done now."""
    found = loaded(keying_id)
    return ended(request, found) if found.ended_at else _show(request, found)


def _show(
    request: HttpRequest, found: Keying, *, wrong: SignedPageForm | None = None
) -> HttpResponse:
    audit.read(found, fields=["about"], purpose="finish keying")
    beside = beside_of(found)
    with at_practice(found, by=current_actor()) as actor:
        row = draft_of(found)
        audit.read(row, fields=["answers"], purpose="finish keying")
        signed = standing(row)
        state = readiness(row, signed, today=timezone.localdate())
        context = {
            **beside,
            "enrollment": row,
            "state": state,
            "sections": read_sections(state.form, said_of(state)),
            "sentence": _sentence(found, row, state),
            "open": row.status == EnrollmentStatus.DRAFT,
            "may_answer": row.status == EnrollmentStatus.DRAFT,
            "form_url": reverse("keying", args=[found.pk]),
            "patient_signature": signed.get(SignatureKind.PATIENT),
            "prescriber_signature": signed.get(SignatureKind.PRESCRIBER),
            "slots": slots_of(found, row, actor, wrong) if found.part else [],
            "why_given_up": GivenUp.choices,
            "urgent": bool(found.part and found.part.fax.urgent),
            "now": timezone.now(),
        }
    status = 422 if wrong else 200
    return render(request, "enrollment/keying_finish.html", context, status=status)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def read_off(request: HttpRequest, keying_id: UUID) -> HttpResponse:
    """What somebody reads of a signature on a page; a colleague looks at it next."""
    found, kind = loaded(keying_id), _kind(request)
    if found.ended_at:
        return ended(request, found)
    with at_practice(found, by=current_actor()):
        form = form_of(found, draft_of(found), kind, request.POST)
    if form.is_valid():
        read = form.read()
        try:
            file = page_alone(found, read.page)
            by, now = current_actor(), timezone.now()
            keyed_signatures.read_off(found.pk, file, read, by=by, now=now)
        except NotAgreed as lacking:
            form.say(lacking.problems)
        except (Refused, Unfit) as refused:
            form.add_error(None, str(refused))
    if form.is_valid():
        messages.success(request, _("Kept. A colleague looks at the page, then it counts."))
        return redirect("keying_finish", found.pk)
    return _show(request, found, wrong=form)


def _kind(request: HttpRequest) -> SignatureKind:
    kind = request.POST.get("kind", "")
    if kind not in SignatureKind.values:
        raise Http404
    return SignatureKind(kind)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def look(request: HttpRequest, keying_id: UUID) -> HttpResponse:
    """A second person says whether the page shows the signature."""
    found, kind = loaded(keying_id), _kind(request)
    checks = "check" in request.POST
    act = keyed_signatures.check if checks else keyed_signatures.take_away
    try:
        act(found.pk, kind, by=current_actor(), now=timezone.now())
    except ContentChanged:
        messages.error(request, _("Something was changed since; it is read off anew."))
    except PaperSignature.DoesNotExist:
        messages.info(request, _("It waits no more."))
    except NotAgreed as lacking:
        messages.error(
            request, " ".join(said for each in lacking.problems.values() for said in each)
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = _("Checked: it counts now.") if checks else _("Taken away: nothing was signed.")
        messages.success(request, said)
    return redirect("keying_finish", found.pk)


def _sentence(found: Keying, row: Enrollment, state: Readiness) -> str:
    """Where it stands: the first of these that holds."""
    said = (
        (
            row.status == EnrollmentStatus.WITHDRAWN,
            _("{practice} withdrew this draft. Give it up, and the pages wait again."),
        ),
        (found.handed_at, _("{practice} has it, to be signed and sent there.")),
        (state.can_send, _("Complete and signed: send it.")),
        (not state.filled_in, _("Some answers are to go before it can be signed.")),
        (
            found.unchecked_since,
            _("Everything is keyed. A colleague checks what was read of the signatures."),
        ),
        (
            found.part is None,
            _("Everything is keyed. Hand it to {practice}, to be signed and sent there."),
        ),
        (True, _("Everything is keyed. Next: the signatures on the pages.")),
    )
    words = next(words for holds, words in said if holds)
    return words.format(practice=found.practice.name)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def send(request: HttpRequest, keying_id: UUID) -> HttpResponse:
    """Send it: the second of two clicks finds the same journey."""
    found = loaded(keying_id)
    if found.ended_at:
        return ended(request, found)
    urgent, by, now = "urgent" in request.POST, current_actor(), timezone.now()
    try:
        sent = keyed_sending.send_keyed(found.pk, urgent=urgent, by=by, now=now)
    except Incomplete:
        messages.error(request, _("It was not sent: what is still to do stands below."))
    except NoRoute:
        messages.error(request, _("It was not sent: the program names no hub that takes it now."))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Sent. It waits for intake review, with its pages."))
        return redirect("journey", sent.journey_id)
    return redirect("keying_finish", found.pk)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def hand(request: HttpRequest, keying_id: UUID) -> HttpResponse:
    """Leave the rest to the practice."""
    found = loaded(keying_id)
    try:
        keyed_sending.hand_to_practice(found.pk, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        words = _("{practice} has it now, among its drafts.")
        messages.success(request, words.format(practice=found.practice.name))
    return redirect("keyings")
