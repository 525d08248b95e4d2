"""The partner API, version 1."""

from typing import Any

from ninja import NinjaAPI

from accounts.access import public
from journeys.api.bodies import StrictParser
from journeys.api.problems import install
from journeys.api.reports import router

api = NinjaAPI(
    title="Throughline partner API",
    version="1",
    urls_namespace="api",
    description=(
        "Partners report what happens on journeys they take part in. Every message is signed"
        " with Standard Webhooks 1.0 and names its partner in Throughline-Partner."
    ),
    parser=StrictParser(),
    docs_decorator=public(reason="the documentation of the partner API holds no data"),
)
api.add_router("", router)
install(api)


def _declared() -> tuple[list[Any], str, str]:
    """The API's addresses, each declared for the guard that walks them."""
    patterns, app_name, namespace = api.urls
    declare = public(reason="a partner's signature is checked, not a person's session")
    for pattern in patterns:
        view: Any = pattern.callback
        if not hasattr(view, "access"):
            declare(view)
    return patterns, app_name, namespace


urls = _declared()
