"""A patient signs by a link on a phone, or on the office's screen, without an account."""

import datetime as dt
import re
from contextlib import closing
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.tenancy import acting_as
from enrollment.documents.signed import draw
from enrollment.domain import sealing, signatures, signing_links
from enrollment.enums import LinkChannel
from enrollment.models import Enrollment, SealedCopy, Signature, SigningLink
from tests.factories.enrollments import ROSA
from tests.factories.offices import Office, stored
from tests.fakes.pdf_ua import faults

pytestmark = pytest.mark.django_db
BORN = {"month": "3", "day": "27", "year": "1984"}
WRONG = {"month": "1", "day": "2", "year": "1984"}


def ask(
    lakeside: Office, channel: LinkChannel = LinkChannel.HANDED, *, now: dt.datetime | None = None
) -> str:
    """The path of a new link for Rosa."""
    with acting_as(lakeside.coordinator):
        asked = signing_links.ask_to_sign(
            lakeside.rosa.id, channel=channel, by=lakeside.coordinator, now=now or timezone.now()
        )
    return asked.address[asked.address.index("/sign/") :]


def the_link(lakeside: Office) -> SigningLink:
    with acting_as(lakeside.coordinator):
        found: SigningLink = SigningLink.objects.get(withdrawn_at=None)
        return found


def signed(lakeside: Office, enrollment: Enrollment) -> dict[str, Signature]:
    with acting_as(lakeside.coordinator):
        return signatures.standing(enrollment)


def opened(lakeside: Office) -> Client:
    """Rosa's phone, at the first page after the date of birth."""
    phone = Client()
    assert phone.post(ask(lakeside), BORN)["Location"].startswith("/sign/")
    return phone


def step_of(phone: Client) -> str:
    found = re.search(r'name="step" value="([^"]+)"', phone.get("/sign/").content.decode())
    return found[1] if found else ""


def go(phone: Client, *, language: str = "", ticked: bool = True) -> str:
    """Answer every page up to the signature; the page on which the name is typed."""
    path = f"/sign/?language={language}" if language else "/sign/"
    for _ in range(12):
        page: str = phone.get(path).content.decode()
        found = re.search(r'name="step" value="([^"]+)"', page)
        assert found, page[:500]
        if found[1] == "signature":
            return page
        needed = found[1] == "disclosure" or found[1].endswith(":authorization")
        agree = {"agree": "yes"} if ticked or needed else {}
        assert phone.post(path, {"step": found[1], **agree}).status_code == 302
    raise AssertionError


def finish(phone: Client, page: str, *, language: str = "", **more: str) -> Any:
    seen = dict(re.findall(r'name="(seen-[^"]+)"\s+value="([^"]+)"', page))
    data = {"step": "signature", "signer": "patient", "signer_name": "Rosa Delgado", **seen, **more}
    return phone.post(f"/sign/?language={language}" if language else "/sign/", data)


def test_a_patient_signs_on_a_phone_and_keeps_the_copy(lakeside: Office) -> None:
    draft = lakeside.draft()
    phone = opened(lakeside)
    assert finish(phone, go(phone, ticked=False)).status_code == 302
    (signature,) = signed(lakeside, draft).values()
    assert signature.signer_name == "Rosa Delgado"
    assert signature.method == "One-time link and date of birth"
    assert [each["key"] for each in signature.evidence["consents"]] == ["authorization"]
    session = signature.evidence["session"]
    assert session["disclosure"]["version"]
    assert session["link"] == str(the_link(lakeside).id)
    assert set(session["texts"]) == {
        f"{draft.id}:{key}" for key in ("authorization", "text_messages", "marketing")
    }
    done = phone.get("/sign/").content.decode()
    assert "It is signed" in done
    copy = phone.post(f"/sign/copy/{signature.id}/")
    assert faults(copy.content) == []
    assert copy["Content-Disposition"].startswith("attachment")
    with acting_as(lakeside.coordinator):
        kept = SealedCopy.objects.get(signature=signature)
        assert sealing.bytes_of(kept) == copy.content


