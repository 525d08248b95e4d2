"""The published JSON Schemas, each at an address that stays."""

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import public, requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from programs.core import schema
from programs.domain.queries.catalogue import definition_on
from programs.views.catalogue import only_of

DEVELOPERS = "partners' developers read the shapes without an account; no data is in them"


def _address(name: str, *args: str) -> str:
    site: str = settings.SITE_URL
    return site.rstrip("/") + reverse(name, args=args)


def _published(body: schema.Schema) -> JsonResponse:
    return JsonResponse(
        body, content_type="application/schema+json", json_dumps_params={"indent": 2}
    )


@public(reason=DEVELOPERS)
@require_GET
def definition_schema(request: HttpRequest) -> JsonResponse:
    """A version of a program."""
    return _published(schema.definition_schema(_address("definition_schema")))


@public(reason=DEVELOPERS)
@require_GET
def answers_schema(request: HttpRequest) -> JsonResponse:
    """Answers to the canonical fields."""
    return _published(schema.canonical_schema(_address("answers_schema")))


@public(reason=DEVELOPERS)
@require_GET
def packet_schema(request: HttpRequest) -> JsonResponse:
    """An enrollment as it is handed over."""
    return _published(schema.packet_schema(_address("packet_schema")))


@requires(Permission.PROGRAMS_VIEW)
@require_GET
def program_answers_schema(request: HttpRequest, key: str) -> JsonResponse:
    """Answers to one program's form, in the version that holds today."""
    definition = definition_on(key, timezone.localdate(), manufacturer_id=only_of(current_actor()))
    if definition is None:
        raise Http404
    address = _address("program_answers_schema", key)
    return _published(schema.answers_schema(definition, address))
