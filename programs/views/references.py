"""What the entry controls ask of the code tables. In the body, never in an address: a diagnosis
typed for a patient is about the patient.
"""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.core.permissions import Permission
from programs.core.identifiers import READERS
from programs.core.references import told
from programs.domain.queries.diagnoses import search

MOST_LISTED = 200


@requires(Permission.CODES_LOOK_UP)
@require_POST
def diagnosis_search(request: HttpRequest) -> JsonResponse:
    """The diagnoses that `q` may mean; those of the program (`listed`, by spaces) first."""
    listed = request.POST.get("listed", "").split()[:MOST_LISTED]
    found = search(request.POST.get("q", ""), listed=listed)
    options = [
        {"code": each.code, "words": each.description, "listed": each.listed} for each in found
    ]
    return JsonResponse({"options": options})


@requires(Permission.CODES_LOOK_UP)
@require_POST
def code_told(request: HttpRequest) -> JsonResponse:
    """What a code or number of a `kind` stands for; empty when it is not known."""
    kind, value = request.POST.get("kind", ""), request.POST.get("value", "")
    reading = READERS[kind](value) if kind in READERS else None
    known = reading is not None and not reading.problem
    return JsonResponse({"told": told(kind, reading.value) if reading and known else ""})
