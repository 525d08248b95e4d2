"""Saved views: filters of the work list under a person's own name for them."""

from uuid import UUID

from accounts.core.actor import Actor
from journeys.domain.queries.worklists import Filters
from journeys.models import SavedView

MOST = 12


class TooManyViews(ValueError):
    """The person has as many saved views as fit above a list."""


def save_view(name: str, filters: Filters, *, by: Actor) -> SavedView:
    """Keep the filters under the name; the same name again is the same view.

    Raises TooManyViews.
    """
    own = SavedView.objects.filter(user_id=by.user_id)
    if own.exclude(name=name).count() >= MOST:
        raise TooManyViews
    view: SavedView = SavedView.objects.update_or_create(
        organization_id=by.organization_id,
        user_id=by.user_id,
        name=name,
        defaults={"filters": filters.kept()},
    )[0]
    return view


def forget_view(view_id: UUID, *, by: Actor) -> None:
    """Take one of one's own views away."""
    SavedView.objects.filter(pk=view_id, user_id=by.user_id).delete()
