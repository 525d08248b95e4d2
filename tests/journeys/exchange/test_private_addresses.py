"""No adapter sends into our own network, whatever part of an endpoint names it."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from accounts.models import Organization
from journeys.enums import DeliveryStatus
from tests.factories.exchange import delivery_of, endpoint, submitted
from tests.journeys.exchange.conftest import Turning, deliver
from tests.journeys.exchange.test_adapters import pem_of

pytestmark = [pytest.mark.django_db, pytest.mark.asvs("1.3.6")]
PUBLIC = "https://93.184.215.14/fhir"
HOSTS = ("127.0.0.1", "10.1.2.3", "169.254.169.254", "[::ffff:127.0.0.1]", "[fd00:ec2::254]")
WAYS = {
    "webhook": ("https://{host}/hook", {}),
    "fax": ("https://{host}/faxes", {"to": "+16175550100"}),
    "email": ("smtps://{host}", {"to": "intake@northstar.example"}),
    "sftp": ("sftp://{host}", {"username": "tl", "host_key": "none"}),
    "fhir": ("https://{host}/fhir", {"token_url": PUBLIC, "client_id": "tl"}),
    "fhir tokens": (PUBLIC, {"token_url": "https://{host}/token", "client_id": "tl"}),
}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("way", WAYS)
def test_an_address_of_our_own_network_is_refused(
    northstar: Organization, clock: Turning, way: str, host: str
) -> None:
    address, options = WAYS[way]
    endpoint(
        northstar,
        transport=way.split(maxsplit=1)[0],
        address=address.format(host=host),
        secret=pem_of(ec.generate_private_key(ec.SECP384R1())),
        options={name: value.format(host=host) for name, value in options.items()},
    )
    journey = submitted(now=clock.now)
    deliver(clock)
    delivery = delivery_of(journey)
    assert delivery.status == DeliveryStatus.ABANDONED
    assert delivery.trouble == "The endpoint's address is inside a private network."
