"""Handing out a file: saved, never opened in the site's own origin."""

from django.http import HttpResponse


def pdf(content: bytes, *, name: str) -> HttpResponse:
    """A PDF to save under `name`, which says nothing about the patient."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "sandbox"
    return response
