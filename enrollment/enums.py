"""The states of an enrollment, the kinds of signature on it, and of paper."""

from django.db import models


class EnrollmentStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned for correction"
    AMENDING = "amending", "Being amended"
    WITHDRAWN = "withdrawn", "Withdrawn"


# The states in which answers can be changed.
OPEN = frozenset({EnrollmentStatus.DRAFT, EnrollmentStatus.RETURNED, EnrollmentStatus.AMENDING})


class CameBy(models.TextChoices):
    """How an enrollment reached the site; the journey's fact `submission_channel`."""

    PORTAL = "portal", "Portal"
    FAX = "fax", "Fax"
    PHONE = "phone", "Phone"


class GivenUp(models.TextChoices):
    """Why keying was given up."""

    PRACTICE = "practice", "It is of another practice"
    UNREADABLE = "unreadable", "It cannot be read"
    THERE = "there", "The patient has a journey here already"
    WITHDRAWN = "withdrawn", "The practice wants it no more"
    MISTAKE = "mistake", "Begun by mistake"


class SignatureKind(models.TextChoices):
    PRESCRIBER = "prescriber", "Prescriber certification"
    PATIENT = "patient", "Patient authorization"


class ContentType(models.TextChoices):
    """What a document is, told from its bytes."""

    JPEG = "image/jpeg", "JPEG picture"
    PNG = "image/png", "PNG picture"
    PDF = "application/pdf", "PDF"


class LinkPurpose(models.TextChoices):
    SIGN = "sign", "To sign"
    PERMISSIONS = "permissions", "To see and take back permissions"


class LinkChannel(models.TextChoices):
    EMAIL = "email", "By e-mail"
    HANDED = "handed", "Handed over"
    SCREEN = "screen", "On the office's screen"
