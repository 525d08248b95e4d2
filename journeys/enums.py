"""The states that rows of the journey and its exchange can be in."""

from django.db import models


class DeliveryStatus(models.TextChoices):
    PENDING = "pending", "Waiting to be sent"
    CLAIMED = "claimed", "Being sent"
    SENT = "sent", "Sent, not yet confirmed"
    ACCEPTED = "accepted", "Confirmed"
    REJECTED = "rejected", "Refused"
    WITHHELD = "withheld", "Not sent: no consent"
    ABANDONED = "abandoned", "Given up; a person was told"

    @property
    def phase(self) -> str:
        """Which of the eight phases it is drawn as, on every page."""
        return _PHASES.get(self, "blocked")


_PHASES = {
    DeliveryStatus.PENDING: "waiting",
    DeliveryStatus.CLAIMED: "now",
    DeliveryStatus.SENT: "waiting",
    DeliveryStatus.ACCEPTED: "done",
}


class Transport(models.TextChoices):
    WEBHOOK = "webhook", "Signed webhook"
    PORTAL = "portal", "Portal inbox"
    PACKET = "packet", "PDF packet"
    EMAIL = "email", "Secure e-mail"
    FAX = "fax", "Fax gateway"
    FHIR = "fhir", "FHIR R4"
    SFTP = "sftp", "Batch file over SFTP"


# What goes there at the same time goes in one numbered file.
BATCHED = frozenset({Transport.SFTP})
# What goes there is drawn and printed.
PAPER = frozenset({Transport.EMAIL, Transport.FAX})
# A test message can be sent there: a system takes it. The other ways carry what people read.
TESTED = frozenset({Transport.WEBHOOK, Transport.FHIR, Transport.SFTP})


class PacketKind(models.TextChoices):
    """What is handed over: the enrollment itself, another insurance, or word of what ended."""

    ENROLLMENT = "enrollment", "Enrollment"
    COVERAGE = "coverage", "Coverage changed"
    REVOCATION = "revocation", "Permission taken back"
    WITHDRAWAL = "withdrawal", "Enrollment withdrawn"
    TRANSFER = "transfer", "Referral sent elsewhere"


# Word of these holds nothing about the patient, and needs no permission.
ENDINGS = frozenset({PacketKind.REVOCATION, PacketKind.WITHDRAWAL, PacketKind.TRANSFER})


class ReportStatus(models.TextChoices):
    WAITING = "waiting", "Waiting to be applied"
    APPLIED = "applied", "Applied"
    EXCEPTION = "exception", "Needs a person"
    SET_ASIDE = "set_aside", "Set aside"


class ReportCause(models.TextChoices):
    """What a person has to settle about a report."""

    CODE = "code", "Unknown code"
    JOURNEY = "journey", "Unknown journey"
    TIME = "time", "Impossible time"
    BROKEN = "broken", "Could not be applied"


class LearntBy(models.TextChoices):
    """How what somebody reports by hand came to them."""

    PORTAL = "portal", "From our own work"
    PHONE = "phone", "By phone"
    FAX = "fax", "By fax"
    MAIL = "mail", "By letter or e-mail"


class AsideReason(models.TextChoices):
    """Why pages of a fax are nobody's."""

    COVER = "cover", "Cover sheet"
    ADVERTISING = "advertising", "Advertising"
    ANOTHERS = "anothers", "Not for this hub, the sender knows"
    ELSEWHERE = "elsewhere", "The practice is not here, answered by fax"
    UNREADABLE = "unreadable", "Cannot be read, asked for again"


class PartyRole(models.TextChoices):
    PRACTICE = "practice", "Practice"
    HUB = "hub", "Hub"
    PHARMACY = "pharmacy", "Specialty pharmacy"
    VENDOR = "vendor", "Vendor"


class NoticeKind(models.TextChoices):
    WORK = "work", "Work opened"
    RETURNED = "returned", "Returned for correction"
    CONFLICT = "conflict", "Partners disagree"
    AT_RISK = "at_risk", "At risk"
    UNOWNED = "unowned", "Nobody has the case"
    MESSAGE = "message", "Message"
    FAX = "fax", "Fax came"
    KEYED = "keyed", "Form to complete and sign"
    ENDED = "ended", "Journey ended"


class Mailing(models.TextChoices):
    NEVER = "never", "No e-mail"
    DIGEST = "digest", "One e-mail each morning"
    AT_ONCE = "at_once", "An e-mail when something changes, at most every ten minutes"


class TrialKind(models.TextChoices):
    """What a partner's system is tried with: the checks, then the outcomes of a test enrollment."""

    SIGNATURE = "signature", "Signature verified"
    REPLAY = "replay", "Replay refused"
    TOKEN = "token", "Token required"
    FILE = "file", "File acknowledged"
    TOTALS = "totals", "Wrong totals refused"
    DUPLICATE = "duplicate", "Duplicate harmless"
    SLOW = "slow", "429 respected"
    RETRY = "retry", "Retry after 503 accepted once"
    AMENDMENT = "amendment", "Amendment applied"
    REVOCATION = "revocation", "Revocation acknowledged"
    OUTAGE = "outage", "Outage recovered"
    APPROVE = "approve", "Approve"
    DENY = "deny", "Deny"
    MORE = "more", "Ask for more"
    SILENT = "silent", "Go silent"
