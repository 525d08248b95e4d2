"""For those who run the site: is it alive, can it work, how is it doing. No versions, no names."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from accounts.access import public
from journeys.domain.listening import open_streams
from journeys.domain.queries.health import Numbers, numbers, unreachable

WORDS = {
    "deliveries_waiting": "Packets that wait to be sent",
    "oldest_delivery_due_seconds": "How long the oldest of them has been due",
    "reports_waiting": "Partners' reports that wait to be applied",
    "open_work": "Next actions that somebody has",
    "oldest_work_due_seconds": "How long the oldest of them has been due; negative before",
}


@public(reason="a load balancer asks; it answers nothing about the site")
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@public(reason="a load balancer asks; it says only which service does not answer")
@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """Requests may be sent here: the database and Redis answer."""
    missing = unreachable()
    return JsonResponse(
        {"ready": not missing, "unreachable": missing}, status=503 if missing else 200
    )


@public(reason="scraped from inside; the proxy does not pass it on; counts only")
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """What waits, in the format of Prometheus."""
    return HttpResponse(_exposition(numbers()), content_type=CONTENT_TYPE_LATEST)


def _exposition(found: Numbers) -> bytes:
    registry = CollectorRegistry()
    for name, words in WORDS.items():
        Gauge(f"throughline_{name}", words, registry=registry).set(getattr(found, name))
    Gauge("throughline_live_streams", "Pages this process keeps informed", registry=registry).set(
        open_streams()
    )
    return generate_latest(registry)
