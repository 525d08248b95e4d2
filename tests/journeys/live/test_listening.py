"""Who was let in before anybody listened has missed nothing."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from psycopg import AsyncConnection

from journeys.domain import listening


@pytest.mark.django_db
def test_a_page_that_went_on_before_anybody_listened_reads_anew_once_somebody_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a busy machine, where connecting takes longer than a page waits."""
    connect, key = AsyncConnection.connect, uuid4()

    async def heard() -> str:
        may_connect = asyncio.Event()

        async def slowly(**arguments: Any) -> AsyncConnection[Any]:
            await may_connect.wait()
            return await connect(**arguments)

        monkeypatch.setattr(AsyncConnection, "connect", slowly)
        hub = listening.Hub()
        async with hub.subscribe(key) as queue:
            assert queue.empty()
            may_connect.set()
            news = await asyncio.wait_for(queue.get(), 30)
        assert hub._task is not None
        hub._task.cancel()
        await asyncio.gather(hub._task, return_exceptions=True)
        return news

    monkeypatch.setattr(listening, "LATE_SECONDS", 0.05)
    assert asyncio.run(heard()) == str(key)
