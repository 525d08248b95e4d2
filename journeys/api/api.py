"""The partner API, version 1."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from accounts.access import public
from accounts.systems import for_systems
from journeys.api import reports, status, tokens
from journeys.api.bodies import StrictParser
from journeys.api.problems import CONTENT_TYPE, install


class PartnerAPI(NinjaAPI):
    """Ninja's own, whose documentation says in which type errors are answered."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        operations = [each for path in schema["paths"].values() for each in path.values()]
        for operation in operations:
            for code, told in operation["responses"].items():
                content = told.get("content", {})
                problem = "Problem" in str(content.get("application/json"))
                if int(code) >= 400 and problem:
                    content[CONTENT_TYPE] = content.pop("application/json")
                elif "Bundle" in str(content.get("application/json")):
                    content[status.FHIR] = content.pop("application/json")
        return schema


api = PartnerAPI(
    title="Throughline partner API",
    version="1",
    urls_namespace="api",
    description=(
        "Partners report what happens on journeys they take part in. A request carries a token"
        " (OAuth2 client credentials), or is signed with Standard Webhooks 1.0 and names its"
        " partner in Throughline-Partner."
    ),
    parser=StrictParser(),
    docs_decorator=public(reason="the documentation of the partner API holds no data"),
    openapi_extra={
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": "/api/v1/oauth/token",
                            "scopes": {
                                "reports.write": "Report what happened",
                                "status.read": "Read where journeys stand",
                                "prefill.write": "Post records of a practice's patients",
                            },
                        }
                    },
                },
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "webhook-signature",
                },
                "key": {"type": "http", "scheme": "basic"},
            }
        }
    },
)
api.add_router("", reports.router)
api.add_router("", tokens.router)
api.add_router("", status.router)
install(api)


def declared() -> tuple[list[Any], str, str]:
    """The API's addresses, each declared for the guard that walks them."""
    patterns, app_name, namespace = api.urls
    declare = public(reason="a partner's signature or token is checked, not a person's session")
    for pattern in patterns:
        view: Any = pattern.callback
        if not hasattr(view, "access"):
            for_systems(declare(view))
    return patterns, app_name, namespace
