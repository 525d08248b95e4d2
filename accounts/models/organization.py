"""Organizations, who belongs to them, and who was invited."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.core.permissions import OrganizationKind, Role
from accounts.tenancy import TenantModel

KIND_CHOICES = [(kind.value, kind.value.capitalize()) for kind in OrganizationKind]


class Organization(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    phone = models.CharField(max_length=20, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_hours = models.CharField(max_length=80, blank=True)
    # Whom callers reach when nobody is there, in a sentence.
    after_hours = models.CharField(max_length=160, blank=True)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    # A payer that owns this pharmacy, shown wherever the pharmacy is offered.
    affiliated_with = models.CharField(max_length=120, blank=True)
    active = models.BooleanField(default=True)
    # When its own system last told us anything, to the minute, and after how many working hours
    # of silence that is worth saying; nothing for one that reports only when people do.
    heard_at = models.DateTimeField(null=True, blank=True)
    heartbeat_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    # Since when nobody speaks for it: neither people nor a system of its own.
    unstaffed_since = models.DateTimeField(null=True, blank=True)
    # The partner in whose sandbox it plays a part; nothing for one that is real.
    sandbox_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OrganizationKind]),
                name="organization_kind_known",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    roles: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=30))
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # How parties reach the person at work, and who answers for them from one day to another.
    phone = models.CharField(max_length=20, blank=True)
    hours = models.CharField(max_length=80, blank=True)
    away_from = models.DateField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True)
    covered_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="covers"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "organization"], name="membership_once_per_organization"
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=[role.value for role in Role]),
                name="membership_roles_known",
            ),
            models.CheckConstraint(condition=~Q(roles=[]), name="membership_has_a_role"),
            models.CheckConstraint(
                condition=Q(away_from=None, away_until=None)
                | Q(away_from__isnull=False, away_until__gte=F("away_from")),
                name="membership_away_for_some_days",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} at {self.organization_id}"


class Invitation(TenantModel):
    """An admin's invitation of one e-mail address: single use, and it expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail")
    name = models.CharField(max_length=120)
    roles: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=30))
    invited_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    token_digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return str(self.id)
