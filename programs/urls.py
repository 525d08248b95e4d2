"""The catalogue of programs. A program's counts are in journeys.urls, where they are made."""

from django.urls import path

from programs.views import catalogue, references

urlpatterns = [
    path("programs/", catalogue.program_list, name="programs"),
    path("reference/diagnoses/", references.diagnosis_search, name="diagnosis_search"),
    path("reference/told/", references.code_told, name="code_told"),
]
