"""Messages that are sent to see what a partner's system does with them: some are to be refused."""

import asyncio
import base64
from datetime import UTC, datetime, timedelta

from journeys.core.delivery import Outgoing, TransportError
from journeys.domain.carrying import Route
from journeys.domain.sandbox_judging import Flaw, Heard
from journeys.partners.http import TIMEOUT_SECONDS, open_line
from journeys.partners.signatures import signed
from journeys.partners.webhook import message
from journeys.partners.wire import Broken, Unanswered

TOO_OLD = timedelta(minutes=10)
WRONG = "whsec_" + base64.b64encode(b"a secret that nobody has").decode()


def send_as_it_is(route: Route, outgoing: Outgoing, flaw: Flaw) -> Heard:
    """Send one message as it stands, once, and tell the answer, whatever it is."""
    return asyncio.run(_send(route, outgoing, flaw))


async def _send(route: Route, outgoing: Outgoing, flaw: Flaw) -> Heard:
    now = datetime.now(UTC)
    body = message(outgoing)
    signature = signed(
        outgoing.delivery_id,
        body,
        secrets=(WRONG,) if flaw == "secret" else route.secrets,
        now=now - TOO_OLD if flaw == "time" else now,
    )
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS), open_line(route, route.address) as line:
            answer = await line.wire.post(body, {"content-type": "application/json", **signature})
    except TransportError as error:
        return Heard(0, str(error))
    except Unanswered:
        return Heard(0, f"{route.recipient} ended the connection without an answer")
    except (Broken, TimeoutError):
        return Heard(0, f"{route.recipient} could not be reached")
    return Heard(answer.status, answer.body.decode(errors="replace"))