def test_the_mail_says_nothing_of_who_or_why(lakeside: Office) -> None:
    lakeside.draft()
    ask(lakeside, LinkChannel.EMAIL)
    (sent,) = mail.outbox
    assert sent.to == [ROSA["A17"]]
    for told in ("Rosa", "Delgado", "Lakeside", "Veltrana", "1984"):
        assert told not in f"{sent.subject} {sent.body}"
    assert "/sign/" in sent.body


def test_a_link_is_good_once_and_not_for_ever(lakeside: Office) -> None:
    lakeside.draft()
    old = ask(lakeside, now=timezone.now() - dt.timedelta(days=8))
    assert Client().get(old).status_code == 404
    path = ask(lakeside)
    phone = Client()
    phone.post(path, BORN)
    finish(phone, go(phone))
    assert Client().get(path).status_code == 404
    assert Client().post(path, BORN).status_code == 404
    assert Client().get("/sign/never-was-a-link/").status_code == 404


def test_asking_again_ends_the_earlier_link(lakeside: Office) -> None:
    lakeside.draft()
    first, second = ask(lakeside), ask(lakeside)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_five_wrong_dates_lock_the_link_and_tell_the_office(lakeside: Office) -> None:
    draft = lakeside.draft()
    path, phone = ask(lakeside), Client()
    for left in (4, 3, 2):
        page = phone.post(path, WRONG)
        assert page.status_code == 422
        assert f"try {left} more times" in page.content.decode()
    assert "one more time" in phone.post(path, WRONG).content.decode()
    assert phone.post(path, {"month": "x"}).status_code == 422
    assert phone.post(path, WRONG).status_code == 403
    assert phone.post(path, BORN).status_code == 403
    assert phone.get("/sign/").status_code == 403
    (told,) = mail.outbox
    assert told.to == [lakeside.ana.user.email]
    assert str(draft.id) in told.body
    assert "Rosa" not in f"{told.subject} {told.body}"


def test_a_lock_also_closes_a_browser_that_was_already_in(lakeside: Office) -> None:
    lakeside.draft()
    path, phone = ask(lakeside), Client()
    phone.post(path, BORN)
    assert phone.get("/sign/").status_code == 200
    for _ in range(5):
        Client().post(path, WRONG)
    assert phone.get("/sign/").status_code == 403


def test_without_the_date_of_birth_nothing_is_shown(lakeside: Office) -> None:
    lakeside.draft()
    page = Client().get(ask(lakeside)).content.decode()
    for told in ("Rosa", "Delgado", "Veltrana", "Lakeside", "1984-03-27"):
        assert told not in page
    assert Client().get("/sign/").status_code == 403


def test_the_browser_forgets_after_half_an_hour(lakeside: Office) -> None:
    lakeside.draft()
    phone = opened(lakeside)
    session = phone.session
    session["patient_link"] = {**session["patient_link"], "until": "2020-01-01T00:00:00+00:00"}
    session.save()
    assert phone.get("/sign/").status_code == 403


def test_the_disclosure_comes_first_and_paper_is_as_good(
    lakeside: Office, django_capture_on_commit_callbacks: Any
) -> None:
    draft = lakeside.draft()
    phone = opened(lakeside)
    assert step_of(phone) == "disclosure"
    assert phone.post("/sign/", {"step": "disclosure"}).status_code == 422
    assert phone.post("/sign/", {"step": "signature", "signer": "patient"}).status_code == 422
    assert step_of(phone) == "disclosure"
    with django_capture_on_commit_callbacks(execute=True):
        paper = phone.post("/sign/", {"step": "disclosure", "paper": "yes"})
    assert "Nothing was signed" in paper.content.decode()
    assert phone.get("/sign/").status_code == 403
    assert signed(lakeside, draft) == {}
    assert [each.to for each in mail.outbox] == [[lakeside.ana.user.email]]


