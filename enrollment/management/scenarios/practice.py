"""What Lakeside does in the scenarios: it enrolls, corrects, and lets a patient sign by phone."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from accounts.tenancy import acting_as, every_tenant
from enrollment.domain import amending, drafts, signatures, signing_links, signing_sessions
from enrollment.domain.locking import lock
from enrollment.domain.submission import submit
from enrollment.enums import LinkChannel
from enrollment.management.demo.office import MEANS, Office, add, authorize, certify, prepare
from enrollment.management.scenarios.stage import Stage, person
from enrollment.models import Enrollment, Patient, Prescriber
from journeys.models import Journey
from programs.models import ProgramVersion

ANA, MAYA = "ana@lakeside.example", "maya@lakeside.example"


def lakeside() -> Office:
    """The practice as it is now, with those who act for it."""
    staff, doctor = person(ANA), person(MAYA)
    with acting_as(staff):
        prescriber = Prescriber.objects.get(user_id=doctor.user_id)
    return Office("lakeside", staff, doctor, prescriber)


def version_of(program: str) -> ProgramVersion:
    with every_tenant(reason="a scenario picks a program"):
        found: ProgramVersion = (
            ProgramVersion.objects.filter(program__key=program).order_by("-number")[:1].get()
        )
    return found


def keep(stage: Stage, pair: tuple[dict[str, Any], dict[str, Any]]) -> Patient:
    """The patient comes to the practice."""
    return add(lakeside(), pair, now=stage.clock)


def enroll(stage: Stage, program: str, patient: Patient) -> tuple[Enrollment, Journey]:
    """Fill in, let both sign in the office, and submit."""
    draft = prepare(lakeside(), patient, version_of(program), done=3, now=stage.clock)
    return hand_over(stage, draft)


def enroll_unsigned(stage: Stage, program: str, patient: Patient) -> tuple[Enrollment, Journey]:
    """The patient has left: what needs no signature of theirs begins under the hub's agreement."""
    office = lakeside()
    draft = prepare(office, patient, version_of(program), done=1, now=stage.clock)
    with acting_as(office.staff):
        signatures.ask_to_sign(draft.id, by=office.staff, now=stage.clock)
    certify(office, draft, now=stage.clock)
    return hand_over(stage, draft, under_agreement=True)


def hand_over(
    stage: Stage, draft: Enrollment, *, under_agreement: bool = False
) -> tuple[Enrollment, Journey]:
    """Submit. The simulated partners learn before the commit that the scenario plays them."""
    office = lakeside()
    with acting_as(office.staff):
        sent = submit(
            draft.id,
            urgent=False,
            by=office.staff,
            now=stage.clock,
            under_agreement=under_agreement,
        )
        journey = sent.journey
        if journey is None:
            raise RuntimeError("An enrollment that was submitted has a journey.")
        stage.voice.hold(journey.number)
    if journey not in stage.journeys:
        stage.journeys.append(journey)
    stage.say(f"{journey.number}  Lakeside submits for {draft.program_version.program.name}")
    stage.later(minutes=1)
    return sent, journey


def amend(stage: Stage, sent: Enrollment, answers: Mapping[str, Any]) -> None:
    """Change what was sent, sign anew and send it to everyone who has it."""
    office = lakeside()
    with acting_as(office.staff):
        amending.amend(sent.id, by=office.staff, now=stage.clock)
        row = lock(sent.id)
        drafts.save_answers(
            sent.id, answers, seen_revision=row.revision, by=office.staff, now=stage.clock
        )
        row = lock(sent.id)
        kinds = set(signatures.standing(row))
        if "patient" not in kinds:
            authorize(office, row, row.patient, now=stage.clock)
        signatures.ask_to_sign(sent.id, by=office.staff, now=stage.clock)
    if "prescriber" not in kinds:
        certify(office, sent, now=stage.clock)
    hand_over(stage, sent)


def sign_by_phone(stage: Stage, patient: Patient) -> None:
    """The patient opens the link, proves their date of birth, reads each text, and signs."""
    office, now = lakeside(), stage.clock
    language: signatures.Language = "en"
    with acting_as(office.staff):
        asked = signing_links.ask_to_sign(
            patient.id, channel=LinkChannel.HANDED, by=office.staff, now=now
        )
    link = asked.link
    with acting_as(signing_links.patient_of(link)):
        signing_links.open_link(link, dt.date.fromisoformat(patient.details["A5"]), now=now)
        signing_sessions.agree_to_screen(link, language, now=now)
        for text in signing_sessions.session_of(link, language, now=now).texts:
            signing_sessions.keep_answer(link, text.key, agreed=True, language=language, now=now)
        link.refresh_from_db()
        session = signing_sessions.session_of(link, language, now=now)
        signer = signing_sessions.Signer(str(patient.name))
        signing_sessions.sign(
            link, signer, seen=session.digests, language=language, means=MEANS, now=now
        )
    stage.say(f"{patient.name} signs on a phone")
    stage.later(minutes=1)
