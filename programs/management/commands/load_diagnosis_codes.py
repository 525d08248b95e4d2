"""`manage.py load_diagnosis_codes`: the ICD-10-CM table, from the package that carries it."""

import warnings
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from programs.domain.loading import DiagnosisRow, Release, load_diagnoses

# What simple-icd-10-cm 1.5 carries: the April 2026 release of fiscal year 2026.
RELEASE = Release("April 2026", date(2026, 4, 1), date(2026, 9, 30))


class Command(BaseCommand):
    help = "Load the ICD-10-CM codes of the installed release; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_diagnoses(_rows(), release=RELEASE, now=timezone.now())
        self.stdout.write(f"{count:,} codes of ICD-10-CM, {RELEASE.name}.")


def _rows() -> Iterator[DiagnosisRow]:
    # It takes seconds and hundreds of megabytes: never in a process that serves pages.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10_cm as table
    for code in table.get_all_codes():
        if table.is_chapter_or_block(code):
            continue
        parent = table.get_parent(code)
        yield DiagnosisRow(
            code=code,
            parent="" if table.is_chapter_or_block(parent) else parent,
            # Some descriptions hold TAB characters.
            description=" ".join(table.get_description(code).split()),
            other_words=" ".join(" ".join(table.get_inclusion_term(code)).split()),
            billable=table.is_leaf(code),
        )
