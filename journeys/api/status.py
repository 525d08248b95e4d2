"""Status out: where a practice's patient stands, for the practice's own system."""

from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import StringConstraints

from accounts import audit
from accounts.tenancy import acting_as
from journeys.api.guard import caller_may, caller_of
from journeys.api.problems import PROBLEMS, Problem, as_json
from journeys.core.scopes import STATUS_READ
from journeys.documents.fhir.status import searchset
from journeys.domain.inbound import as_partner
from journeys.domain.queries.reports import journeys_of_patient

router = Router(tags=["Status"])
FHIR = "application/fhir+json"
# Our id of the patient, alone or as a FHIR reference.
Patient = Annotated[
    str,
    StringConstraints(pattern=r"^(Patient/)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
]


class Bundle(Schema):
    resourceType: str  # noqa: N815  # FHIR's own name
    type: str
    total: int
    link: list[dict[str, Any]]
    entry: list[dict[str, Any]]


@router.get(
    "/fhir/Task",
    auth=caller_may(STATUS_READ),
    response={200: Bundle, PROBLEMS - {409, 413, 415}: Problem},
    summary="Where a patient's journeys stand",
    openapi_extra={"security": [{"token": []}]},
)
def tasks(
    request: HttpRequest, patient: Annotated[Patient, Query(description="The patient's id here.")]
) -> HttpResponse:
    """FHIR R4: a searchset Bundle with a Task for each journey of one patient of the practice.

    `businessStatus` says in a code and in words what it waits for. A patient of another practice
    and one that never was look alike: no entry.
    """
    caller = caller_of(request)
    patient_id = UUID(patient.removeprefix("Patient/"))
    with acting_as(as_partner(caller.organization)):
        found = journeys_of_patient(patient_id, caller.organization.pk, caller.programs)
        audit.read_many(found, fields=["headline"], purpose="status API")
    address = f"{settings.SITE_URL}/api/v1/fhir/Task?patient={patient_id}"
    content = searchset(found, address=address)
    return as_json(200, content, caller.limits, content_type=FHIR)
