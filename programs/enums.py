"""Words of state that the database keeps."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DraftStatus(models.TextChoices):
    """The life of a program draft; only one that is being composed changes."""

    COMPOSING = "composing", _("Being composed")
    PROPOSED = "proposed", _("Waiting for approval")
    PUBLISHED = "published", _("Published")
    DROPPED = "dropped", _("Given up")


class Overlap(models.TextChoices):
    """What becomes of the version before, from the day a new one holds."""

    UNSAID = "", _("Not said yet")
    ENDS = "ends", _("The version before ends the day before")
    UNTIL = "until", _("Forms begun in the version before can be finished until a day")


OPEN_DRAFTS = (DraftStatus.COMPOSING, DraftStatus.PROPOSED)
