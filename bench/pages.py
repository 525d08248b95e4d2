"""How many journey pages one machine serves, in the production shape."""

import statistics
from collections.abc import Iterator

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bench.results import Row, percentile
from bench.serving import cpu_seconds, serving
from bench.stories import journey_with
from bench.world import World

EVENTS = 40
HUB_AGENT = "jonah@beacon.example"
WARM_UP_SECONDS, HELLO_SECONDS, SECONDS, ROUNDS = 1.5, 1.0, 2.0, 5
# As the proxy sends them on.
HEADERS = {"Host": "localhost", "X-Forwarded-Proto": "https", "User-Agent": "bench"}


def measure(world: World) -> Iterator[Row]:
    """`hello_per_s`: answers per second of a WSGI application that does nothing, under the
    server command of the Dockerfile (granian, two workers), asked by one process on eight
    connections that stay open. `timeline_per_s`: the same of the page of a journey with 40
    events, for a hub's agent with a real session and a second factor, whose browser also has
    the cookie that forms are checked by; hello is its floor.

    `timeline_p50_ms`, `timeline_p95_ms`: one answer when nobody else asks. `timeline_cpu_ms`:
    CPU time of the server's processes for one page, without PostgreSQL's.
    """
    with serving(world, "bench.hello:application", "/", HEADERS) as hello:
        hello.load(seconds=WARM_UP_SECONDS)
        floor = [hello.load(seconds=HELLO_SECONDS).per_s for _ in range(ROUNDS)]
    yield Row("hello_per_s", "/s", floor)
    journey = journey_with(EVENTS, seed=41, now=timezone.now())
    path = reverse("journey", args=[journey.id])
    headers = {**HEADERS, "Cookie": cookies_of(HUB_AGENT)}
    with serving(world, "config.wsgi:application", path, headers) as page:
        page.load(seconds=WARM_UP_SECONDS)
        began = cpu_seconds(page.group)
        runs = [page.load(seconds=SECONDS) for _ in range(ROUNDS)]
        used = cpu_seconds(page.group) - began
        alone = page.load(seconds=SECONDS, connections=1).times_ms
    yield Row("timeline_per_s", "/s", [run.per_s for run in runs], statistics.median(floor))
    yield Row("timeline_p50_ms", "ms", [statistics.median(alone)])
    yield Row("timeline_p95_ms", "ms", [percentile(alone, 0.95)])
    answers = sum(len(run.times_ms) for run in runs)
    yield Row("timeline_cpu_ms", "ms", [used * 1000 / answers])


def session_of(email: str) -> str:
    """Sign a person in who has a second factor; the Cookie header of their browser."""
    user = User.objects.get(email=email)
    if not get_adapter().is_mfa_enabled(user):
        TOTP.activate(user, generate_totp_secret())
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    key = client.cookies[name].value
    # As signing in through the page does.
    UserSession.objects.create(user=user, session_key=key, ip="127.0.0.1", user_agent="bench")
    return f"{name}={key}"


def cookies_of(email: str) -> str:
    """As `session_of`, with the cookie that forms are checked by: signing in is a form."""
    client = Client(headers=HEADERS)
    client.cookies.load(session_of(email))
    client.get(reverse("sessions"), secure=True)
    return "; ".join(f"{name}={each.value}" for name, each in client.cookies.items())
