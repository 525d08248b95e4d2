"""How an organization begins: the operator opens it, its first administrator invites the rest."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts import audit
from accounts.core.permissions import OrganizationKind, Role
from accounts.domain.members import join
from accounts.models import Organization, User
from accounts.tenancy import every_tenant


@dataclass(frozen=True)
class NewOrganization:
    kind: OrganizationKind
    name: str
    slug: str
    admin_email: str
    admin_name: str


@transaction.atomic
def open_organization(new: NewOrganization) -> Organization:
    """Open an organization with its first administrator.

    A new administrator has no password: they set one by "Forgot your password?", which proves
    that the address is theirs. Raises IntegrityError for a slug that is taken.
    """
    organization = Organization.objects.create(kind=new.kind.value, name=new.name, slug=new.slug)
    user = User.objects.filter(email__iexact=new.admin_email).first()
    if user is None:
        user = User.objects.create_user(new.admin_email, name=new.admin_name)
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
    join(user_id=user.id, organization_id=organization.id, roles=[Role.ADMIN.value])
    with every_tenant(reason="nobody acts for the organization yet"):
        audit.happened(
            "organization_opened",
            organization_id=organization.id,
            user_id=user.id,
            purpose="first administrator",
        )
    return organization
