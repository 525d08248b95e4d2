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
