"""What each role may do: the one table. Pages, the API and tests all read it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class OrganizationKind(StrEnum):
    PRACTICE = "practice"
    HUB = "hub"
    PHARMACY = "pharmacy"
    VENDOR = "vendor"
    MANUFACTURER = "manufacturer"
    OPERATOR = "operator"


class Role(StrEnum):
    PRACTICE_STAFF = "practice_staff"
    PRESCRIBER = "prescriber"
    HUB_AGENT = "hub_agent"
    HUB_SUPERVISOR = "hub_supervisor"
    PHARMACIST = "pharmacist"
    VENDOR_AGENT = "vendor_agent"
    PROGRAM_MANAGER = "program_manager"
    SAFETY_OFFICER = "safety_officer"
    OPERATOR = "operator"
    ADMIN = "admin"


class Permission(StrEnum):
    PATIENTS_VIEW = "patients.view"
    PATIENTS_EDIT = "patients.edit"
    PRACTICE_EDIT = "practice.edit"
    ENROLLMENTS_VIEW = "enrollments.view"
    ENROLLMENTS_EDIT = "enrollments.edit"
    ENROLLMENTS_SIGN = "enrollments.sign"
    ENROLLMENTS_SUBMIT = "enrollments.submit"
    JOURNEYS_VIEW = "journeys.view"
    JOURNEYS_REPORT = "journeys.report"
    SAFETY_REPORT = "safety.report"
    # What became of a report: the practice and the hub it came from, and the safety desk alone.
    SAFETY_VIEW = "safety.view"
    CONFLICTS_SETTLE = "conflicts.settle"
    INTAKE_REVIEW = "intake.review"
    CONSENTS_END = "consents.end"
    WORK_VIEW = "work.view"
    # To give away what a colleague has taken; without it one takes it over, with the reason.
    WORK_REASSIGN = "work.reassign"
    LAG_VIEW = "lag.view"
    FLAGS_VIEW = "flags.view"
    UPKEEP_VIEW = "upkeep.view"
    EXCHANGE_VIEW = "exchange.view"
    EXCHANGE_REPLAY = "exchange.replay"
    ENDPOINTS_MANAGE = "endpoints.manage"
    REPORTS_SETTLE = "reports.settle"
    STATUS_MAPS_EDIT = "status_maps.edit"
    PROGRAMS_VIEW = "programs.view"
    # What a code of the public tables stands for, where one is typed.
    CODES_LOOK_UP = "codes.look_up"
    PROGRAMS_COMPOSE = "programs.compose"
    FUNNEL_VIEW = "funnel.view"
    AUDIT_VIEW = "audit.view"
    EMAILS_VIEW = "emails.view"
    MEMBERS_MANAGE = "members.manage"


P = Permission
PARTNER_WORK = frozenset(
    {P.JOURNEYS_VIEW, P.JOURNEYS_REPORT, P.WORK_VIEW, P.LAG_VIEW, P.REPORTS_SETTLE}
)

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.PRACTICE_STAFF: frozenset(
        {
            P.PATIENTS_VIEW,
            P.PATIENTS_EDIT,
            P.PRACTICE_EDIT,
            P.ENROLLMENTS_VIEW,
            P.ENROLLMENTS_EDIT,
            P.ENROLLMENTS_SUBMIT,
            P.JOURNEYS_VIEW,
            P.JOURNEYS_REPORT,
            P.SAFETY_REPORT,
            P.SAFETY_VIEW,
            P.CONFLICTS_SETTLE,
            P.WORK_VIEW,
            P.WORK_REASSIGN,
            P.LAG_VIEW,
            P.EXCHANGE_VIEW,
            P.PROGRAMS_VIEW,
            P.CODES_LOOK_UP,
        }
    ),
    Role.PRESCRIBER: frozenset(
        {
            P.PATIENTS_VIEW,
            P.ENROLLMENTS_VIEW,
            P.ENROLLMENTS_SIGN,
            P.JOURNEYS_VIEW,
            P.SAFETY_REPORT,
            P.SAFETY_VIEW,
            P.WORK_VIEW,
            P.LAG_VIEW,
            P.PROGRAMS_VIEW,
            P.CODES_LOOK_UP,
        }
    ),
    Role.HUB_AGENT: PARTNER_WORK
    | {
        P.SAFETY_REPORT,
        P.SAFETY_VIEW,
        P.INTAKE_REVIEW,
        P.CONSENTS_END,
        P.CONFLICTS_SETTLE,
        P.EXCHANGE_VIEW,
        P.CODES_LOOK_UP,
    },
    Role.HUB_SUPERVISOR: PARTNER_WORK
    | {
        P.WORK_REASSIGN,
        P.SAFETY_REPORT,
        P.SAFETY_VIEW,
        P.INTAKE_REVIEW,
        P.CONSENTS_END,
        P.CONFLICTS_SETTLE,
        P.EXCHANGE_VIEW,
        P.EXCHANGE_REPLAY,
        P.STATUS_MAPS_EDIT,
        P.FLAGS_VIEW,
        P.CODES_LOOK_UP,
    },
    Role.PHARMACIST: PARTNER_WORK | {P.WORK_REASSIGN, P.SAFETY_REPORT},
    Role.VENDOR_AGENT: PARTNER_WORK | {P.WORK_REASSIGN, P.SAFETY_REPORT},
    Role.PROGRAM_MANAGER: frozenset(
        {P.PROGRAMS_VIEW, P.CODES_LOOK_UP, P.PROGRAMS_COMPOSE, P.FUNNEL_VIEW}
    ),
    Role.SAFETY_OFFICER: frozenset({P.PROGRAMS_VIEW, P.CODES_LOOK_UP, P.SAFETY_VIEW}),
    Role.OPERATOR: frozenset(
        {
            P.UPKEEP_VIEW,
            P.FLAGS_VIEW,
            P.EMAILS_VIEW,
            P.LAG_VIEW,
            P.EXCHANGE_VIEW,
            P.EXCHANGE_REPLAY,
            P.ENDPOINTS_MANAGE,
            P.REPORTS_SETTLE,
            P.STATUS_MAPS_EDIT,
            P.PROGRAMS_VIEW,
            P.CODES_LOOK_UP,
        }
    ),
    Role.ADMIN: frozenset({P.AUDIT_VIEW, P.EMAILS_VIEW, P.MEMBERS_MANAGE, P.ENDPOINTS_MANAGE}),
}

# The roles that a member of each kind of organization may be given.
KIND_ROLES: Mapping[OrganizationKind, tuple[Role, ...]] = {
    OrganizationKind.PRACTICE: (Role.PRACTICE_STAFF, Role.PRESCRIBER, Role.ADMIN),
    OrganizationKind.HUB: (Role.HUB_AGENT, Role.HUB_SUPERVISOR, Role.ADMIN),
    OrganizationKind.PHARMACY: (Role.PHARMACIST, Role.ADMIN),
    OrganizationKind.VENDOR: (Role.VENDOR_AGENT, Role.ADMIN),
    OrganizationKind.MANUFACTURER: (
        Role.PROGRAM_MANAGER,
        Role.SAFETY_OFFICER,
        Role.ADMIN,
    ),
    OrganizationKind.OPERATOR: (Role.OPERATOR, Role.ADMIN),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything that the given roles may do together."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
