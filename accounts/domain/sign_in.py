"""What is written down when somebody signs in or out, or tries to."""

import structlog

from accounts import audit
from accounts.core.permissions import OrganizationKind
from accounts.models import Membership, Organization, User
from accounts.tenancy import every_tenant

log = structlog.get_logger(__name__)


def remember(action: str, *, user: User, how: str = "") -> None:
    """Write what a person did at the door into the audit of each organization they work for."""
    organizations = Membership.objects.filter(user=user, active=True).values_list(
        "organization_id", flat=True
    )
    with every_tenant(reason="a sign-in concerns each organization the person works for"):
        for organization_id in organizations:
            audit.happened(action, organization_id=organization_id, user_id=user.id, purpose=how)
    log.info(action, user_id=str(user.id), how=how)


def remember_failure(*, email: str) -> None:
    """Write a failed sign-in down: where the person works, or with the operator for nobody's.

    Both take as long, so that time tells nobody which addresses have an account.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        remember("sign_in_failed", user=user, how="password")
        return
    operators = Organization.objects.filter(kind=OrganizationKind.OPERATOR.value, active=True)
    with every_tenant(reason="whoever watches over the site learns of it"):
        for organization_id in operators.values_list("id", flat=True)[:1]:
            audit.happened(
                "sign_in_failed", organization_id=organization_id, purpose="unknown address"
            )
    log.info("sign_in_failed", user_id=None, how="password")
