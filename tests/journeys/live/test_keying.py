"""A form that is posted twice in the same moment is one keying, and both answers lead to it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from accounts.tenancy import acting_as
from enrollment.domain.keying import Call, key_call, key_part
from enrollment.models import Keying
from tests.enrollment.keying.conftest import TOM, Desk
from tests.factories.offices import office
from tests.factories.people import actor_of
from tests.journeys.live.conftest import Live

AT_ONCE = 4


def test_a_double_click_begins_one_keying(live: Live) -> None:
    with live.elsewhere():
        hub = live.priya.membership.organization
        at = office("Keyed Office", version=live.journey.program_version)
        desk = Desk(office=at, hub=hub, priya=live.priya.membership, sam=live.priya.membership)
        by, wanted, now = actor_of(live.priya.membership), desk.wanted, timezone.now()
        part = desk.part(desk.fax(name="twice"))
        call = Call(token=uuid4(), called_at=now, caller="Ana", phone="", about=TOM)

        def of_part() -> Keying:
            return key_part(part.pk, wanted, by=by, now=now)

        def of_call() -> Keying:
            return key_call(call, wanted, by=by, now=now)

        def click(key: Callable[[], Keying], begin: threading.Barrier) -> UUID:
            begin.wait()
            try:
                with acting_as(by):
                    return key().pk
            finally:
                connection.close()

        for key in (of_part, of_call):
            begin = threading.Barrier(AT_ONCE)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                clicks = [pool.submit(click, key, begin) for _ in range(AT_ONCE)]
                assert len({each.result() for each in clicks}) == 1
