"""How a partner is reached: chosen by its own administrator or the operator, refused with words."""

import base64
import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from standardwebhooks import Webhook

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Membership, Organization
from accounts.tenancy import every_tenant
from journeys.core.delivery import Receipt
from journeys.domain.claiming import claim
from journeys.domain.delivering import deliver_due, settle
from journeys.domain.endpoint_secrets import key_id_of
from journeys.domain.partner_tests import send_tests
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, Endpoint
from journeys.partners.assertions import assertion
from journeys.partners.registry import CARRIERS
from tests.factories.exchange import SECRET, delivery_of, endpoint, submitted
from tests.factories.people import OrganizationFactory, member, proven, signed_in
from tests.factories.programs import EndpointFactory, published
from tests.fakes.hub import running_hub

pytestmark = pytest.mark.django_db

LIST = reverse("endpoints")
# Session and person; begin, the tenancy, end; into every tenancy and back; partners, endpoints,
# trials.
QUERIES = 12
KEY = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
HOST_KEY = (
    ed25519.Ed25519PrivateKey.generate()
    .public_key()
    .public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    .decode()
)
# What each way wants, with an address that stands for itself and needs no look-up.
FILLED: dict[str, dict[str, str]] = {
    "portal": {},
    "packet": {},
    "webhook": {"address": "https://9.9.9.9/hooks"},
    "fhir": {
        "address": "https://9.9.9.9/fhir",
        "token_url": "https://9.9.9.9/token",
        "client_id": "throughline",
        "form": "message",
    },
    "email": {
        "address": "smtps://9.9.9.9",
        "to": "packets@northstar.example",
        "secret": "tl:hidden word",
    },
    "fax": {"address": "https://9.9.9.9/fax", "to": "(617) 555-0142", "secret": "hidden word"},
    "sftp": {
        "address": "sftp://9.9.9.9:2222",
        "username": "throughline",
        "host_key": HOST_KEY,
        "format": "jsonl",
    },
}


@pytest.fixture
def hub() -> Organization:
    version = published()
    return Organization.objects.get(slug=version.definition["route"]["hub"])


@pytest.fixture
def admin(hub: Organization) -> Membership:
    return member(hub, Role.ADMIN, name="Lena Fischer")


@pytest.fixture
def lena(admin: Membership) -> Client:
    return proven(signed_in(admin), admin)


@pytest.fixture
def casey() -> Client:
    desk = member(OrganizationFactory.create(kind="operator", slug="desk"), Role.OPERATOR)
    return proven(signed_in(desk), desk)


def page(partner: Organization) -> str:
    return reverse("endpoint", args=[partner.id])


def chosen(browser: Client, partner: Organization, way: str, **changes: str) -> str:
    """What the page says after a way was chosen."""
    answer = browser.post(page(partner), {"way": way, **FILLED[way], **changes}, follow=True)
    assert answer.status_code == 200, answer.context["form"].errors
    return answer.content.decode()


def active(partner: Organization) -> Endpoint:
    with every_tenant(reason="the test looks"):
        found: Endpoint = Endpoint.objects.get(organization=partner, active=True, fallback=False)
        assert found.secret is None or found.secret
        return found


@pytest.mark.parametrize("way", FILLED)
def test_each_way_is_chosen_and_is_the_only_one(lena: Client, hub: Organization, way: str) -> None:
    told = chosen(lena, hub, way)
    its = active(hub)
    assert its.transport == way
    assert its.address == FILLED[way].get("address", "")
    assert "hidden word" not in told
    assert str(its.secret or "nothing kept") not in lena.get(page(hub)).content.decode()
    with every_tenant(reason="the test reads the audit"):
        entry = AuditEntry.objects.get(action="endpoint_changed")
        assert entry.organization_id == hub.id


