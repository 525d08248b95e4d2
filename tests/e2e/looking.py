"""What a person looks for on a page, and what axe finds on it: WCAG 2.2 AA and best practice.

What measures waits until the page is loaded: before its stylesheet nothing has its size yet.
"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Describing what passed takes longer than looking.
    "resultTypes": ["violations"],
}


def violations(page: Page) -> list[str]:
    page.wait_for_load_state()
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


def under_review(practice: Page, program: str) -> str:
    """The path of a journey of the practice that waits for its hub's review."""
    practice.goto("/journeys/")
    row = practice.locator("tbody tr").filter(has_text=program).filter(has_text="Intake review")
    path = row.locator(".row-link").first.get_attribute("href")
    assert path
    return path


def sideways(page: Page) -> int:
    """By how many pixels the page scrolls sideways."""
    page.wait_for_load_state()
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
