"""Body limit: request bodies counted and timed as they arrive, whatever their Content-Length says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.clock import Clock
from components.ui.http.responses import too_large, too_many_requests, too_slow

_DRAIN_SECONDS = 5.0
"""Longest time spent on reading the rest of a refused body."""


@dataclass(frozen=True, slots=True)
class BodyBounds:
    """Largest body in bytes (0: no body), and the seconds it may take from the request's start to its last byte."""

    max_bytes: int
    seconds: float


class BodyRefused(Exception):
    """Raised into the app when it reads on in a refused body."""


class BodyLimit:
    """One request on its way to the app, which sees no byte beyond the bounds. Answers pass unaltered."""

    def __init__(self, scope: Scope, bounds: BodyBounds, clock: Clock, charge: Callable[[int], float]) -> None:
        """`charge` is called with the bytes of each part; it returns 0, or the seconds to wait, which refuses it."""
        self._scope, self._bounds, self._clock, self._charge = scope, bounds, clock, charge
        self.begun = self.last_byte = clock.monotonic()
        """Times, by the clock, of the request and of the last part of its body."""
        self.received, self.is_whole = 0, False
        self._deadline, self._is_answered = self.begun + bounds.seconds, False
        self._waiting: asyncio.Timeout | None = None
        self._refusal: Response | None = None

    async def serve(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        """Let the app answer, or answer 408, 413 or 429 in its place when the body was refused."""

        async def receive_bounded() -> Message:
            return await self._next(receive)

        async def send_unless_refused(message: Message) -> None:
            # An app that has begun its answer finishes it; one that answers the exception itself does not.
            if self._refusal is None or self._is_answered:
                self._is_answered = True
                await send(message)

        declared = Headers(scope=self._scope).get("content-length", "")
        # Cut to 20 digits: Python raises ValueError for numbers of more than 4,300.
        if declared.isdecimal() and int(declared[:20]) > self._bounds.max_bytes:
            await self._drain(receive)
            self._refusal = too_large(self._scope, self._bounds.max_bytes)
        else:
            await self._call_app(app, receive_bounded, send_unless_refused)
        if self._refusal and not self._is_answered:
            await self._refusal(self._scope, receive, send)

    def give_up(self) -> None:
        """Wait for no more of the body, as at its deadline."""
        self._deadline = self._clock.monotonic()
        if self._waiting:
            self._waiting.reschedule(asyncio.get_running_loop().time())

    async def _call_app(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        try:
            await app(self._scope, receive, send)
        except Exception:
            # After a refusal this is BodyRefused, or what the app's own parser made of it.
            if self._refusal is None:
                raise

    async def _next(self, receive: Receive) -> Message:
        # After the body the app waits for `http.disconnect`, without a deadline: an event stream may last for hours.
        if self.is_whole:
            return await receive()
        if self._refusal:
            raise BodyRefused
        message = await self._receive_in_time(receive)
        if message["type"] != "http.request":
            return message
        self.is_whole = not message.get("more_body", False)
        await self._count(len(message.get("body", b"")), receive)
        return message

    async def _receive_in_time(self, receive: Receive) -> Message:
        left = self._deadline - self._clock.monotonic()
        try:
            if left > 0:
                async with asyncio.timeout(left) as self._waiting:
                    return await receive()
        except TimeoutError:
            pass
        finally:
            self._waiting = None
        raise self._refuse(too_slow(self._scope))

    async def _count(self, size: int, receive: Receive) -> None:
        self.received += size
        self.last_byte = self._clock.monotonic()
        if self.received > self._bounds.max_bytes:
            await self._drain(receive)
            raise self._refuse(too_large(self._scope, self._bounds.max_bytes))
        if size and (wait := self._charge(size)):
            raise self._refuse(too_many_requests(self._scope, wait))

    def _refuse(self, refusal: Response) -> BodyRefused:
        self._refusal = refusal
        return BodyRefused()

    async def _drain(self, receive: Receive) -> None:
        """Read and discard as many bytes again, before the answer.

        A connection that is closed over unread bytes is reset by TCP, and a client that still sends then loses the
        answer.
        """
        left = max(self._bounds.max_bytes, 64 * 1024)
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                while left > 0 and not self.is_whole:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    self.is_whole = not message.get("more_body", False)
        except TimeoutError:
            return