def test_every_text_is_read_whole_before_the_name_is_typed(lakeside: Office) -> None:
    draft = lakeside.draft()
    phone = opened(lakeside)
    phone.post("/sign/", {"step": "disclosure", "agree": "yes"})
    sent = {"step": "signature", "signer": "patient", "signer_name": "Rosa Delgado"}
    with acting_as(lakeside.coordinator):
        row = stored(draft)
        shown = signatures.statement_of(row, "patient", today=timezone.localdate())
    phone.post("/sign/", {**sent, f"seen-{draft.id}": shown.digest("en")})
    assert signed(lakeside, draft) == {}
    first = step_of(phone)
    assert first.endswith(":authorization")
    page = phone.get("/sign/").content.decode()
    for words in shown.consents[0].elements.__dict__.values():
        assert words["en"] in page.replace("&#x27;", "'")
    assert "checked" not in page
    assert phone.post("/sign/", {"step": first}).status_code == 422


def test_free_choices_stay_free_and_are_never_ticked_for_anybody(lakeside: Office) -> None:
    draft = lakeside.draft()
    phone = opened(lakeside)
    page = go(phone, ticked=False)
    assert "You leave out" in page
    finish(phone, page)
    (signature,) = signed(lakeside, draft).values()
    assert "S5" not in signature.evidence["fields"]
    assert "S6" not in signature.evidence["fields"]


def test_spanish_is_spanish_and_its_words_are_what_is_signed(lakeside: Office) -> None:
    draft = lakeside.draft()
    phone = opened(lakeside)
    go(phone, language="en")
    # The English that was read is not the Spanish that would be signed.
    page = phone.get("/sign/?language=es").content.decode()
    assert '<html lang="es"' in page
    assert "Firmar en esta pantalla" in page
    finish(phone, go(phone, language="es"), language="es")
    (signature,) = signed(lakeside, draft).values()
    assert signature.evidence["language"] == "es"
    assert "Permiso para compartir" in signature.evidence["consents"][0]["text"]


def test_what_changed_between_seeing_and_signing_is_not_signed(lakeside: Office) -> None:
    draft = lakeside.draft()
    phone = opened(lakeside)
    page = go(phone)
    lakeside.answer(draft, A1="Rosalind")
    answer = finish(phone, page)
    assert answer.status_code == 422
    assert "changed something" in answer.content.decode()
    assert signed(lakeside, draft) == {}
    finish(phone, go(phone))
    assert set(signed(lakeside, draft)) == {"patient"}


def test_a_double_click_signs_once(lakeside: Office) -> None:
    lakeside.draft()
    phone = opened(lakeside)
    page = go(phone)
    assert [finish(phone, page).status_code for _ in range(2)] == [302, 200]
    with acting_as(lakeside.coordinator):
        assert Signature.objects.count() == 1


def test_one_session_signs_every_program_each_apart(lakeside: Office) -> None:
    first, second = lakeside.draft(), lakeside.draft()
    phone = opened(lakeside)
    page = go(phone)
    assert len(re.findall(r'name="seen-', page)) == 2
    finish(phone, page)
    digests = {
        signed(lakeside, each)["patient"].evidence["fields"]["S1"] for each in (first, second)
    }
    assert len(digests) == 2


def test_a_minor_does_not_sign_alone(lakeside: Office) -> None:
    draft = lakeside.draft()
    born = timezone.localdate() - dt.timedelta(days=16 * 366)
    lakeside.answer(draft, A5=born.isoformat(), A20="Elena Delgado", A21="parent")
    phone = opened(lakeside)
    page = go(phone)
    assert "under 18" in page
    assert 'value="patient"' not in page
    assert "(optional)" not in page
    assert finish(phone, page).status_code == 422
    assert finish(phone, page, signer="representative", relationship="caregiver").status_code == 422
    signing = {"signer": "representative", "relationship": "parent"}
    assert finish(phone, page, **signing, signer_name="Elena Delgado").status_code == 302
    (signature,) = signed(lakeside, draft).values()
    assert signature.evidence["relationship"] == "parent"
    assert signature.evidence["fields"]["S3"] == "Elena Delgado, parent"


def test_another_link_opens_no_copy_of_this_patient(lakeside: Office, harbor: Office) -> None:
    draft = lakeside.draft()
    harbor.draft()
    phone = opened(lakeside)
    finish(phone, go(phone))
    (signature,) = signed(lakeside, draft).values()
    assert phone.post(f"/sign/copy/{signature.id}/").status_code == 200
    other = opened(harbor)
    assert other.post(f"/sign/copy/{signature.id}/").status_code == 404
    assert Client().post(f"/sign/copy/{signature.id}/").status_code == 404


