"""docs/partners.md as a page: the same text whose examples the tests run."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.core.permissions import Permission
from journeys.core.page_text import Block, blocks


@cache
def _page() -> list[Block]:
    return blocks((settings.BASE_DIR / "docs" / "partners.md").read_text(encoding="utf-8"))


@requires(Permission.ENDPOINTS_MANAGE)
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """How a partner's system is connected, with examples that run."""
    title, *rest = _page()
    context = {
        "blocks": rest,
        "title": title.spans[0].text,
        "headings": [each for each in rest if each.kind == "heading"],
    }
    return render(request, "journeys/partner_docs.html", context)
