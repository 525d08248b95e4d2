"""Every page that the cast opens: no axe violation, a silent console, no sideways scroll."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.looking import violations

pytestmark = pytest.mark.browser

ROOMS = {
    "ana@lakeside.example": (
        "/work/",
        "/patients/",
        "/enrollments/",
        "/journeys/",
        "/programs/",
        "/exchange/",
        "/organization/members/",
        "/audit/",
        "/account/sessions/",
        "/dev/components/",
    ),
    "maya@lakeside.example": ("/work/", "/signing/"),
    "jonah@beacon.example": ("/work/", "/intake/", "/journeys/", "/exchange/"),
    "grace@crescent.example": ("/work/", "/journeys/"),
    "nadia@aldertree.example": ("/programs/", "/programs/veltrana/"),
    "casey@operations.example": ("/exchange/",),
}


@pytest.mark.parametrize("email", ROOMS)
def test_every_room_is_accessible_and_fits_a_phone(
    signed_in: Callable[..., Page], email: str
) -> None:
    page = signed_in(email)
    for path in ROOMS[email]:
        page.set_viewport_size({"width": 1440, "height": 900})
        response = page.goto(path)
        assert response is not None
        assert response.status == 200, path
        assert violations(page) == [], path
        page.set_viewport_size({"width": 390, "height": 900})
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{path} scrolls sideways at 390 px"
