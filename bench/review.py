"""How many actions a reviewer takes from the queue to a decision, in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.browser import at_work, require_browser
from bench.pages import HUB_AGENT, session_of
from bench.results import Row, Unmeasured
from bench.world import World
from journeys.models import Fax, JourneyEvent

if TYPE_CHECKING:
    from playwright.sync_api import Page

REVIEW = "**/intake/*-*/"
FIELDS = 3


@dataclass
class Hands:
    """What the script did: a key, a line ticked, or a sentence written counts as one."""

    page: "Page"
    actions: int = 0

    def press(self, key: str) -> None:
        """One key."""
        self.actions += 1
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """One sentence, where the cursor stands."""
        self.actions += 1
        self.page.keyboard.type(text)


def measure(world: World) -> Iterator[Row]:
    """`accept_actions`: keys from the queue to an accepted enrollment, without a mouse: the next
    case is claimed, its one button is reached and pressed.

    `return_three_fields_actions`: from an open review to a returned one with three lines ticked
    and a sentence written to each; a line ticked, a sentence and a key count as one each.

    A row stands only if the journey has the decision in its story.
    """
    require_browser()
    session = session_of(HUB_AGENT)
    with every_tenant(reason="the demo's faxes would be taken first"):
        Fax.objects.filter(closed_at=None).update(closed_at=timezone.now())
    with at_work(world, session, page="intake") as page:
        # A live stream would hold the one worker that answers here.
        page.route("**/live/**", lambda route: route.abort())
        accepted = _accept(page)
        returned = _return(page)
    yield Row("accept_actions", "actions", [accepted])
    yield Row("return_three_fields_actions", "actions", [returned])


def _accept(page: "Page") -> int:
    before, hands = _decisions("accepted"), _next(page)
    hands.press("a")
    with page.expect_navigation():
        hands.press("Enter")
    _agree("accepted", before)
    return hands.actions


def _return(page: "Page") -> int:
    before, hands = _decisions("returned"), _next(page)
    hands.actions = 0
    for number in range(FIELDS):
        hands.actions += 1
        page.locator("form#return .form-check-input").nth(number).check()
        hands.write("Please look at this again.")
    with page.expect_navigation():
        hands.press("Enter")
    _agree("returned", before)
    return hands.actions


def _next(page: "Page") -> Hands:
    """Claim the next case of the queue."""
    page.goto(reverse("intake"))
    hands = Hands(page)
    with page.expect_navigation(url=REVIEW):
        hands.press("n")
    return hands


def _decisions(status: str) -> int:
    with every_tenant(reason="the bench looks what was decided"):
        told = JourneyEvent.objects.filter(step="intake_review", status=status)
        return int(told.count())


def _agree(status: str, before: int) -> None:
    """Raises Unmeasured unless the journey has one decision more."""
    if _decisions(status) != before + 1:
        raise Unmeasured(f"No enrollment was {status} by what the script did.")
