"""The simulator's HTTP side: one address per partner, and a switch that takes all of them down."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from journeys.management.simulator.partners import World

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
LOOPBACK = {"127.0.0.1", "::1"}


def application(world: World) -> Callable[[Message, Receive, Send], Awaitable[None]]:
    """An ASGI application: `POST /<partner>` takes a webhook, `/control` shows and sets outages,
    and takes the journeys that a scenario plays.
    """

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(world, receive, send)
            return
        body = await _body(receive)
        if scope["path"] == "/control":
            status, content = _control(world, scope, body)
        elif world.down:
            status, content = 503, {"error": "This partner's system is down."}
        else:
            status, content = _webhook(world, scope, body)
        await _answer(send, status, content)

    return app


async def _live(world: World, receive: Receive, send: Send) -> None:
    """Go on with what stood on the desks when the server starts."""
    while (await receive())["type"] != "lifespan.shutdown":
        world.resume()
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


def _control(world: World, scope: Message, body: bytes) -> tuple[int, dict[str, Any]]:
    if not scope["client"] or scope["client"][0] not in LOOPBACK:
        return 404, {"error": "There is nothing here."}
    if scope["method"] == "POST":
        switches = json.loads(body or b"{}")
        world.down = bool(switches.get("down", world.down))
        world.held.update({switches["hold"]} if "hold" in switches else ())
    return 200, {"down": world.down, "cases": len(world.desk.cases), "posted": world.posted}


def _webhook(world: World, scope: Message, body: bytes) -> tuple[int, dict[str, Any]]:
    partner = scope["path"].strip("/")
    if scope["method"] != "POST" or not partner:
        return 404, {"error": "Send webhooks to /<partner>."}
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    try:
        Webhook(world.secret).verify(body, headers)
    except (WebhookVerificationError, ValueError):
        return 401, {"error": "This is not signed with our secret."}
    return 200, {"case_number": world.take(partner, headers["webhook-id"], body)}


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _answer(send: Send, status: int, content: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})
