"""Where every address leads. Each app keeps its own table; this one only joins them."""

from django.urls import include, path

from journeys.api.api import urls as api_urls

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("programs.urls")),
    path("", include("journeys.urls")),
    path("", include("enrollment.urls")),
    path("api/v1/", api_urls),
]

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.forbidden"
handler404 = "accounts.views.errors.not_found"
handler500 = "accounts.views.errors.server_error"
