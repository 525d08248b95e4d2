"""How long a session lasts, when its key changes, and how it ends."""

import time
from http.cookies import Morsel

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.core.permissions import Role
from accounts.core.sessions import Limits, ends_at
from accounts.domain.queries.sessions import device_of
from accounts.middleware import session_limits
from accounts.models import AuditEntry, Membership
from accounts.tasks import clear_sessions
from accounts.tenancy import acting_as
from accounts.views.session import idle_data
from tests.accounts.door import sign_in
from tests.factories.people import OrganizationFactory, actor_of, enroll, signed_in

MINUTE, HOUR = 60, 3600
MEMBERS = "/organization/members/"
SESSIONS = "/account/sessions/"


def turn_back(client: Client, **seconds: float) -> None:
    """Let the session be as old as this: `seen_at` and `signed_in_at`, seconds ago."""
    session = client.session
    for name, ago in seconds.items():
        session[name] = time.time() - ago
    session.save()


def is_signed_in(client: Client, path: str = SESSIONS) -> bool:
    return client.get(path).status_code == 200


# --- The limits ----------------------------------------------------------------------------------


@given(
    seen=st.floats(0, 1e9),
    lasted=st.floats(0, 1e6),
    idle=st.floats(1, 1e5),
    longest=st.floats(1, 1e6),
)
def test_a_session_never_outlives_either_limit(
    seen: float, lasted: float, idle: float, longest: float
) -> None:
    end = ends_at(seen_at=seen + lasted, signed_in_at=seen, limits=Limits(idle, longest))
    assert end <= seen + lasted + idle
    assert end <= seen + longest


@pytest.mark.asvs("7.3.1")
@pytest.mark.parametrize(("minutes", "stays"), [(0, True), (14, True), (15.1, False), (60, False)])
def test_fifteen_idle_minutes_end_a_session(ana: Membership, minutes: float, stays: bool) -> None:
    client = signed_in(ana)
    assert is_signed_in(client)
    turn_back(client, seen_at=minutes * MINUTE)
    key = client.session.session_key
    assert is_signed_in(client) == stays
    assert Session.objects.filter(session_key=key).exists() == stays


@pytest.mark.asvs("7.3.2")
@pytest.mark.parametrize(("hours", "stays"), [(11.9, True), (12.1, False)])
def test_twelve_hours_end_a_session_whatever_happens(
    ana: Membership, hours: float, stays: bool
) -> None:
    client = signed_in(ana)
    turn_back(client, seen_at=0, signed_in_at=hours * HOUR)
    assert is_signed_in(client) == stays


def test_the_clock_of_the_limits_can_be_turned(ana: Membership) -> None:
    """The same, by a clock of the test's own instead of values in the session."""
    hands = [1_000_000.0]
    middleware = session_limits(lambda request: HttpResponse("here"), clock=lambda: hands[0])
    request = _request(ana)
    for passed in (0, 14 * MINUTE, 14 * MINUTE):
        hands[0] += passed
        assert middleware(request).status_code == 200
    hands[0] += 15 * MINUTE + 1
    assert middleware(request).status_code == 302
    assert isinstance(request.user, AnonymousUser)


def _request(membership: Membership) -> HttpRequest:
    client = signed_in(membership)
    request = RequestFactory().get(MEMBERS)
    request.user = membership.user
    request.session = client.session
    return request


@pytest.mark.asvs("7.3.1")
@pytest.mark.parametrize(
    ("path", "headers"), [("/live/worklist/", {}), (SESSIONS, {"X-Passive": "1"})]
)
def test_what_a_page_asks_by_itself_keeps_no_session_alive(
    ana: Membership, path: str, headers: dict[str, str]
) -> None:
    client = signed_in(ana)
    turn_back(client, seen_at=10 * MINUTE)
    before = client.session["seen_at"]
    client.get(path, headers=headers)
    assert client.session["seen_at"] == before
    client.get(SESSIONS)
    assert client.session["seen_at"] > before


def test_saying_that_one_is_still_here_starts_the_idle_time_anew(ana: Membership) -> None:
    client = signed_in(ana)
    client.get(SESSIONS)
    turn_back(client, seen_at=14 * MINUTE)
    answer = client.post("/account/still-here/")
    assert answer.json()["expires_at"] == pytest.approx(time.time() + settings.IDLE_SECONDS, abs=5)
    assert client.get("/account/still-here/").status_code == 405