@pytest.mark.parametrize(
    ("way", "wrong", "sentence"),
    [
        ("webhook", {"address": ""}, "Give the address."),
        ("webhook", {"address": "http://9.9.9.9/"}, "does not begin with https"),
        ("webhook", {"address": "https://127.0.0.1/"}, "inside a private network"),
        ("webhook", {"address": "https://10.1.2.3/"}, "inside a private network"),
        ("webhook", {"address": "https://169.254.169.254/latest"}, "inside a private network"),
        ("webhook", {"address": "https://[::ffff:10.0.0.1]/"}, "inside a private network"),
        ("webhook", {"address": "https://localhost/"}, "inside a private network"),
        ("webhook", {"address": "https://a:b@9.9.9.9/"}, "holds a password"),
        ("fhir", {"token_url": "https://192.168.0.9/t"}, "inside a private network"),
        ("fhir", {"client_id": ""}, "Give the ID under which your server knows us."),
        ("email", {"address": "https://9.9.9.9"}, "does not begin with smtps or smtp"),
        ("email", {"to": "packets"}, "This is not an e-mail address."),
        ("email", {"secret": "only"}, "Write the name, a colon, and the password."),
        ("fax", {"to": "555"}, "A fax number has 10 digits."),
        ("fax", {"secret": ""}, "Without it they do not let us in."),
        ("sftp", {"host_key": "ssh-ed25519 nonsense"}, "This is not a public key"),
        ("sftp", {"address": "sftp://172.16.0.4"}, "inside a private network"),
    ],
)
def test_what_will_not_do_is_told_at_its_field(
    lena: Client, hub: Organization, way: str, wrong: dict[str, str], sentence: str
) -> None:
    before = active(hub).pk
    answer = lena.post(page(hub), {"way": way, **FILLED[way], **wrong})
    (field,) = wrong
    assert answer.status_code == 422
    (told,) = answer.context["form"].errors[field]
    assert sentence in str(told)
    assert active(hub).pk == before


def test_what_was_chosen_is_told_in_words(lena: Client, hub: Organization) -> None:
    chosen(lena, hub, "sftp", format="csv", packets="beside")
    facts = dict(lena.get(page(hub)).context["facts"])
    assert facts["Files are"] == "CSV"
    assert facts["Signed packets"] == "A PDF each, beside the file"
    chosen(lena, hub, "fhir", form="collection")
    facts = dict(lena.get(page(hub)).context["facts"])
    assert facts["An enrollment arrives as"] == "A collection headed by a Task, to Bundle"


def test_a_webhooks_secret_is_shown_once_and_kept_encrypted(
    lena: Client, hub: Organization
) -> None:
    (secret,) = set(KEY.findall(chosen(lena, hub, "webhook")))
    assert not KEY.search(lena.get(page(hub)).content.decode())
    assert active(hub).secret == secret
    with every_tenant(reason="the test reads the row as it is kept"), connection.cursor() as cursor:
        cursor.execute("select e::text from journeys_endpoint e")
        assert all(secret not in row for (row,) in cursor.fetchall())
    # The address alone changes: the partner keeps the secret it has.
    assert not KEY.search(chosen(lena, hub, "webhook", address="https://9.9.9.9/other"))
    assert active(hub).secret == secret


