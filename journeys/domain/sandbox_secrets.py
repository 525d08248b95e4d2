"""The secrets of a partner's sandbox, for signing and checking on its engineer's behalf."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.sandbox_sending import NothingToSend
from journeys.domain.sandbox_worlds import double_of
from journeys.domain.sending import endpoint_of
from journeys.models import Delivery, PartnerKey


@dataclass(frozen=True)
class Secrets:
    """What is known of a sandbox, by what each secret is called; the newest comes first.

    `good` sign the partner's reports, `ours` what we send, `ended` are good for nothing any more.
    `journey` is the number of its newest journey.
    """

    slug: str
    journey: str
    good: Mapping[str, str] = field(repr=False)
    ours: Mapping[str, str] = field(repr=False)
    ended: Mapping[str, str] = field(repr=False)


def secrets_of(partner: Organization, *, by: Actor) -> Secrets:
    """The caller has checked that the actor keeps the partner's endpoint. Raises NothingToSend."""
    with every_tenant(reason="the partner's engineer signs and checks by hand", actor=by):
        double = double_of(partner)
        if double is None:
            raise NothingToSend("Make your keys first.")
        keys = list(PartnerKey.objects.filter(organization=double).order_by("-created_at")[:10])
        endpoint = endpoint_of(double)
        newest = Delivery.objects.filter(recipient=double).order_by("-created_at")
        number = newest.values_list("journey__number", flat=True).first()
    ours = [endpoint.secret, endpoint.previous_secret] if endpoint else []
    good = [key for key in keys if key.revoked_at is None]
    return Secrets(
        slug=double.slug,
        journey=number or "TL-0000000",
        good={_name("THROUGHLINE_SECRET", place): key.secret for place, key in enumerate(good)},
        ours={
            _name("THROUGHLINE_WEBHOOK_SECRET", place): secret
            for place, secret in enumerate(ours)
            if secret
        },
        ended={
            f"a key that has ended ({key.label}, {key.pk})": key.secret
            for key in keys
            if key.revoked_at is not None
        },
    )


def _name(variable: str, place: int) -> str:
    return variable if place == 0 else f"the earlier {variable}"