def test_the_page_counts_down_to_the_earlier_of_both_limits(ana: Membership) -> None:
    request = _request(ana)
    request.session["seen_at"] = time.time()
    request.session["signed_in_at"] = time.time() - 12 * HOUR + 5 * MINUTE
    data = idle_data(request)
    assert data["seconds"] == pytest.approx(5 * MINUTE, abs=5)


@pytest.mark.asvs("7.4.1")
def test_a_script_learns_of_the_end_by_401_and_a_person_comes_back_to_their_page(
    ana: Membership,
) -> None:
    client = signed_in(ana)
    for headers, status in (
        ({}, 302),
        ({"HX-Request": "true"}, 401),
        ({"Accept": "application/json"}, 401),
    ):
        client.force_login(ana.user)
        turn_back(client, seen_at=HOUR)
        answer = client.get(f"{MEMBERS}?page=2", headers=headers)
        assert answer.status_code == status
    client.force_login(ana.user)
    turn_back(client, seen_at=HOUR)
    answer = client.get(f"{MEMBERS}?page=2")
    assert answer["Location"] == f"/account/login/?next={MEMBERS}%3Fpage%3D2"
    client.force_login(ana.user)
    turn_back(client, seen_at=HOUR)
    answer = client.post(
        f"{MEMBERS}invite/", headers={"Referer": f"http://testserver{MEMBERS}invite/?a=1"}
    )
    assert answer["Location"] == f"/account/login/?next={MEMBERS}invite/%3Fa%3D1"


# --- The key -------------------------------------------------------------------------------------


@pytest.mark.asvs("7.2.4")
def test_the_key_changes_at_sign_in(ana: Membership) -> None:
    client = Client()
    client.get("/account/login/")
    session = client.session
    session["before"] = "anonymous"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    sign_in(client, ana)
    assert client.session.session_key != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


@pytest.mark.asvs("7.2.4")
def test_the_key_changes_when_one_switches_organization(ana: Membership) -> None:
    other = OrganizationFactory.create(name="Zelkova Clinic")
    Membership.objects.create(user=ana.user, organization=other, roles=[Role.PRACTICE_STAFF.value])
    client = Client()
    sign_in(client, ana)
    client.get(SESSIONS)
    key = client.session.session_key
    answer = client.post("/organization/switch/", {"organization": str(other.id), "next": SESSIONS})
    assert answer["Location"] == SESSIONS
    assert client.session["organization_id"] == str(other.id)
    assert client.session.session_key != key
    assert not Session.objects.filter(session_key=key).exists()
    assert UserSession.objects.get(user=ana.user).session_key == client.session.session_key
    with acting_as(actor_of(Membership.objects.get(user=ana.user, organization=other))):
        assert AuditEntry.objects.filter(action="organization_switched").count() == 1


@pytest.mark.asvs("8.2.2")
def test_nobody_switches_to_an_organization_that_is_not_theirs(
    ana: Membership, ben: Membership
) -> None:
    client = signed_in(ana)
    for chosen in (str(ben.organization_id), "nothing", ""):
        answer = client.post("/organization/switch/", {"organization": chosen})
        assert answer.status_code == 404
    ended = Membership.objects.create(
        user=ana.user, organization=ben.organization, roles=["admin"], active=False
    )
    answer = client.post("/organization/switch/", {"organization": str(ended.organization_id)})
    assert answer.status_code == 404
    assert client.session["organization_id"] == str(ana.organization_id)


@pytest.mark.asvs("3.7.2")
@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_switching_leads_nowhere_else(ana: Membership, elsewhere: str) -> None:
    answer = signed_in(ana).post(
        "/organization/switch/", {"organization": str(ana.organization_id), "next": elsewhere}
    )
    assert answer["Location"] == "/"


@pytest.mark.asvs("7.2.4")
def test_the_key_changes_when_ones_roles_change(ana: Membership) -> None:
    client = signed_in(ana)
    client.get(SESSIONS)
    key = client.session.session_key
    client.get(SESSIONS)
    assert client.session.session_key == key
    Membership.objects.filter(id=ana.id).update(roles=[Role.ADMIN.value])
    client.get(SESSIONS)
    assert client.session.session_key != key