def test_a_secret_is_replaced_with_an_overlap(
    lena: Client, hub: Organization, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    with running_hub(SECRET) as fake:
        endpoint(hub, address=fake.url)
        answer = lena.post(reverse("endpoint_secret", args=[hub.id]))
        (newer,) = set(KEY.findall(answer.content.decode()))
        submitted()
        deliver_due(carriers=CARRIERS, clock=timezone.now)
        lena.post(reverse("endpoint_secret_end", args=[hub.id]))
        fake.secret = newer
        submitted()
        deliver_due(carriers=CARRIERS, clock=timezone.now)
        during, after = fake.taken
    for secret in (SECRET, newer):
        Webhook(secret).verify(during.body, during.headers)
    Webhook(newer).verify(after.body, after.headers)
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(after.body, after.headers)


def test_a_fhir_partner_is_shown_the_key_that_we_sign_with(lena: Client, hub: Organization) -> None:
    chosen(lena, hub, "fhir")
    answer = lena.get(page(hub))
    (key,) = json.loads(answer.context["public"])["keys"]
    its = active(hub)
    signed = assertion(
        "throughline",
        audience="x",
        key_id=its.options["key_id"],
        pem=str(its.secret),
        now=timezone.now(),
    )
    head, _claims, signature = signed.split(".")
    assert json.loads(unpacked(head)) == {"alg": "ES384", "typ": "JWT", "kid": key["kid"]}
    x, y = (int.from_bytes(unpacked(key[name])) for name in ("x", "y"))
    loaded = serialization.load_pem_private_key(str(its.secret).encode(), password=None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    assert loaded.public_key().public_numbers() == ec.EllipticCurvePublicNumbers(
        x, y, ec.SECP384R1()
    )
    assert len(unpacked(signature)) == 96
    assert "d" not in key
    assert "PRIVATE" not in answer.content.decode()


def test_a_new_key_is_listed_before_it_is_used_and_after(lena: Client, hub: Organization) -> None:
    """Whoever reads our JWK set never meets an assertion that it cannot check."""

    def listed() -> list[str]:
        answer = Client().get("/.well-known/jwks.json")
        assert answer["Content-Type"] == "application/jwk-set+json"
        assert "max-age" in answer["Cache-Control"]
        return [key["kid"] for key in answer.json()["keys"]]

    chosen(lena, hub, "fhir")
    first = active(hub).options["key_id"]
    assert listed() == [first]
    lena.post(reverse("endpoint_secret", args=[hub.id]))
    assert active(hub).options["key_id"] == first
    assert listed()[0] == first
    (newer,) = listed()[1:]
    lena.post(reverse("endpoint_key_use", args=[hub.id]))
    its = active(hub)
    assert (its.options["key_id"], key_id_of(str(its.secret))) == (newer, newer)
    assert listed() == [newer, first]
    lena.post(reverse("endpoint_key_use", args=[hub.id]))
    lena.post(reverse("endpoint_secret_end", args=[hub.id]))
    assert listed() == [newer]


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_file_server_is_shown_our_public_line(lena: Client, hub: Organization) -> None:
    chosen(lena, hub, "sftp")
    shown = lena.get(page(hub)).content.decode()
    assert "ssh-ed25519 AAAA" in shown
    assert "PRIVATE" not in shown


def test_what_waits_goes_the_new_way_at_once(
    lena: Client, hub: Organization, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    endpoint(hub, address="http://127.0.0.1:9/")
    journey = submitted()
    deliver_due(carriers=CARRIERS, clock=timezone.now)
    assert delivery_of(journey).status == DeliveryStatus.PENDING
    with running_hub(SECRET) as fake:
        chosen(lena, hub, "webhook", address=fake.url)
        deliver_due(carriers=CARRIERS, clock=timezone.now)
        assert len(fake.taken) == 1
    later = submitted()
    chosen(lena, hub, "portal")
    deliver_due(carriers=CARRIERS, clock=timezone.now)
    assert delivery_of(later).status == DeliveryStatus.SENT
    assert delivery_of(later).endpoint_id == active(hub).pk
    assert delivery_of(journey).endpoint_id != active(hub).pk


def test_what_is_being_sent_ends_on_the_earlier_way(lena: Client, hub: Organization) -> None:
    before = endpoint(hub, address="https://9.9.9.9/")
    arriving, coming_back = submitted(), submitted()
    taken = claim(limit=10, lease=timedelta(minutes=1), now=timezone.now()).claimed
    chosen(lena, hub, "portal")
    by_journey = {each.journey_id: each for each in taken}
    settle(
        [(by_journey[arriving.pk], Receipt()), (by_journey[coming_back.pk], None)],
        now=timezone.now(),
    )
    assert delivery_of(arriving).endpoint_id == before.pk
    deliver_due(carriers=CARRIERS, clock=timezone.now)
    assert delivery_of(coming_back).status == DeliveryStatus.SENT
    assert delivery_of(coming_back).endpoint_id == active(hub).pk


def test_a_partner_tests_its_own_address(
    lena: Client, hub: Organization, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    with running_hub(SECRET) as fake:
        endpoint(hub, address=fake.url)
        ask = reverse("endpoint_test", args=[hub.id])
        assert "The test is on its way." in lena.post(ask, follow=True).content.decode()
        assert "within the last minute" in lena.post(ask, follow=True).content.decode()
        assert send_tests(carriers=CARRIERS, clock=timezone.now) == 1
        (message,) = fake.taken
    assert message.content["type"] == "connection.tested"
    assert "It arrived." in lena.get(page(hub)).content.decode()
    chosen(lena, hub, "portal")
    assert lena.post(ask).status_code == 404


def test_the_operator_keeps_every_partners_endpoint(casey: Client, hub: Organization) -> None:
    assert hub.name in casey.get(LIST).content.decode()
    chosen(casey, hub, "webhook")
    assert active(hub).transport == "webhook"
    assert "9.9.9.9" in casey.get(LIST).content.decode()


def test_an_administrator_goes_straight_to_their_own(lena: Client, hub: Organization) -> None:
    assert lena.get(LIST).headers["Location"] == page(hub)


@pytest.mark.parametrize("kind", ["hub", "pharmacy", "vendor", "practice", "manufacturer"])
def test_somebody_elses_endpoint_is_not_there(hub: Organization, kind: str) -> None:
    before = active(hub).pk
    stranger = member(OrganizationFactory.create(kind=kind, slug="elsewhere"), Role.ADMIN)
    browser = proven(signed_in(stranger), stranger)
    for partner_id in (hub.id, uuid4()):
        for name, content in every_address():
            address = reverse(name, args=[partner_id])
            assert browser.post(address, content).status_code == 404
        assert browser.get(reverse("endpoint", args=[partner_id])).status_code == 404
    assert active(hub).pk == before


def every_address() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("endpoint", {"way": "webhook", **FILLED["webhook"]}),
        ("endpoint_secret", {}),
        ("endpoint_secret_end", {}),
        ("endpoint_key_use", {}),
        ("endpoint_test", {}),
    ]


def test_a_hub_agent_may_not_and_who_may_proves_who_they_are(
    hub: Organization, admin: Membership
) -> None:
    agent = signed_in(member(hub, Role.HUB_AGENT))
    assert agent.get(page(hub)).status_code == 403
    assert signed_in(admin).post(page(hub), {"way": "portal"}).status_code == 302
    with every_tenant(reason="the test looks"):
        assert not Delivery.objects.filter(endpoint__transport="webhook").exists()
        assert not AuditEntry.objects.filter(action="endpoint_changed").exists()


def test_two_partners_each_keep_one_endpoint(casey: Client, hub: Organization) -> None:
    shop = OrganizationFactory.create(kind="pharmacy", slug="shop", name="Corner Pharmacy")
    for way in ("webhook", "portal", "webhook", "sftp"):
        chosen(casey, hub, way)
        chosen(casey, shop, way)
    assert count(hub.id) == count(shop.id) == 1


def count(partner_id: UUID) -> int:
    with every_tenant(reason="the test looks"):
        return int(Endpoint.objects.filter(organization=partner_id, active=True).count())


@pytest.mark.parametrize("many", [1, 30])
def test_as_many_queries_for_one_partner_as_for_thirty(
    casey: Client, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(many):
        EndpointFactory.create(
            organization=OrganizationFactory.create(kind="pharmacy", slug=f"shop-{number}")
        )
    casey.get(LIST)
    with django_assert_num_queries(QUERIES):
        casey.get(LIST)
