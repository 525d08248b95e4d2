"""Puts the cast into the demo world. Never called outside development."""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.cast import CAST, CAST_PASSWORD
from accounts.domain.members import join
from accounts.models import Organization, User


@transaction.atomic
def place_cast() -> dict[str, User]:
    """Make everybody of the cast a member of their organization; the people by e-mail address.

    Organizations must be there. People who are there already are brought up to date.
    """
    organizations = {row.slug: row.id for row in Organization.objects.all()}
    # One hash for all: it is the same password, and the hash is meant to be slow.
    password = make_password(CAST_PASSWORD)
    people = {}
    for member in CAST:
        user, created = User.objects.get_or_create(
            email=member.email, defaults={"name": member.name, "password": password}
        )
        if created:
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        join(
            user_id=user.id,
            organization_id=organizations[member.organization],
            roles=[role.value for role in member.roles],
        )
        people[member.email] = user
    return people
