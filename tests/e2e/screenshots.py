"""Take the documentation's pictures from a running demo: `make run`, then `make screenshots`.

`SITE_URL` says where the demo runs (http://localhost:8000).
"""

import os
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import CHROMIUM, CHROMIUM_FLAGS, come_in

OUT = Path(__file__).resolve().parents[2] / "docs" / "pictures"
# Name, who looks, where; a path that ends in ":first" opens the list's first row.
PICTURES = (
    ("work", "ana@lakeside.example", "/worklist/"),
    ("enrollments", "ana@lakeside.example", "/enrollments/"),
    ("journey", "ana@lakeside.example", "/journeys/:first"),
    ("intake", "jonah@beacon.example", "/intake/:first"),
    ("funnel", "nadia@aldertree.example", "/programs/veltrana/"),
)


def take(page: Page, name: str, path: str) -> None:
    page.goto(path.removesuffix(":first"))
    if path.endswith(":first"):
        page.locator("tbody a").first.click()
        page.wait_for_load_state("load")
    page.screenshot(path=OUT / f"{name}.png", caret="initial")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        for name, email, path in PICTURES:
            context = browser.new_context(
                base_url=os.environ.get("SITE_URL", "http://localhost:8000"),
                viewport={"width": 1280, "height": 860},
            )
            page = context.new_page()
            come_in(page, email)
            take(page, name, path)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
