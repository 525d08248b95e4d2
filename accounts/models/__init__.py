from accounts.models.audit import AuditEntry, AuditSeal
from accounts.models.email import SentEmail
from accounts.models.organization import Invitation, Membership, Organization
from accounts.models.user import User

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "Invitation",
    "Membership",
    "Organization",
    "SentEmail",
    "User",
]
