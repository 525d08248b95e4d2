"""Where every address leads. Each app keeps its own table; this one only joins them."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("programs.urls")),
    path("", include("journeys.urls")),
    path("", include("enrollment.urls")),
]

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.forbidden"
handler404 = "accounts.views.errors.not_found"
handler500 = "accounts.views.errors.server_error"
