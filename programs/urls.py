"""The catalogue of programs. A program's counts are in journeys.urls, where they are made."""

from django.urls import path

from programs.views import catalogue

urlpatterns = [path("programs/", catalogue.program_list, name="programs")]
