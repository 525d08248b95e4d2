"""How long it takes until everybody knows: counts, nobody's events."""

import uuid

from django.db import models

from accounts.tenancy import TenantModel


class LagCount(TenantModel):
    """How many events of one source became visible on one day with a lag of one bucket.

    `organization` is who could see them, or the operator, for whom each event counts once. The
    buckets are journeys.core.lag's. Days are UTC.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=40)
    source_name = models.CharField(max_length=120)
    day = models.DateField()
    bucket = models.PositiveSmallIntegerField()
    events = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "day", "source", "bucket"], name="lag_counted_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.day} {self.bucket}"


class LagMark(models.Model):
    """Up to which moment events are counted: one row, about nobody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counted_until = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.counted_until)
