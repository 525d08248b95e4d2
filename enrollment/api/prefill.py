"""Records that a practice's own system posts: proposals for a person to look at, nothing more."""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Schema

from accounts.core.permissions import OrganizationKind
from accounts.tenancy import acting_as
from enrollment.core.fhir_reading import NotFhir
from enrollment.domain.proposals import keep_posted
from enrollment.rules import Refused
from journeys.api.answers import once
from journeys.api.guard import Caller, caller_may, caller_of
from journeys.api.problems import PROBLEMS, Problem, Refusal
from journeys.api.reports import CALLING
from journeys.core.scopes import PREFILL_WRITE
from journeys.domain.answering import Answer
from journeys.domain.inbound import as_partner

router = Router(tags=["Prefill"])
# A chart's export has some ten thousand texts and brackets to a megabyte.
MOST_TOKENS = 100_000
DOCUMENTED = {
    **CALLING,
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "object", "required": ["resourceType"]}}
            for kind in ("application/fhir+json", "application/json")
        },
    },
}


class About(Schema):
    """Whom the record is about, by our ids; with a form of theirs, it is proposed for that."""

    patient: UUID
    enrollment: UUID | None = None


class Proposed(Schema):
    id: UUID
    url: str
    proposals: int


@router.post(
    "/prefill",
    auth=caller_may(PREFILL_WRITE, most_tokens=MOST_TOKENS, takes=("application/fhir+json",)),
    response={201: Proposed, PROBLEMS | {404}: Problem},
    summary="Post a patient's record",
    openapi_extra=DOCUMENTED,
)
def prefill(request: HttpRequest, about: Query[About]) -> HttpResponse:
    """FHIR R4: a Bundle, or the answer to a Specialty Rx query, about a patient of the practice.

    Nothing changes by it: it proposes what the same file would that a person chooses, and `url`
    is where people of the practice look at it and take what is right. Another practice's patient
    looks like one that never was (404).
    """
    caller = caller_of(request)
    if caller.organization.kind != OrganizationKind.PRACTICE:
        raise Refusal(403, "no_practice", "Only a practice's own system posts its records.")
    return once(request, caller, lambda: _keep(request.body, about, caller))


def _keep(body: bytes, about: About, caller: Caller) -> Answer:
    by = as_partner(caller.organization)
    try:
        with acting_as(by):
            row = keep_posted(
                body,
                patient_id=about.patient,
                enrollment_id=about.enrollment,
                by=by,
                now=timezone.now(),
            )
    except ObjectDoesNotExist:
        raise Refusal(404, "no_patient", "No patient or form of yours has this id.") from None
    except NotFhir as unreadable:
        raise Refusal(422, "not_fhir", str(unreadable)) from None
    except Refused as refused:
        raise Refusal(409, "closed", str(refused), pointer="/enrollment") from None
    url = f"{settings.SITE_URL}{reverse('prefill', args=[row.id])}"
    proposed = len(row.content["proposals"])
    return Answer(201, {"id": str(row.id), "url": url, "proposals": proposed})
