"""Where every address leads. Each app keeps its own table; this one only joins them."""

from django.urls import include, path

from enrollment.api.prefill import router as prefill
from journeys.api.api import api, declared

# The API is one; what the app above journeys adds to it is joined here.
api.add_router("", prefill)

# Addresses are tried in their order: partners call most often, then who looks at journeys.
urlpatterns = [
    path("api/v1/", declared()),
    path("", include("programs.urls")),
    path("", include("journeys.urls")),
    path("", include("enrollment.urls")),
    path("", include("accounts.urls")),
]

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.forbidden"
handler404 = "accounts.views.errors.not_found"
handler500 = "accounts.views.errors.server_error"
