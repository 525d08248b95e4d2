"""Invitations: for one address and one organization, for three days, for one use."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.core.permissions import Role
from accounts.core.tokens import digest_of
from accounts.domain.invitations import Invited, accept, accept_as_new, find_open, invite
from accounts.models import AuditEntry, Invitation, Membership, User
from accounts.rules import Refused
from accounts.tenancy import acting_as, every_tenant
from tests.accounts.door import sign_in
from tests.factories.people import PASSWORD, OrganizationFactory, actor_of, member, signed_in

INVITE = "/organization/members/invite/"
ROBIN = "robin@lakeside.example"
FORM = {"name": "Robin Vale", "email": ROBIN, "roles": ["prescriber"]}
NEW = {"name": "Robin Vale", "password": "a long pass phrase of Robin's"}


@pytest.fixture
def anas(ana: Membership) -> Client:
    return signed_in(ana)


def sent() -> str:
    """The path of the newest link that was sent."""
    (link,) = re.findall(r"\S+/invitation/\S+", str(mail.outbox[-1].body))
    assert link.startswith(django_settings.SITE_URL)
    return str(link.removeprefix(django_settings.SITE_URL))


def invited_by(
    membership: Membership, email: str = ROBIN, *, ago: dt.timedelta = dt.timedelta()
) -> str:
    """Invite an address some time ago; the token of the link."""
    with acting_as(actor_of(membership)):
        invite(
            Invited(email=email, name="Robin Vale", roles=["prescriber"]),
            by=actor_of(membership),
            now=timezone.now() - ago,
        )
    return sent().split("/")[2]


def memberships_of(email: str) -> list[Membership]:
    return list(Membership.objects.filter(user__email=email))


@pytest.mark.asvs("6.4.1")
def test_somebody_new_accepts_with_a_name_and_a_password(anas: Client, ana: Membership) -> None:
    assert anas.post(INVITE, FORM)["Location"] == "/organization/members/"
    path, robins = sent(), Client()
    page = robins.get(path).content.decode()
    assert "Join Lakeside Rheumatology" in page
    answer = robins.post(path, NEW)
    assert answer.status_code == 302
    (membership,) = memberships_of(ROBIN)
    assert (membership.organization_id, membership.roles) == (ana.organization_id, ["prescriber"])
    assert membership.user.check_password(NEW["password"])
    assert EmailAddress.objects.get(user=membership.user).verified
    # Signed in, and asked for a second factor before anything else.
    assert "/second-factor/totp/activate/" in robins.get("/account/sessions/")["Location"]
    assert robins.get("/account/second-factor/totp/activate/").status_code == 200
    with acting_as(actor_of(ana)):
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"invited", "invitation_accepted", "signed_in"} <= actions


def test_somebody_with_an_account_signs_in_and_accepts(ana: Membership, ben: Membership) -> None:
    path = f"/invitation/{invited_by(ana, ben.user.email)}/"
    bens = Client()
    page = bens.get(path).content.decode()
    assert f"/account/login/?next={path}" in page
    assert 'name="password"' not in page
    sign_in(bens, ben)
    assert 'name="password"' not in bens.get(path).content.decode()
    assert Membership.objects.filter(user=ben.user).count() == 1
    assert bens.post(path).status_code == 302
    assert bens.session["organization_id"] == str(ana.organization_id)
    joined = Membership.objects.get(user=ben.user, organization=ana.organization)
    assert joined.roles == ["prescriber"]


@pytest.mark.asvs("6.4.1")
def test_the_mail_holds_the_link_and_no_name(anas: Client, ana: Membership) -> None:
    anas.post(INVITE, FORM)
    letter = f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    assert mail.outbox[0].to == [ROBIN]
    for word in ("Robin", "Vale", "Ana", "Whitfield", "Lakeside", "prescriber"):
        assert word not in letter


@pytest.mark.asvs("6.4.1")
def test_only_the_tokens_digest_is_kept(ana: Membership) -> None:
    token = invited_by(ana)
    with every_tenant(reason="the test reads the table"), connection.cursor() as cursor:
        cursor.execute("select t::text from accounts_invitation t")
        (row,) = cursor.fetchone()
    assert token not in row
    assert digest_of(token).hex() in row
    assert len(token) >= 43


@pytest.mark.asvs("6.4.1")
@pytest.mark.parametrize(("hours", "good"), [(71.9, True), (72.1, False)])
def test_an_invitation_is_good_for_three_days(ana: Membership, hours: float, good: bool) -> None:
    token = invited_by(ana, ago=dt.timedelta(hours=hours))
    assert (find_open(token, now=timezone.now()) is not None) == good
    assert Client().get(f"/invitation/{token}/").status_code == (200 if good else 404)


@pytest.mark.asvs("6.4.1")
def test_a_link_is_good_once(ana: Membership) -> None:
    path = f"/invitation/{invited_by(ana)}/"
    assert Client().post(path, NEW).status_code == 302
    assert Client().get(path).status_code == 404
    assert (
        Client().post(path, {**NEW, "password": "somebody else's pass phrase"}).status_code == 404
    )
    assert User.objects.get(email=ROBIN).check_password(NEW["password"])


@pytest.mark.asvs("15.4.2")
def test_two_presses_of_the_button_accept_once(committed: None) -> None:
    token = invited_by(member(OrganizationFactory.create(), Role.ADMIN))

    def press(_number: int) -> bool:
        try:
            accept_as_new(token, name="Robin", password=NEW["password"], now=timezone.now())
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(press, range(4))) == [False, False, False, True]
    assert User.objects.filter(email=ROBIN).count() == 1


@pytest.mark.asvs("6.4.1")
def test_an_invitation_is_for_its_address_only(ana: Membership, ben: Membership) -> None:
    token = invited_by(ana)
    bens = signed_in(ben)
    assert "sent to another address" in bens.get(f"/invitation/{token}/").content.decode()
    bens.post(f"/invitation/{token}/")
    with pytest.raises(Refused):
        accept(token, user_id=ben.user_id, now=timezone.now())
    assert Membership.objects.filter(user=ben.user).count() == 1


@pytest.mark.asvs("6.3.8")
def test_every_link_that_does_not_work_looks_alike(ana: Membership) -> None:
    used, expired, withdrawn = (
        invited_by(ana, f"{number}@lakeside.example") for number in range(3)
    )
    Client().post(f"/invitation/{used}/", NEW)
    with every_tenant(reason="the test lets time pass"):
        rows = Invitation.objects.all()
        rows.filter(token_digest=digest_of(expired)).update(expires_at=timezone.now())
        rows.filter(token_digest=digest_of(withdrawn)).update(withdrawn_at=timezone.now())
    answers = [Client().get(f"/invitation/{token}/") for token in (used, expired, withdrawn, "x")]
    pages = {re.sub(rb'content="[^"]*"', b"", answer.content) for answer in answers}
    assert {answer.status_code for answer in answers} == {404}
    assert len(pages) == 1


@pytest.mark.asvs("6.3.8")
def test_inviting_tells_nobody_whether_an_address_has_an_account(
    anas: Client, ben: Membership
) -> None:
    answers = [anas.post(INVITE, {**FORM, "email": email}) for email in (ben.user.email, ROBIN)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, "/organization/members/")
    }
    assert len(mail.outbox) == 2
    assert mail.outbox[0].subject == mail.outbox[1].subject


def test_a_withdrawn_invitation_is_worthless(ana: Membership, anas: Client) -> None:
    token = invited_by(ana)
    with acting_as(actor_of(ana)):
        row = Invitation.objects.get()
    assert "Robin Vale" in anas.get("/organization/members/").content.decode()
    anas.post(f"/organization/invitations/{row.id}/withdraw/")
    assert Client().get(f"/invitation/{token}/").status_code == 404
    assert 'data-label="Good until"' not in anas.get("/organization/members/").content.decode()


@pytest.mark.asvs("8.2.2")
def test_another_organizations_invitation_is_not_there(ana: Membership, ben: Membership) -> None:
    token = invited_by(ana)
    with acting_as(actor_of(ana)):
        row = Invitation.objects.get()
    answer = signed_in(ben).post(f"/organization/invitations/{row.id}/withdraw/")
    assert answer.status_code == 404
    assert find_open(token, now=timezone.now()) is not None


def test_inviting_again_withdraws_the_first_link(ana: Membership) -> None:
    first, second = invited_by(ana), invited_by(ana)
    assert find_open(first, now=timezone.now()) is None
    assert find_open(second, now=timezone.now()) is not None


def test_a_member_is_not_invited_again(ana: Membership, anas: Client) -> None:
    answer = anas.post(INVITE, {**FORM, "email": ana.user.email.upper()})
    assert answer.status_code == 422
    assert "already a member" in answer.content.decode()
    assert mail.outbox == []


def test_a_former_member_can_come_back(ana: Membership) -> None:
    former = member(ana.organization, Role.PRESCRIBER, name="Maya Okafor")
    Membership.objects.filter(id=former.id).update(active=False)
    token = invited_by(ana, former.user.email)
    accept(token, user_id=former.user_id, now=timezone.now())
    former.refresh_from_db()
    assert former.active


def test_a_mail_server_that_is_down_is_said_and_nobody_was_invited(
    anas: Client, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = anas.post(INVITE, FORM)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "nobody was invited" in page
    assert 'value="Robin Vale"' in page
    with every_tenant(reason="the test looks for a row"):
        assert not Invitation.objects.exists()


@pytest.mark.asvs("6.2.1")
@pytest.mark.parametrize(
    "password", ["short", "password1234", "robin@lakeside.example", "Robin Vale!!"]
)
def test_a_weak_password_is_refused_in_a_sentence(ana: Membership, password: str) -> None:
    path = f"/invitation/{invited_by(ana)}/"
    answer = Client().post(path, {**NEW, "password": password})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert not User.objects.filter(email=ROBIN).exists()


@pytest.mark.asvs("8.2.1")
def test_only_roles_of_the_kind_are_offered_and_taken(anas: Client) -> None:
    answer = anas.post(INVITE, {**FORM, "roles": ["operator"]})
    assert answer.status_code == 422
    assert mail.outbox == []


def test_a_person_who_is_signed_in_keeps_their_password(ana: Membership) -> None:
    assert ana.user.check_password(PASSWORD)
