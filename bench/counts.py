"""A manufacturer's page and the task behind it, among a million journeys."""

import http.client
import time
from collections.abc import Iterator

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.pages import HEADERS, session_of
from bench.results import Row, Unmeasured, percentile
from bench.serving import serving
from bench.stories import journey_with, talk
from bench.world import World
from config.celery import app
from journeys.domain.counting import count_anew, count_changes, uncounted
from journeys.domain.recording import record
from journeys.models import Journey
from programs.models import Program

PROGRAM, READER = "veltrana", "nadia@aldertree.example"
WARM_UP, PAGES = 30, 300
JOURNEYS, EACH, ROUNDS = 20, 5, 3

# A row each: two years of weeks, every group, and as much in it as a journey leaves behind.
FILL = """
insert into journeys_funnelrow
    (id, organization_id, program_id, week, age_band, region, practice_type, told, before)
select gen_random_uuid(), %(owner)s, %(program)s,
    date_trunc('week', %(today)s::date - n %% 728)::date,
    (array['0_17', '18_34', '35_49', '50_64', '65_79', '80_on'])[1 + n %% 6],
    lpad((10 + n %% 890)::text, 3, '0'),
    (array['207RR0500X', '2084N0400X', '207RG0100X', '207N00000X'])[1 + n %% 4],
    jsonb_build_object(
        'reached', stages[1 + n %% 6], 'step', steps[1 + n %% 5], 'status', 'pending',
        'reason', case n %% 7 when 0 then 'step_therapy' else '' end,
        'payer_class', (array['commercial', 'medicare', 'medicaid'])[1 + n %% 3],
        'payer', (array['meridian_health', 'bluewater_mutual', 'other'])[1 + n %% 3],
        'closed', case n %% 9 when 0 then 'cost' else '' end,
        'risks', case n %% 11 when 0 then '["R1"]'::jsonb else '[]'::jsonb end,
        'dwell', jsonb_build_object('intake_review', n %% 90, 'benefit_verification', n %% 300,
                                    'prior_authorization_determination', n %% 900),
        'therapy_days', case n %% 6 when 5 then to_jsonb(n %% 90) else 'null'::jsonb end,
        'denials', case n %% 5 when 0 then jsonb_build_array(jsonb_build_array(
            'step_therapy', date_trunc('week', %(today)s::date - n %% 728)::date::text))
            else '[]'::jsonb end,
        'returned', case n %% 8 when 0 then jsonb_build_array(jsonb_build_array(
            'B7', date_trunc('week', %(today)s::date - n %% 728)::date::text))
            else '[]'::jsonb end),
    null
from generate_series(1, %(rows)s) n,
    (select array['submitted', 'accepted', 'verified', 'authorized', 'dispensed', 'on_therapy']
        as stages,
        array['intake_review', 'benefit_verification', 'prior_authorization',
              'pharmacy_triage', 'delivery'] as steps) names
"""


def measure(world: World) -> Iterator[Row]:
    """`funnel_p95_ms_1m`: the whole answer of the server, one at a time, for the page of a
    program with a million de-identified rows, split by each group in turn.

    `projection_lag_s`: the longest from an event until the counts have it: how long the schedule
    lets pass, and how long counting takes after a hundred events on twenty journeys, among a
    million rows.
    """
    program = Program.objects.get(key=PROGRAM)
    fill(program, world.journeys)
    count_anew(program)
    yield Row("funnel_p95_ms_1m", "ms", [_page(world)])
    yield Row("projection_lag_s", "s", [_lag(round_) for round_ in range(ROUNDS)])


def fill(program: Program, rows: int) -> None:
    """Lay out so many rows of a program, by SQL."""
    with every_tenant(reason="the bench lays out rows"), connection.cursor() as cursor:
        known = {"owner": program.manufacturer_id, "program": program.pk}
        cursor.execute(FILL, {**known, "today": timezone.now().date(), "rows": rows})


def _page(world: World) -> float:
    headers = {**HEADERS, "Cookie": session_of(READER)}
    page = reverse("program", args=[PROGRAM])
    groups = ("payer_class", "age_band", "region", "practice_type")
    times = []
    with serving(world, "config.wsgi:application", "/", headers) as site:
        line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        for number in range(WARM_UP + PAGES):
            began = time.perf_counter()
            line.request("GET", f"{page}?by={groups[number % 4]}", headers=headers)
            answer = line.getresponse()
            answer.read()
            times.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                raise Unmeasured(f"The page of counts answered {answer.status}.")
        line.close()
    return percentile(times[WARM_UP:], 0.95)


def _lag(round_: int) -> float:
    _count_all()
    now = timezone.now()
    journeys: list[Journey] = [
        journey_with(10, seed=900 + JOURNEYS * round_ + number, now=now)
        for number in range(JOURNEYS)
    ]
    for journey in journeys:
        said = talk(journey, since=now)
        for _ in range(EACH):
            event = next(said)
            record(journey.id, event, actor=None, now=event.received_at)
    with every_tenant(reason="the bench looks what is to be counted"):
        if uncounted() < JOURNEYS:
            raise Unmeasured("Not every journey that learnt something is to be counted.")
    began = time.perf_counter()
    _count_all()
    schedule: float = app.conf.beat_schedule["count-funnels"]["schedule"]
    return schedule + time.perf_counter() - began


def _count_all() -> None:
    while count_changes():
        pass
