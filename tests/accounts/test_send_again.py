"""A form whose session ended in the middle of it: what was typed is given back, to send again."""

import re

import pytest
from django.test import Client

from accounts.models import Membership
from tests.factories.people import signed_in

OURS = {"Origin": "http://testserver"}
TYPED = {"emails": "rosa@lakeside.example", "note": 'She said "later" & left', "boxes": ["a", "b"]}
PAGE = "/organization/members/invite/"


def hidden(answer: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)"', answer)


def checked(membership: Membership) -> Client:
    """Signed in, in a browser whose forms need the token of its session."""
    browser = signed_in(membership)
    browser.handler.enforce_csrf_checks = True
    return browser


def test_what_was_typed_is_kept_for_who_was_signed_out(ana: Membership) -> None:
    browser = signed_in(ana)
    browser.session.flush()
    answer = browser.post(PAGE, TYPED, headers=OURS)
    assert answer.status_code == 401
    page = answer.content.decode()
    assert f'action="{PAGE}"' in page
    assert hidden(page) == [
        ("emails", "rosa@lakeside.example"),
        ("note", "She said &quot;later&quot; &amp; left"),
        ("boxes", "a"),
        ("boxes", "b"),
    ]
    assert "Sign in again" in page
    assert answer["Cache-Control"] == "no-store"


def test_after_signing_in_it_is_sent_once_more_with_a_token_of_the_new_session(
    ana: Membership,
) -> None:
    browser = checked(ana)
    answer = browser.post(PAGE, {**TYPED, "csrfmiddlewaretoken": "old"}, headers=OURS)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert len(hidden(page)) == 4
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    again = browser.post(PAGE, {**TYPED, "csrfmiddlewaretoken": token[1]}, headers=OURS)
    assert "Send it once more" not in again.content.decode()
    assert again.status_code != 403


@pytest.mark.asvs("3.5.1")
@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_what_another_site_sent_is_never_offered(ana: Membership, origin: str) -> None:
    headers = {"Origin": origin} if origin else {}
    assert Client().post(PAGE, TYPED, headers=headers).status_code == 302
    browser = checked(ana)
    assert hidden(browser.post(PAGE, TYPED, headers=headers).content.decode()) == []


def test_a_password_is_never_given_back(ana: Membership) -> None:
    assert Client().post(PAGE, {"password": "secret"}, headers=OURS).status_code == 302


def test_a_script_is_told_plainly(ana: Membership) -> None:
    answer = Client().post(PAGE, TYPED, headers={**OURS, "HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"Sign in first.")
