"""One answer for one request, however often a client sends it: Idempotency-Key."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.models import KeptAnswer

KEPT_FOR = timedelta(hours=24)
# A request that was begun this long ago has died with its process: the next try takes over.
GIVEN_UP_AFTER = timedelta(minutes=1)


class OtherPayload(ValueError):
    """The same key came before with another body."""


class StillProcessing(Exception):
    """The first request with this key has not been answered yet."""


@dataclass(frozen=True)
class Answer:
    status: int
    content: Any


def begin(
    organization: Organization, *, client: UUID, name: str, body: bytes, now: datetime
) -> Answer | None:
    """The answer that was given before, or None when the caller is to give it: see `finish`.

    Raises OtherPayload and StillProcessing.
    """
    digest = hashlib.sha256(body).hexdigest()
    with every_tenant(reason="a client asks again; its answers are found by its key"):
        mine = KeptAnswer.objects.filter(client=client)
        mine.filter(expires_at__lt=now).delete()
        try:
            with transaction.atomic():
                KeptAnswer.objects.create(
                    organization=organization,
                    client=client,
                    name=name,
                    digest=digest,
                    started_at=now,
                    expires_at=now + KEPT_FOR,
                )
            return None
        except IntegrityError:
            kept = mine.select_for_update().get(name=name)
        if kept.digest != digest:
            raise OtherPayload
        if kept.status is not None:
            return Answer(kept.status, kept.answer)
        if kept.started_at > now - GIVEN_UP_AFTER:
            raise StillProcessing
        mine.filter(pk=kept.pk).update(started_at=now)
        return None


def finish(answer: Answer, *, client: UUID, name: str) -> None:
    """Keep the answer, so that the same request is answered alike."""
    with every_tenant(reason="a client was answered; its answers are found by its key"):
        KeptAnswer.objects.filter(client=client, name=name).update(
            status=answer.status, answer=answer.content
        )


def drop(*, client: UUID, name: str) -> None:
    """Nothing was kept of the request: it may come again under the same key."""
    with every_tenant(reason="a client was refused; its answers are found by its key"):
        KeptAnswer.objects.filter(client=client, name=name, status=None).delete()
