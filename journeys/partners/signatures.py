"""Standard Webhooks signatures, both ways: over id, timestamp and the raw body."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from standardwebhooks import Webhook, WebhookVerificationError
from standardwebhooks.webhooks import EmptyWebhookSecretError

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class BadSignature(ValueError):
    """The message is unsigned, badly signed, altered, or its time is off by over 5 minutes."""


def signed(
    message_id: str, body: bytes, *, secrets: Iterable[str], now: datetime
) -> dict[str, str]:
    """The three headers that sign a body; several secrets give several signatures (rotation).

    `now` is in UTC. Secrets are `whsec_` and base64.
    """
    text = body.decode()
    signatures = [Webhook(secret).sign(message_id, now, text) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def verify(headers: Mapping[str, str], body: bytes, *, secrets: Iterable[str]) -> None:
    """Return when one of the secrets signed exactly this. Raises BadSignature for anything else."""
    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, EmptyWebhookSecretError, ValueError):
            # ValueError: malformed base64, headers or encoding, in which the library trusts.
            continue
        return
    raise BadSignature("No key of this partner signed this message.")
