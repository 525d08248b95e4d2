"""A partner's side of the inbound API: post a signed report, and see what became of it."""

from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.tenancy import every_tenant
from journeys.domain.inbound import process_waiting
from journeys.models import InboundReport, Journey, JourneyEvent
from tests.factories.exchange import signed_report, step_report

URL = "/api/v1/reports"


def post(content: dict[str, Any] | bytes, **changes: Any) -> Any:
    """Post a signed report; `headers` replace what the signature gave."""
    headers = changes.pop("headers", {})
    body, signed = signed_report(content, **{"partner": "northstar", **changes})
    return Client().post(
        URL, data=body, content_type="application/json", headers={**signed, **headers}
    )


def reports() -> list[InboundReport]:
    with every_tenant(reason="a test looks"):
        return list(InboundReport.objects.order_by("received_at"))


def events(journey: Journey) -> list[JourneyEvent]:
    with every_tenant(reason="a test looks"):
        return list(JourneyEvent.objects.filter(journey=journey, transport="webhook"))


def accepted(journey: Journey, /, **data: Any) -> dict[str, Any]:
    return step_report(journey, "intake_review", "accepted", **data)


def coded(journey: Journey, code: str, sub_code: str = "", /, **data: Any) -> dict[str, Any]:
    """A report in the partner's own codes of what happened just now."""
    now = timezone.now().isoformat()
    content = {"journey": journey.number, "code": code, "occurred_at": now}
    if sub_code:
        content["sub_code"] = sub_code
    return {"type": "code.reported", "timestamp": now, "data": {**content, **data}}


def work() -> None:
    process_waiting(clock=timezone.now)
