"""Digests by which a patient of one organization is found again, however the name was written."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.tenancy import TenantModel


class PersonKey(TenantModel):
    """One text that a journey's patient is kept under, digested under one party's own key.

    What the texts are stands in journeys.core.sameness_keys. Digests of two organizations
    differ, so that nobody finds a patient of whom it does not know.
    """

    id = models.BigAutoField(primary_key=True)
    # The constraint begins with it, and a second index would be written with every row.
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    journey = models.ForeignKey(
        "journeys.Journey", on_delete=models.CASCADE, related_name="person_keys"
    )
    key = models.BinaryField(max_length=16)

    class Meta:
        constraints = (
            # A B-tree, and equality alone is asked of it: row-level security lets PostgreSQL
            # use it, as it would not use an index of arrays.
            models.UniqueConstraint(
                fields=["organization", "key", "journey"], name="person_key_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.journey_id} of {self.organization_id}"


class TwinSearch(TenantModel):
    """A journey whose patient a worker still has to look for among the hub's; gone once it has."""

    journey = models.OneToOneField(
        "journeys.Journey", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.journey_id)


class LikelyTwin(TenantModel):
    """Two journeys of a hub that look like one patient's, until a person tells them apart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The one with the smaller id stands first, so that a pair is one row.
    one = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    # Of 100: journeys.core.sameness.
    score = models.PositiveSmallIntegerField()
    found_at = models.DateTimeField()
    told_apart_at = models.DateTimeField(null=True, blank=True)
    told_apart_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["one", "other"], name="likely_twin_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="likely_twin_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}"
