"""What is posted to Gradio's routes, read and checked before Gradio sees it: one ASGI middleware."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.ui.posted import Misshapen, parse
from components.ui.refusals import refusal
from components.ui.sessions import POSTED
from components.ui.shapes import Shapes

UPLOAD = "/gradio_api/upload"


class Posts:
    """Let through JSON of the right shape and uploads in a form; answer 415 or 422 to all else that is posted."""

    def __init__(self, app: ASGIApp, shapes: Shapes) -> None:
        self._app, self._shapes = app, shapes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/gradio_api/"):
            await self._app(scope, receive, send)
        elif refused := _wrong_kind(scope):
            await refused(scope, receive, send)
        elif scope["path"] == UPLOAD:
            await self._app(scope, receive, send)
        else:
            await self._checked(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await _whole(receive)
        try:
            posted = parse(raw)
            self._shapes.check_of(scope["path"])(posted)
        except Misshapen as error:
            await refusal(scope, 422, str(error))(scope, receive, send)
            return
        await self._app({**scope, POSTED: posted}, _again(raw, receive), send)


def _wrong_kind(scope: Scope) -> Response | None:
    wanted = "multipart/form-data" if scope["path"] == UPLOAD else "application/json"
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    return None if kind == wanted else refusal(scope, 415, f"This address takes {wanted}.")


async def _whole(receive: Receive) -> bytes:
    """Return the body; its bounds are kept by who hands over `receive`."""
    raw = bytearray()
    while True:
        message = await receive()
        raw += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(raw)


def _again(raw: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body that was read already, then what else comes."""
    pending: list[Message] = [{"type": "http.request", "body": raw, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again
