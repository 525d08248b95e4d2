"""Files of reports: kept as they came, looked through without doing anything, then taken."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import current_organization_id
from journeys.domain.applying import CLOCK_TOLERANCE, meaning_in
from journeys.domain.finding import NotApplicable, find_journey
from journeys.domain.inbound import receive_all
from journeys.domain.keeping import Message
from journeys.domain.queries.maps import in_words
from journeys.domain.queries.reports import happened_at, reference_of
from journeys.enums import ReportCause
from journeys.models import InboundReport, Journey, ReportFile

# What was only looked through is forgotten.
FORGOTTEN_AFTER = timedelta(days=1)


class AlreadyTaken(ValueError):
    """The file's rows are reports already."""


def bring(name: str, body: str, *, by: Actor, now: datetime) -> ReportFile:
    """Keep a file for looking through it. Only whoever acts for a partner brings one."""
    old = ReportFile.objects.filter(applied_at=None, brought_at__lt=now - FORGOTTEN_AFTER)
    old.delete()
    file: ReportFile = ReportFile.objects.create(
        organization_id=current_organization_id(),
        name=name[:120],
        body=body,
        brought_at=now,
        brought_by_id=by.user_id,
    )
    audit.wrote(file, action="brought a file of reports")
    return file


def foretell(content: Mapping[str, Any], *, by: Actor, now: datetime) -> tuple[str, str]:
    """What a whole report would do: the journey's number, and the step and status in words.

    Raises NotApplicable where a person would have to look. Nothing is written.
    """
    journey_id = find_journey(reference_of(content), by=by)
    if happened_at(content) > now + CLOCK_TOLERANCE:
        raise NotApplicable(
            "They say it happens in the future.", ReportCause.TIME, journey_id=journey_id
        )
    journey = Journey.objects.get(pk=journey_id)
    if content["type"] == "delivery.accepted":
        return journey.number, "Enrollment confirmed"
    partner_id = current_organization_id()
    meaning, _mapped = meaning_in(content, journey, partner_id=partner_id, at=happened_at(content))
    return journey.number, in_words(meaning)


def came_before(ids: Collection[str]) -> dict[str, InboundReport]:
    """Those of the rows that are reports already, by their ids: each counts once."""
    found = InboundReport.objects.filter(message_id__in=ids).defer("body")
    return {report.message_id: report for report in found}


def take(file: ReportFile, rows: Sequence[tuple[str, Mapping[str, Any]]], *, now: datetime) -> int:
    """Take the file's whole rows as reports of its organization; how many were new.

    Raises AlreadyTaken.
    """
    locked = ReportFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if locked.applied_at is not None:
        raise AlreadyTaken
    ids = {id_ for id_, _content in rows}
    new = len(ids) - len(came_before(ids))
    partner = Organization.objects.get(pk=locked.organization_id)
    messages = [
        Message(id=id_, body=json.dumps(content), transport="batch") for id_, content in rows
    ]
    receive_all(partner, messages, now=now)
    locked.applied_at, locked.taken = now, new
    locked.save(update_fields=["applied_at", "taken"])
    audit.wrote(locked, action="took a file of reports")
    return new
