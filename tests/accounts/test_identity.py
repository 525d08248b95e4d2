"""A session is read together with its person; it never vouches for another one."""

import pytest
from allauth.usersessions.models import UserSession
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.identity import SessionStore
from accounts.models import Membership
from tests.factories.people import signed_in

pytestmark = pytest.mark.django_db


def test_a_session_comes_with_its_person_memberships_and_second_factor(
    ana: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store = SessionStore(signed_in(ana).session.session_key)
    with django_assert_num_queries(1):
        assert store["_auth_user_id"] == str(ana.user_id)
        known = store.known
        assert known is not None
        assert known.user.email == ana.user.email
        assert [one.organization.name for one in known.memberships] == [ana.organization.name]
        assert known.second_factor


def test_a_membership_at_an_organization_that_ended_is_not_among_them(ana: Membership) -> None:
    store = SessionStore(signed_in(ana).session.session_key)
    ana.organization.active = False
    ana.organization.save()
    assert store["_auth_user_id"] == str(ana.user_id)
    assert store.known is not None
    assert list(store.known.memberships) == []


def test_a_session_noted_for_somebody_else_is_still_its_own_persons(
    ana: Membership, ben: Membership
) -> None:
    client = signed_in(ana)
    UserSession.objects.filter(user=ana.user).update(user=ben.user)
    page = client.get(reverse("sessions"))
    assert ana.user.email in page.content.decode()
    assert ben.user.email not in page.content.decode()
