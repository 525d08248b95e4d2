"""Answers to requests that went wrong before a view."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open while its session ended: say so, and keep nothing hidden."""
    return render(request, "403.html", {"stale_form": True}, status=403)
