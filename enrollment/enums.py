"""The states of an enrollment and the kinds of signature on it."""

from django.db import models


class EnrollmentStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned for correction"
    WITHDRAWN = "withdrawn", "Withdrawn"


class SignatureKind(models.TextChoices):
    PRESCRIBER = "prescriber", "Prescriber certification"
    PATIENT = "patient", "Patient authorization"
