"""Where every address leads. Each app keeps its own table; this one only joins them."""

from django.urls import include, path

from enrollment.api.prefill import router as prefill
from journeys.api.api import api, declared

# The API is one; what the app above journeys adds to it is joined here.
api.add_router("", prefill)

# Partners call most often, and addresses are tried in their order.
urlpatterns = [
    path("api/v1/", declared()),
    path("", include("accounts.urls")),
    path("", include("programs.urls")),
    path("", include("journeys.urls")),
    path("", include("enrollment.urls")),
]

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.forbidden"
handler404 = "accounts.views.errors.not_found"
handler500 = "accounts.views.errors.server_error"
