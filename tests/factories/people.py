"""Organizations, people, what they may do, and a browser that is signed in as one of them."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from factory.declarations import LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Role
from accounts.domain.second_factors import close
from accounts.models import Membership, Organization, User

PASSWORD = "a long pass phrase for tests"  # opens nothing outside a test
TOTP_SECRET = "JBSWY3DPEHPK3PXP"


class OrganizationFactory(DjangoModelFactory[Organization]):
    class Meta:
        model = Organization

    kind = OrganizationKind.PRACTICE.value
    name = Sequence(lambda number: f"Fernbrook Clinic {number}")
    slug = Sequence(lambda number: f"fernbrook-{number}")
    phone = "6175550100"
    contact_name = "Dana Ellery"
    contact_hours = "Mon to Fri, 8 am to 5 pm ET"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = Sequence(lambda number: f"person{number}@fernbrook.example")
    name = Sequence(lambda number: f"Robin Person {number}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        """Make the person; without a password nobody can sign in with one."""
        return User.objects.create_user(**kwargs)


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = SubFactory(UserFactory)
    organization = SubFactory(OrganizationFactory)
    roles = LazyFunction(lambda: [Role.PRACTICE_STAFF.value])


def member(
    organization: Organization, *roles: Role, name: str = "Robin Person", password: str = ""
) -> Membership:
    """A new person who works for the organization in these roles."""
    user = UserFactory.create(name=name, password=password or None)
    return MembershipFactory.create(
        user=user, organization=organization, roles=[role.value for role in roles]
    )


def actor_of(membership: Membership) -> Actor:
    """The person of a membership as domain functions take them."""
    return Actor(
        user_id=membership.user_id,
        organization_id=membership.organization_id,
        organization_kind=OrganizationKind(membership.organization.kind),
        roles=frozenset(Role(role) for role in membership.roles),
        name=membership.user.name,
    )


def enroll(user: User) -> Authenticator:
    """Give a person an authenticator app: outside development nobody works without."""
    row, _created = Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": close(TOTP_SECRET)}}
    )
    return row


def signed_in(membership: Membership) -> Client:
    """A browser in which the person of this membership is signed in, acting for it."""
    enroll(membership.user)
    client = Client()
    client.force_login(membership.user)
    session = client.session
    session["organization_id"] = str(membership.organization_id)
    session.save()
    # As signing in through the page does.
    UserSession.objects.create(
        user=membership.user, session_key=session.session_key, ip="127.0.0.1", user_agent="test"
    )
    return client


def proven(client: Client, membership: Membership) -> Client:
    """The same browser, whose person has just proved who they are."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(membership.user_id)
    session.save()
    return client
