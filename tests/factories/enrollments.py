"""Patients, what a practice knows, and enrollments in any state."""

import datetime as dt
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, SubFactory

from accounts.phi import blind_prefixes
from enrollment.domain.patients import identity_of
from enrollment.models import (
    Coverage,
    Enrollment,
    Patient,
    PracticeProfile,
    Prescriber,
)
from tests.factories.people import OrganizationFactory, UserFactory
from tests.factories.programs import ProgramVersionFactory
from tests.factories.tenancy import TenantFactory

ROSA: dict[str, Any] = {
    "A1": "Rosa",
    "A3": "Delgado",
    "A5": "1984-03-27",
    "A6": "F",
    "A7": "en",
    "A8": "14 Alder Street",
    "A10": "Boston",
    "A11": "MA",
    "A12": "02118",
    "A13": "6175550143",
    "A14": "mobile",
    "A17": "rosa.delgado@patient.example",
    "A18": "call_message",
}
COVERAGE: dict[str, Any] = {
    "B1": True,
    "B3": "Meridian Health",
    "B5": "commercial",
    "B7": "MH204418890",
    "B8": "GRP-7781",
    "B11": "18",
    "B18": "Meridian Rx",
    "B19": "610014",
    "B20": "MRX",
    "B21": "RX7781",
    "B22": "MH204418890",
}
PRACTICE: dict[str, Any] = {
    "C1": "Lakeside Rheumatology",
    "C2": "1234567893",
    "C3": "123456789",
    "C4": "200 Harbor Avenue",
    "C5": "Boston",
    "C6": "MA",
    "C7": "02116",
    "C8": "6175550100",
    "C9": "6175550101",
    "C10": "Ana Whitfield",
    "C12": "office@lakeside.example",
}
PRESCRIBER: dict[str, Any] = {"D1": "Maya Okafor", "D2": "MD", "D4": "1679576722"}


class PatientFactory(TenantFactory[Patient]):
    class Meta:
        model = Patient

    organization = SubFactory(OrganizationFactory)
    details = LazyFunction(ROSA.copy)
    search_tokens = LazyAttribute(
        lambda self: blind_prefixes(
            f"{self.details['A1']} {self.details['A3']}", organization_id=self.organization.id
        )
    )
    identity_index = LazyAttribute(
        lambda self: identity_of(self.details, organization_id=self.organization.id)
    )
    created_at = LazyFunction(timezone.now)
    confirmed_at = SelfAttribute("created_at")


class CoverageFactory(TenantFactory[Coverage]):
    class Meta:
        model = Coverage

    patient = SubFactory(PatientFactory)
    organization = SelfAttribute("patient.organization")
    details = LazyFunction(COVERAGE.copy)
    confirmed_at = LazyFunction(timezone.now)


class PracticeProfileFactory(TenantFactory[PracticeProfile]):
    class Meta:
        model = PracticeProfile

    organization = SubFactory(OrganizationFactory)
    details = LazyFunction(PRACTICE.copy)


class PrescriberFactory(TenantFactory[Prescriber]):
    class Meta:
        model = Prescriber

    organization = SubFactory(OrganizationFactory)
    name = "Maya Okafor"
    details = LazyFunction(PRESCRIBER.copy)


class EnrollmentFactory(TenantFactory[Enrollment]):
    """A draft that nobody has answered yet; tests bring it further by the domain functions."""

    class Meta:
        model = Enrollment

    organization = SubFactory(OrganizationFactory)
    patient = SubFactory(PatientFactory, organization=SelfAttribute("..organization"))
    prescriber = SubFactory(PrescriberFactory, organization=SelfAttribute("..organization"))
    program_version = SubFactory(ProgramVersionFactory)
    answers = LazyFunction(dict)
    created_by = SubFactory(UserFactory)
    created_at = LazyFunction(timezone.now)
    updated_at = SelfAttribute("created_at")


def veltrana_answers(*, today: dt.date) -> dict[str, Any]:
    """What one enrollment in Veltrana Together needs beyond what the practice knows."""
    return {
        "E1": "M05.79",
        "E4": "new",
        "E5": (today + dt.timedelta(days=14)).isoformat(),
        "E12": "None known",
        "veltrana.tb_result": "negative",
        "veltrana.tb_on": (today - dt.timedelta(days=30)).isoformat(),
        "veltrana.tried_before": False,
        "F1": "99101014002",
        "F2": "140_pen",
        "F3": "every_2_weeks",
        "F5": "2",
        "F6": "5",
        "F8": today.isoformat(),
        "F10": "nurse",
        "G1": "specialty_pharmacy",
        "G3": "home",
        "H1": ["benefit_verification", "prior_authorization", "nurse"],
    }
