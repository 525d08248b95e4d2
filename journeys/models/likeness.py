"""Digests by which a patient of one organization is found again, however the name was written."""

from django.db import models

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
