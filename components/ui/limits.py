"""How much one address may ask for: requests, pictures, uploads, bytes, and answers held at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from components.clock import Clock
from components.ui.bounded import BoundedRequest, Bounds
from components.ui.buckets import Buckets, Size
from components.ui.refusals import READS, too_often
from components.ui.remote import remote

MEGABYTE = 1024 * 1024
_PRESSES = ("/gradio_api/queue/join", "/gradio_api/call/")
_UPLOADS = ("/gradio_api/upload", "/playground/sources")
_FITS = "/playground/sources/fit"
"""Changes with every move of a slider, and brings nothing."""
_FREED_SOON = 5.0
"""Seconds after which somebody with too many answers held may ask again."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """The limits of one address."""

    requests: Size
    presses: Size
    """Presses of Generate, and programs' calls."""
    uploads: Size
    volume: Size
    """Bytes of all bodies."""
    held: int
    """Requests not yet answered in full: a page holds one question for changes, a press one stream."""
    body: Bounds
    upload: Bounds


STANDARD = Allowance(
    requests=Size(burst=3000, a_second=100),  # a page is about 90: a school class behind one address opens it at once
    presses=Size(burst=400, a_second=5),  # 25 people with 8 pictures each at once, and again
    uploads=Size(burst=100, a_second=1),
    volume=Size(burst=500 * MEGABYTE, a_second=2 * MEGABYTE),
    held=2000,
    body=Bounds(most=MEGABYTE, seconds=60),
    upload=Bounds(most=25 * MEGABYTE, seconds=300),
)


class Limits:
    """ASGI middleware. Answers pass through it as they come, streams included."""

    def __init__(self, app: ASGIApp, clock: Clock, allowance: Allowance) -> None:
        self._app, self._clock, self._allowance = app, clock, allowance
        self._requests = Buckets(allowance.requests, clock)
        self._presses = Buckets(allowance.presses, clock)
        self._uploads = Buckets(allowance.uploads, clock)
        self._volume = Buckets(allowance.volume, clock)
        self._held: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = remote(scope)
        if refused := self._refused(scope, address):
            await refused(scope, receive, send)
            return
        self._held[address] += 1
        try:
            charge = partial(self._volume.take, address)
            request = BoundedRequest(scope, self._bounds(scope), self._clock, charge)
            await request.serve(self._app, receive, send)
        finally:
            self._held[address] -= 1
            if not self._held[address]:
                del self._held[address]

    def _refused(self, scope: Scope, address: str) -> Response | None:
        if self._held[address] >= self._allowance.held:
            return too_often(scope, _FREED_SOON)
        for buckets in (self._requests, self._costly(scope)):
            if buckets is not None and (wait := buckets.take(address)):
                return too_often(scope, wait)
        return None

    def _costly(self, scope: Scope) -> Buckets | None:
        if scope["method"] in READS:
            return None
        if scope["path"].startswith((*_PRESSES, _FITS)):
            return self._presses
        return self._uploads if scope["path"].startswith(_UPLOADS) else None

    def _bounds(self, scope: Scope) -> Bounds:
        if scope["method"] in READS:
            return Bounds(most=0, seconds=self._allowance.body.seconds)
        is_upload = scope["path"].startswith(_UPLOADS) and not scope["path"].startswith(_FITS)
        return self._allowance.upload if is_upload else self._allowance.body