def test_the_copy_is_mailed_only_as_a_link(lakeside: Office) -> None:
    lakeside.draft()
    phone = opened(lakeside)
    finish(phone, go(phone))
    mail.outbox.clear()
    assert "on its way" in phone.post("/sign/", {"mail": "yes"}).content.decode()
    (sent,) = mail.outbox
    assert sent.attachments == []
    path = re.search(r"/sign/\S+", str(sent.body))
    assert path
    later = Client()
    later.post(path[0], BORN)
    assert "Veltrana" in later.get("/sign/").content.decode()


def test_the_office_asks_by_mail_by_code_or_on_its_screen(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    path = f"/enrollments/{draft.id}/ask-patient/"
    assert ana.post(path, {"channel": "email"}).status_code == 302
    handed = ana.post(path, {"channel": "handed"}).content.decode()
    assert "data:image/svg+xml;base64," in handed
    assert "/sign/" in handed
    review = ana.get(f"/enrollments/{draft.id}/review/").content.decode()
    assert "Link handed over" in review


def test_a_screen_in_a_patients_hands_opens_nothing_else(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    assert ana.post(f"/enrollments/{draft.id}/ask-patient/", {"channel": "screen"})["Location"] == (
        "/sign/"
    )
    page = ana.get("/sign/").content.decode()
    assert "/patients/" not in page
    assert "/enrollments/" not in page
    for closed in ("/patients/", f"/enrollments/{draft.id}/review/", "/worklist/", "/find/?q=ro"):
        answer = ana.get(closed)
        assert answer.status_code == 302, closed
        assert "reauthenticate" in answer["Location"], closed
    assert ana.post(f"/enrollments/{draft.id}/ask/").status_code == 302
    assert ana.get("/live/worklist/").status_code == 401
    finish(ana, go(ana))
    assert signed(lakeside, draft)["patient"].method == "Office's screen, handed over"
    assert ana.get(f"/enrollments/{draft.id}/review/").status_code == 302


def test_the_office_takes_its_screen_back_by_proving_who_it_is(
    ana: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    ana.post(f"/enrollments/{draft.id}/ask-patient/", {"channel": "screen"})
    session = ana.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": timezone.now().timestamp() + 1}
    ]
    session["account_authentication_methods_user"] = str(lakeside.ana.user_id)
    session.save()
    assert ana.get(f"/enrollments/{draft.id}/review/").status_code == 200
    assert ana.get("/patients/").status_code == 200


def test_a_withdrawn_link_and_another_practices_are_gone(
    ana: Client, ben: Client, lakeside: Office
) -> None:
    lakeside.draft()
    path = ask(lakeside)
    link = the_link(lakeside)
    assert ben.post(f"/signing-links/{link.id}/withdraw/").status_code == 404
    assert Client().get(path).status_code == 200
    ana.post(f"/signing-links/{link.id}/withdraw/")
    assert Client().get(path).status_code == 404


def test_a_worker_seals_what_nobody_downloaded(lakeside: Office) -> None:
    lakeside.signed()
    assert sealing.seal_due(draw=draw, now=timezone.now()) == 2
    assert sealing.seal_due(draw=draw, now=timezone.now()) == 0
    with acting_as(lakeside.coordinator):
        assert SealedCopy.objects.count() == 2


def test_a_second_worker_leaves_the_copies_to_the_first(lakeside: Office) -> None:
    lakeside.signed()
    with closing(connection.get_new_connection(connection.get_connection_params())) as first:
        first.execute("select pg_advisory_lock(%s)", [sealing.SEALING])
        assert sealing.seal_due(draw=draw, now=timezone.now()) == 0
        # A server process that ends gives up its locks a moment later.
        first.execute("select pg_advisory_unlock(%s)", [sealing.SEALING])
    assert sealing.seal_due(draw=draw, now=timezone.now()) == 2
