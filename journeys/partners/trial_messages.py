"""Messages that are sent to see what a partner's system does with them: some are to be refused."""

import asyncio
import base64
import re
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from journeys.core.delivery import Outgoing, TransportError
from journeys.documents.batch import NAMES, File, written
from journeys.domain.carrying import Route
from journeys.domain.endpoint_secrets import new_secret_for
from journeys.domain.sandbox_judging import Flaw, Heard
from journeys.enums import Transport
from journeys.partners.fhir import FHIR, FORM, base_of, open_fhir, token_request
from journeys.partners.http import TIMEOUT_SECONDS, open_line
from journeys.partners.sftp import open_sftp
from journeys.partners.signatures import signed
from journeys.partners.webhook import message, receipt_of
from journeys.partners.wire import Answer, Broken, Unanswered

TOO_OLD = timedelta(minutes=10)
EMPTY_BUNDLE = b'{"resourceType": "Bundle", "type": "collection"}'
# The digest in a file's last line.
TOTAL = re.compile(rb"[0-9a-f]{64}(?=\W*\Z)")
WRONG = "whsec_" + base64.b64encode(b"a secret that nobody has").decode()


def send_as_it_is(route: Route, outgoing: Outgoing, flaw: Flaw) -> Heard:
    """Send one message as it stands, once, and tell the answer, whatever it is."""
    try:
        return asyncio.run(_WAYS[route.transport](route, outgoing, flaw))
    except Unanswered:
        return Heard(0, trouble=f"{route.recipient} ended the connection without an answer")
    except (Broken, TimeoutError):
        return Heard(0, trouble=f"{route.recipient} could not be reached")
    except TransportError as error:
        return Heard(0, trouble=str(error).removesuffix("."))


async def _post_signed(route: Route, outgoing: Outgoing, flaw: Flaw) -> Heard:
    now = datetime.now(UTC)
    body = message(outgoing)
    signature = signed(
        outgoing.delivery_id,
        body,
        secrets=(WRONG,) if flaw == "secret" else route.secrets,
        now=now - TOO_OLD if flaw == "time" else now,
    )
    headers = {"content-type": "application/json", **signature}
    answer = await _posted(route, route.address, body, headers)
    return Heard(answer.status, receipt_of(answer.body).reference)


async def _to_fhir_server(route: Route, outgoing: Outgoing, flaw: Flaw) -> Heard:
    """A test is a request for a token, or a Bundle under one that was never given."""
    if outgoing.kind != "test":
        async with open_fhir(route) as server:
            receipt = await server.send(outgoing)
        return Heard(HTTPStatus.OK, receipt.reference)
    if flaw == "token":
        headers = {**FHIR, "authorization": f"Bearer {uuid4()}"}
        answer = await _posted(route, base_of(route), EMPTY_BUNDLE, headers)
        return Heard(answer.status)
    now = datetime.now(UTC)
    asked = token_request(
        route,
        pem=new_secret_for(Transport.FHIR) if flaw == "secret" else route.secrets[0],
        now=now - TOO_OLD if flaw == "time" else now,
    )
    answer = await _posted(route, route.options["token_url"], asked, FORM)
    return Heard(answer.status)


async def _to_folder(route: Route, outgoing: Outgoing, flaw: Flaw) -> Heard:
    """A file under the last number; under the next one where its totals do not fit."""
    form = route.options.get("format", "jsonl")
    number = route.sequence if flaw else max(1, route.sequence - 1)
    now = datetime.now(UTC)
    async with open_sftp(route) as folder:
        beside = await folder.beside(outgoing)
        content = written([outgoing], form=form, sequence=number, now=now, beside=beside)
        if flaw == "totals":
            content = TOTAL.sub(b"0" * 64, content)
        name = NAMES[form].format(sequence=number)
        await folder.put_all([*beside.values(), File(name, content)])
    return Heard(HTTPStatus.OK)


async def _posted(route: Route, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    async with asyncio.timeout(TIMEOUT_SECONDS), open_line(route, address) as line:
        return await line.wire.post(body, headers)


_WAYS: Mapping[str, Callable[[Route, Outgoing, Flaw], Coroutine[Any, Any, Heard]]] = {
    Transport.WEBHOOK: _post_signed,
    Transport.FHIR: _to_fhir_server,
    Transport.SFTP: _to_folder,
}
