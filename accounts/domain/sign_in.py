"""What is written down when somebody signs in, or tries to."""

import structlog

from accounts import audit
from accounts.models import Membership, User
from accounts.tenancy import every_tenant

log = structlog.get_logger(__name__)


def _remember(action: str, *, user: User) -> None:
    organizations = Membership.objects.filter(user=user, active=True).values_list(
        "organization_id", flat=True
    )
    with every_tenant(reason="a sign-in concerns each organization the person works for"):
        for organization_id in organizations:
            audit.happened(action, organization_id=organization_id, purpose=str(user.id))


def remember_success(*, user: User) -> None:
    """Write the sign-in into the audit of each organization the person works for."""
    _remember("signed_in", user=user)
    log.info("signed_in", user_id=str(user.id))


def remember_failure(*, email: str) -> None:
    """Write a failed sign-in down; an address nobody has leaves only a log line without it."""
    user = User.objects.filter(email__iexact=email).first() if email else None
    if user is not None:
        _remember("sign_in_failed", user=user)
    log.info("sign_in_failed", user_id=str(user.id) if user else None)