# --- The end -------------------------------------------------------------------------------------


@pytest.mark.asvs("7.4.1")
def test_signing_out_ends_the_session_on_the_server_and_empties_the_browser(
    ana: Membership,
) -> None:
    client = signed_in(ana)
    client.get(SESSIONS)
    key = client.session.session_key
    answer = client.post("/account/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()
    client.cookies[settings.SESSION_COOKIE_NAME] = key or ""
    assert not is_signed_in(client)
    with acting_as(actor_of(ana)):
        assert AuditEntry.objects.filter(action="signed_out", user_id=ana.user_id).count() == 1


def test_opening_the_sign_out_page_signs_nobody_out(ana: Membership) -> None:
    client = signed_in(ana)
    assert client.get("/account/logout/").status_code == 200
    assert is_signed_in(client)


@pytest.mark.asvs("7.4.2")
def test_disabling_a_person_ends_every_session_of_theirs(ana: Membership) -> None:
    client = signed_in(ana)
    assert is_signed_in(client)
    ana.user.is_active = False
    ana.user.save()
    assert not is_signed_in(client)


@pytest.mark.asvs("7.4.5")
def test_a_person_sees_and_ends_their_own_sessions(ana: Membership, ben: Membership) -> None:
    office, home = Client(headers={"User-Agent": "Firefox Windows"}), Client()
    for client in (office, home):
        sign_in(client, ana)
        client.get(SESSIONS)
    stranger = Client()
    sign_in(stranger, ben)
    page = home.get(SESSIONS).content.decode()
    assert "Firefox on Windows" in page
    assert page.count('data-label="Last used"') == 2
    assert page.count("This device") == 1
    key = office.session.session_key
    row = UserSession.objects.get(session_key=key)
    stranger.post("/account/sessions/end/", {"session": str(row.id)})
    assert is_signed_in(office)
    home.post("/account/sessions/end/", {"session": str(row.id)})
    assert not is_signed_in(office)
    assert is_signed_in(home)


@pytest.mark.asvs("7.4.3")
def test_a_person_ends_every_other_session_at_once(ana: Membership) -> None:
    office, home = Client(), Client()
    sign_in(office, ana)
    sign_in(home, ana)
    home.post("/account/sessions/end/")
    assert not is_signed_in(office)
    assert is_signed_in(home)


def test_a_session_that_was_idle_too_long_is_not_listed(ana: Membership) -> None:
    office, home = Client(), Client()
    sign_in(office, ana)
    office.get(SESSIONS)
    turn_back(office, seen_at=HOUR)
    sign_in(home, ana)
    assert home.get(SESSIONS).content.decode().count('data-label="Last used"') == 1


@pytest.mark.asvs("3.3.1")
def test_the_cookies_are_bound_to_this_host_and_closed_to_scripts(ana: Membership) -> None:
    client = Client()
    client.get("/account/login/")
    sign_in(client, ana)
    found: dict[str, Morsel[str]] = dict(client.cookies.items())
    assert set(found) >= {"__Host-session", "__Host-csrf"}
    for name in ("__Host-session", "__Host-csrf"):
        cookie = found[name]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
    assert not found["__Host-session"]["max-age"]


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/149 Safari/537", "Chrome on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/149 Safari/537 Edg/149", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Safari/604", "Safari on iPhone"),
        ("curl/8", "curl/8"),
        ("", "?"),
    ],
)
def test_a_device_is_told_by_browser_and_system(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device


def test_somebody_enrolled_reaches_their_pages(ana: Membership) -> None:
    enroll(ana.user)
    assert is_signed_in(signed_in(ana))


def test_sessions_that_are_over_are_cleared_and_living_ones_stay(ana: Membership) -> None:
    old, living = signed_in(ana), signed_in(ana)
    keys = [browser.session.session_key for browser in (old, living)]
    assert UserSession.objects.filter(session_key=keys[0]).exists()
    Session.objects.filter(session_key=keys[0]).update(expire_date=timezone.now())
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == keys[1:]
    assert not UserSession.objects.filter(session_key=keys[0]).exists()
    assert living.get("/account/sessions/").status_code == 200
