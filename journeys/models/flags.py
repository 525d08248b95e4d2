"""How often an at-risk flag was followed by a real delay: counts, nobody's journeys."""

import uuid

from django.db import models

from accounts.tenancy import TenantModel


class FlagCount(TenantModel):
    """Of one rule in one program: how many flags were raised, and how many a delay followed.

    `organization` is the hub whose journeys were counted, or the operator, for all hubs.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=4)
    raised = models.PositiveIntegerField()
    followed = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "program", "rule"], name="flag_counted_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.followed} of {self.raised}"
