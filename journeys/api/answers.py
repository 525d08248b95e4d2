"""One answer for one request of a client, however often it comes."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from journeys.api.guard import Caller
from journeys.api.problems import Refusal, as_json
from journeys.domain import answering
from journeys.domain.answering import Answer


def once(request: HttpRequest, caller: Caller, work: Callable[[], Answer]) -> HttpResponse:
    """Do the work and keep its answer, or give the answer that was kept.

    Raises Refusal: 422 when the key came before with another body, 409 while the first request
    is at work; and whatever the work raises, of which nothing is kept.
    """
    now = timezone.now()
    try:
        kept = answering.begin(
            caller.organization,
            client=caller.key_id,
            name=caller.message_id,
            body=request.body,
            now=now,
        )
    except answering.OtherPayload:
        raise Refusal(422, "id_reused", "This id came before with another body.") from None
    except answering.StillProcessing:
        raise Refusal(
            409,
            "at_work",
            "The first request with this id is still at work.",
            headers={"Retry-After": "1"},
        ) from None
    if kept is not None:
        return told(kept, caller, {"Idempotency-Replayed": "true"})
    try:
        answer = work()
    except BaseException:
        answering.drop(client=caller.key_id, name=caller.message_id)
        raise
    answering.finish(answer, client=caller.key_id, name=caller.message_id)
    return told(answer, caller)


def told(answer: Answer, caller: Caller, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer, with how much the caller may still send in this minute."""
    return as_json(answer.status, answer.content, {**caller.limits, **(headers or {})})
