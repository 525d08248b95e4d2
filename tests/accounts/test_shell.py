"""The frame of every page is kept between answers, and is each reader's own all the same."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.core.permissions import Role
from accounts.models import Membership
from tests.factories.people import signed_in

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def page_of(client: Client) -> str:
    return client.get(reverse("sessions")).content.decode()


def test_each_reader_finds_their_own_name_and_places_in_the_frame(
    ana: Membership, ben: Membership
) -> None:
    hers, his = signed_in(ana), signed_in(ben)
    for _ in range(2):
        ana_sees, ben_sees = page_of(hers), page_of(his)
        assert ana.user.email in ana_sees
        assert 'data-warn-before="120"' in ana_sees
        assert f'data-person="{ana.user.pk}"' in ana_sees
        assert f'data-person="{ana.user.pk}"' not in ben_sees
        assert ana.user.email not in ben_sees
        assert ben.organization.name in ben_sees
        assert ben.organization.name not in ana_sees


def test_the_forms_of_a_kept_frame_carry_the_answers_own_token(ana: Membership) -> None:
    client = signed_in(ana)
    first, second = TOKEN.findall(page_of(client)), TOKEN.findall(page_of(client))
    assert len(first) > 2
    assert len(set(first)) == len(set(second)) == 1
    assert first[0] != second[0]
    assert len(first[0]) == 64


def test_a_second_workplace_shows_in_the_frame_at_once(ana: Membership, ben: Membership) -> None:
    client = signed_in(ana)
    assert ben.organization.name not in page_of(client)
    Membership.objects.create(
        user=ana.user, organization=ben.organization, roles=[Role.PRACTICE_STAFF.value]
    )
    assert ben.organization.name in page_of(client)
