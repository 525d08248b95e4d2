"""How much of the payer's request is filled in from what an enrollment already says."""

from collections.abc import Iterator

from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.office import STAFF, actor_of, send, signed_drafts
from bench.results import Row
from bench.world import World
from journeys.core.access_papers import answers_of, own_answers, prefilled, request_to_payer
from journeys.models import Packet

PROGRAM, ENROLLMENTS = "veltrana", 5


def measure(world: World) -> Iterator[Row]:
    """`pa_prefill_share`: lines of the request that are filled in, over all its lines.

    A line that stands only where there is something to say (a second diagnosis) is not counted
    where there is none.
    """
    now = timezone.now()
    staff = actor_of(STAFF)
    for draft in signed_drafts(ENROLLMENTS, program=PROGRAM, seed=31, now=now):
        send(draft, by=staff, now=now)
    with every_tenant(reason="the bench counts what was just sent"):
        sent = [packet.body for packet in Packet.objects.order_by("-created_at")[:ENROLLMENTS]]
    requests = [request_to_payer(answers_of(body), {}, own_answers(body)) for body in sent]
    counts = [prefilled(request) for request in requests]
    yield Row("pa_prefill_share", "share", [filled / total for filled, total in counts])
