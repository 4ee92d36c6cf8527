"""Rate limits per client address: requests, presses, uploads, bytes, and requests open at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from components.clock import Clock
from components.domain.token_bucket import BucketSize, TokenBuckets
from components.threads import CLIENT
from components.ui.http.body_limit import BodyBounds, BodyLimit
from components.ui.http.client_address import client_address
from components.ui.http.responses import READ_METHODS, too_many_requests
from components.ui.http.upload_slots import UploadSlots

MEGABYTE = 1024 * 1024
_PRESS_PATHS = ("/gradio_api/queue/join", "/gradio_api/call/", "/gradio_api/mcp")
_UPLOAD_PATHS = ("/gradio_api/upload", "/playground/sources")
_FIT_PATH = "/playground/sources/fit"
"""A small request, sent with every move of a size slider, so it does not count as an upload."""
_RETRY_SECONDS = 5.0
"""`Retry-After` for a client with too many open requests."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Limits of one client address."""

    requests: BucketSize
    presses: BucketSize
    """Presses of Generate, calls of programs, and fits of an image."""
    uploads: BucketSize
    body_bytes: BucketSize
    """Bytes of all request bodies."""
    open_requests: int
    """Requests without a complete answer: a page has one long-poll open, a press one event stream."""
    open_uploads: int
    """Uploads without a complete answer; each holds up to 45 MB of disk, and of memory while it is read."""
    open_uploads_in_all: int
    body: BodyBounds
    upload: BodyBounds


DEFAULT_RATES = RateLimits(
    # A page is about 90 requests: a school class behind one address may open it at once.
    requests=BucketSize(burst=3000, per_second=100),
    # 25 visitors with 8 images each at once, and once more.
    presses=BucketSize(burst=400, per_second=5),
    uploads=BucketSize(burst=100, per_second=1),
    body_bytes=BucketSize(burst=500 * MEGABYTE, per_second=2 * MEGABYTE),
    open_requests=2000,
    # A connection that sends for five minutes holds one.
    open_uploads=12,
    open_uploads_in_all=40,
    body=BodyBounds(max_bytes=MEGABYTE, seconds=60),
    upload=BodyBounds(max_bytes=45 * MEGABYTE, seconds=300),
)


def rates_within(open_files: int) -> RateLimits:
    """Return the default limits, with which one client behind a proxy leaves connections to the proxy's others."""
    return replace(DEFAULT_RATES, open_requests=min(DEFAULT_RATES.open_requests, open_files // 4))


class RateLimit:
    """ASGI middleware that answers 429 beyond the limits. Answers pass as they come, event streams too."""

    def __init__(self, app: ASGIApp, clock: Clock, limits: RateLimits) -> None:
        self._app, self._clock, self._limits = app, clock, limits
        self._requests = TokenBuckets(limits.requests, clock)
        self._presses = TokenBuckets(limits.presses, clock)
        self._uploads = TokenBuckets(limits.uploads, clock)
        self._body_bytes = TokenBuckets(limits.body_bytes, clock)
        self._open_requests: Counter[str] = Counter()
        self._uploads_open = UploadSlots(clock, limits.open_uploads, limits.open_uploads_in_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = client_address(scope)
        if refused := self._refused(scope, address):
            await refused(scope, receive, send)
            return
        CLIENT.set(address)
        with ExitStack() as counted:
            counted.enter_context(_counted(self._open_requests, address))
            charge = partial(self._body_bytes.take, address)
            request = BodyLimit(scope, self._bounds(scope), self._clock, charge)
            if _is_upload(scope):
                counted.enter_context(self._uploads_open.taken(request, address))
            await request.serve(self._app, receive, send)

    def _refused(self, scope: Scope, address: str) -> Response | None:
        if self._open_requests[address] >= self._limits.open_requests:
            return too_many_requests(scope, _RETRY_SECONDS)
        if _is_upload(scope) and (refused := self._uploads_open.refusal(scope, address)):
            return refused
        for buckets in (self._requests, self._costly_buckets(scope)):
            if buckets is not None and (wait := buckets.take(address)):
                return too_many_requests(scope, wait)
        return None

    def _costly_buckets(self, scope: Scope) -> TokenBuckets | None:
        if scope["method"] in READ_METHODS:
            return None
        if scope["path"].startswith((*_PRESS_PATHS, _FIT_PATH)):
            return self._presses
        return self._uploads if scope["path"].startswith(_UPLOAD_PATHS) else None

    def _bounds(self, scope: Scope) -> BodyBounds:
        if scope["method"] in READ_METHODS:
            return BodyBounds(max_bytes=0, seconds=self._limits.body.seconds)
        return self._limits.upload if _is_upload(scope) else self._limits.body


def _is_upload(scope: Scope) -> bool:
    is_below = scope["path"].startswith(_UPLOAD_PATHS) and not scope["path"].startswith(_FIT_PATH)
    return is_below and scope["method"] not in READ_METHODS


@contextmanager
def _counted(counter: Counter[str], address: str) -> Generator[None]:
    counter[address] += 1
    try:
        yield
    finally:
        counter[address] -= 1
        # A Counter stores zeros too: without this every address would stay in memory.
        if not counter[address]:
            del counter[address]
