"""Page turns: Gradio renders the page anew for each request, 35 ms of processor; a client waits for its own alone."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.errors import TooBusy
from components.threads import ClientTurns
from components.ui.http.responses import too_many_requests

_PATHS = ("/", "/config", "/config/", "/gradio_api/info", "/gradio_api/info/", "/gradio_api/openapi.json")


class PageTurns:
    """ASGI middleware: of each client one of _PATHS is rendered at a time.

    Forty at once, as many as Gradio has threads, kept every other answer waiting for 9 seconds (measured with 300).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._clients = app, ClientTurns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or scope["path"] not in _PATHS:
            await self._app(scope, receive, send)
            return
        rendered: list[Message] = []

        async def keep(message: Message) -> None:
            rendered.append(message)

        try:
            async with self._clients.turn():
                await self._app(scope, receive, keep)
        except TooBusy:
            await too_many_requests(scope, 1)(scope, receive, send)
            return
        # After the turn: a client may take its time to read.
        for message in rendered:
            await send(message)
