"""A practice that is ready to enroll, and its enrollments brought to any state by the domain."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.models import Membership, Organization
from accounts.tenancy import acting_as
from enrollment.domain import drafts, signatures, submission
from enrollment.models import Enrollment, Patient, Prescriber
from programs.models import ProgramVersion
from tests.factories.enrollments import (
    COVERAGE,
    PRACTICE,
    CoverageFactory,
    PatientFactory,
    PracticeProfileFactory,
    PrescriberFactory,
    veltrana_answers,
)
from tests.factories.people import OrganizationFactory, actor_of, member
from tests.factories.programs import published

SCREEN = signatures.Means(method="on the office's screen", address="192.0.2.7", user_agent="test")


@dataclass
class Office:
    """Ana coordinates, Dr. Okafor prescribes, Rosa is their patient."""

    practice: Organization
    ana: Membership
    maya: Membership
    prescriber: Prescriber
    rosa: Patient
    version: ProgramVersion

    @cached_property
    def coordinator(self) -> Actor:
        return actor_of(self.ana)

    @cached_property
    def doctor(self) -> Actor:
        return actor_of(self.maya)

    def draft(self, *, now: dt.datetime | None = None) -> Enrollment:
        """A draft with everything filled in that the office knows."""
        with acting_as(self.coordinator):
            return drafts.start(
                patient_id=self.rosa.id,
                program_version_id=self.version.id,
                prescriber_id=self.prescriber.id,
                by=self.coordinator,
                now=now or timezone.now(),
            )

    def answer(self, enrollment: Enrollment, **answers: Any) -> drafts.Saved:
        """Answer as the coordinator, having seen everything; a dot is written as two bars."""
        values = {key.replace("__", "."): value for key, value in answers.items()}
        with acting_as(self.coordinator):
            revision = Enrollment.objects.get(id=enrollment.id).revision
            return drafts.save_answers(
                enrollment.id,
                values,
                seen_revision=revision,
                by=self.coordinator,
                now=timezone.now(),
            )

    def complete(self) -> Enrollment:
        """A draft with every answer, unsigned."""
        enrollment = self.draft()
        # The office's own day: between midnight and five in UTC it is still the day before there.
        today = timezone.localdate(timezone=ZoneInfo(self.practice.time_zone))
        with acting_as(self.coordinator):
            drafts.save_answers(
                enrollment.id,
                veltrana_answers(today=today),
                seen_revision=0,
                by=self.coordinator,
                now=timezone.now(),
            )
            return stored(enrollment)

    def authorize(self, enrollment: Enrollment) -> None:
        with acting_as(self.coordinator):
            signatures.authorize(
                enrollment.id,
                signatures.Agreement("Rosa Delgado", {"authorization"}),
                means=SCREEN,
                by=self.coordinator,
                now=timezone.now(),
            )

    def certify(self, enrollment: Enrollment) -> None:
        with acting_as(self.doctor):
            row = Enrollment.objects.select_related("program_version").get(id=enrollment.id)
            shown = signatures.statement_of(row, "prescriber", today=timezone.localdate())
            signatures.certify(
                enrollment.id,
                seen_digest=shown.digest("en"),
                means=SCREEN,
                by=self.doctor,
                now=timezone.now(),
            )

    def signed(self) -> Enrollment:
        """Complete, and signed by patient and prescriber."""
        enrollment = self.complete()
        self.authorize(enrollment)
        self.certify(enrollment)
        return enrollment

    def sent(self) -> Enrollment:
        """Handed over to the hub, with its journey."""
        enrollment = self.signed()
        with acting_as(self.coordinator):
            return submission.submit(
                enrollment.id, urgent=False, by=self.coordinator, now=timezone.now()
            )

    def returned(self, *corrections: dict[str, str]) -> Enrollment:
        """Sent, and returned by the hub for these corrections."""
        enrollment = self.sent()
        assert enrollment.journey_id is not None
        submission.return_for_correction(
            journey_id=enrollment.journey_id,
            data={"facts": {"corrections": list(corrections)}, "note": ""},
            now=timezone.now(),
        )
        with acting_as(self.coordinator):
            return stored(enrollment)


def stored(enrollment: Enrollment) -> Enrollment:
    """The row as it is now, for whoever acts."""
    row: Enrollment = Enrollment.objects.get(id=enrollment.id)
    return row


def office(name: str = "Lakeside Rheumatology", *, version: ProgramVersion | None = None) -> Office:
    """A practice with a coordinator, a prescriber, a patient with insurance, and a program."""
    practice = OrganizationFactory.create(name=name)
    maya = member(practice, Role.PRESCRIBER, name="Maya Okafor")
    rosa = PatientFactory.create(organization=practice)
    CoverageFactory.create(patient=rosa, details=COVERAGE.copy())
    PracticeProfileFactory.create(organization=practice, details={**PRACTICE, "C1": name})
    return Office(
        practice=practice,
        ana=member(practice, Role.PRACTICE_STAFF, name="Ana Whitfield"),
        maya=maya,
        prescriber=PrescriberFactory.create(organization=practice, user=maya.user),
        rosa=rosa,
        version=version or published(),
    )
