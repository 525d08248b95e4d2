"""The words a person reads for what the core names by key."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.core.permissions import Role

Words = str | Promise

ROLE_NAMES: Mapping[Role, Words] = {
    Role.PRACTICE_STAFF: _("Practice staff"),
    Role.PRESCRIBER: _("Prescriber"),
    Role.HUB_AGENT: _("Hub agent"),
    Role.HUB_SUPERVISOR: _("Hub supervisor"),
    Role.PHARMACIST: _("Pharmacist"),
    Role.VENDOR_AGENT: _("Vendor agent"),
    Role.PROGRAM_MANAGER: _("Program manager"),
    Role.SAFETY_OFFICER: _("Safety officer"),
    Role.OPERATOR: _("Operator"),
    Role.ADMIN: _("Administrator"),
}

ROLE_HINTS: Mapping[Role, Words] = {
    Role.PRACTICE_STAFF: _("Enrolls patients, fills in and sends enrollments, follows journeys."),
    Role.PRESCRIBER: _("Reads enrollments and signs them."),
    Role.HUB_AGENT: _("Reviews what arrives and reports on journeys."),
    Role.HUB_SUPERVISOR: _(
        "As an agent; also shares out work, says what codes mean and sends deliveries again."
    ),
    Role.PHARMACIST: _("Follows journeys and reports what the pharmacy did."),
    Role.VENDOR_AGENT: _("Follows journeys and reports what the vendor did."),
    Role.PROGRAM_MANAGER: _(
        "Composes, tries and publishes programs, and reads their counts; never a patient."
    ),
    Role.SAFETY_OFFICER: _("Reads programs; receives adverse events."),
    Role.OPERATOR: _("Watches the exchange with partners and sends deliveries again."),
    Role.ADMIN: _("Manages members, reads the audit, and chooses how a partner is reached."),
}


def role_names(roles: list[str]) -> str:
    """The roles of a membership as one phrase, in the order of the table."""
    return ", ".join(str(name) for role, name in ROLE_NAMES.items() if role.value in roles)


# What the audit calls what was done; an action that is not here is shown as its key.
ACTION_NAMES: Mapping[str, Words] = {
    "read": _("Read"),
    "added": _("Added"),
    "changed": _("Changed"),
    "exported": _("Exported"),
    "counted": _("Read counts"),
    "refused": _("Was refused"),
    "limited": _("Was told to wait: too many at once"),
    "bulk_reading": _("Read of very many patients"),
    "signed_in": _("Signed in"),
    "signed_out": _("Signed out"),
    "sign_in_failed": _("Failed to sign in"),
    "organization_switched": _("Switched organization"),
    "organization_opened": _("Opened the organization"),
    "invited": _("Invited somebody"),
    "invitation_accepted": _("Accepted an invitation"),
    "invitation_withdrawn": _("Withdrew an invitation"),
    "roles_changed": _("Changed a member's roles"),
    "membership_ended": _("Ended a membership"),
    "sessions_ended": _("Signed a member out everywhere"),
    "key_made": _("Made a partner's key"),
    "key_ended": _("Ended a partner's key"),
    "tested": _("Sent a partner a test"),
    "endpoint_changed": _("Changed how packets reach a partner"),
    "secret_made": _("Made an endpoint's secret"),
    "secret_ended": _("Ended an endpoint's older secret"),
    "keys_rotated": _("Encrypted under a new key"),
}


class EmailKind(models.TextChoices):
    """What an e-mail is for."""

    INVITATION = "invitation", _("Invitation")
    NOTICES = "notices", _("What changed")
    COUNTS = "counts", _("Weekly counts")
    SIGNING_LINK = "signing_link", _("Link for a patient")
    OFFICE = "office", _("News of a signing link")
    SAFETY = "safety", _("A safety report waits")
    ALARM = "alarm", _("Read of very many patients")
    KEY = "key", _("End of a key")
