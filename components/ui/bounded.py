"""A request's body that ends: counted and timed as it arrives, whatever its Content-Length says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.clock import Clock
from components.ui.refusals import too_large, too_often, too_slow

_DRAINING = 5.0
"""Seconds for throwing away the rest of a body that was refused."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a body may be, in bytes, and how many seconds it may take from its first byte to its last."""

    most: int
    seconds: float


class BodyRefused(Exception):
    """The app asked for more of a body that was refused."""


class BoundedRequest:
    """One request on its way to the app. The app sees no byte beyond the bounds, and its answer is not altered."""

    def __init__(self, scope: Scope, bounds: Bounds, clock: Clock, charge: Callable[[int], float]) -> None:
        self._scope, self._bounds, self._clock, self._charge = scope, bounds, clock, charge
        self._deadline = clock.monotonic() + bounds.seconds
        self._seen, self._is_whole, self._is_answered = 0, False, False
        self._refusal: Response | None = None

    async def serve(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        """Let the app answer, or say why its body was cut off."""

        async def receive_bounded() -> Message:
            return await self._next(receive)

        async def send_unless_refused(message: Message) -> None:
            if self._refusal is None or self._is_answered:
                self._is_answered = True
                await send(message)

        declared = Headers(scope=self._scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > self._bounds.most:
            await self._drain(receive)
            self._refusal = too_large(self._scope, self._bounds.most)
        else:
            await self._ask(app, receive_bounded, send_unless_refused)
        if self._refusal and not self._is_answered:
            await self._refusal(self._scope, receive, send)

    async def _ask(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        try:
            await app(self._scope, receive, send)
        except Exception:
            if self._refusal is None:
                raise

    async def _next(self, receive: Receive) -> Message:
        if self._is_whole:
            return await receive()
        if self._refusal:
            raise BodyRefused
        message = await self._in_time(receive)
        if message["type"] != "http.request":
            return message
        self._is_whole = not message.get("more_body", False)
        await self._count(len(message.get("body", b"")), receive)
        return message

    async def _in_time(self, receive: Receive) -> Message:
        left = self._deadline - self._clock.monotonic()
        try:
            if left > 0:
                async with asyncio.timeout(left):
                    return await receive()
        except TimeoutError:
            pass
        raise self._stop(too_slow(self._scope))

    async def _count(self, arrived: int, receive: Receive) -> None:
        self._seen += arrived
        if self._seen > self._bounds.most:
            await self._drain(receive)
            raise self._stop(too_large(self._scope, self._bounds.most))
        if arrived and (wait := self._charge(arrived)):
            raise self._stop(too_often(self._scope, wait))

    def _stop(self, refusal: Response) -> BodyRefused:
        self._refusal = refusal
        return BodyRefused()

    async def _drain(self, receive: Receive) -> None:
        """Throw away as much again: an answer sent over an unread body is lost to a reset."""
        left = max(self._bounds.most, 64 * 1024)
        try:
            async with asyncio.timeout(_DRAINING):
                while left > 0 and not self._is_whole:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    self._is_whole = not message.get("more_body", False)
        except TimeoutError:
            return
