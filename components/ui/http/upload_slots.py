"""Upload slots: how many uploads arrive at once; one that stalls makes room for another client's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from starlette.responses import Response
from starlette.types import Scope

from components.clock import Clock
from components.ui.http.body_limit import BodyLimit
from components.ui.http.responses import too_many_requests, uploads_full

STALLED_SECONDS = 5.0
"""Time without a byte after which an upload has stalled."""
SLOW_BYTES = 4096
"""Bytes a second; an upload that brought fewer from its begin on has stalled too: 25 MB would take two hours."""
_RETRY_SECONDS = 5.0


class UploadSlots:
    """Uploads without a complete answer, by client."""

    def __init__(self, clock: Clock, per_client: int, in_all: int) -> None:
        self._clock, self._per_client, self._in_all = clock, per_client, in_all
        self._open: dict[BodyLimit, str] = {}

    def refusal(self, scope: Scope, client: str) -> Response | None:
        """Return the answer to one upload more; None when there is room for it, of which some may be made."""
        open_of = Counter(self._open.values())
        if open_of[client] >= self._per_client:
            return too_many_requests(scope, _RETRY_SECONDS)
        if len(self._open) < self._in_all:
            return None
        stalled = [upload for upload in self._open if self._has_stalled(upload)]
        if not stalled:
            return uploads_full(scope, _RETRY_SECONDS)
        # Of the client that has most; of its own, the one that is silent for longest.
        ended = min(stalled, key=lambda upload: (-open_of[self._open[upload]], upload.last_byte))
        ended.give_up()
        del self._open[ended]
        return None

    @contextmanager
    def taken(self, upload: BodyLimit, client: str) -> Generator[None]:
        """Count an upload inside the context."""
        self._open[upload] = client
        try:
            yield
        finally:
            self._open.pop(upload, None)

    def _has_stalled(self, upload: BodyLimit) -> bool:
        now = self._clock.monotonic()
        age = now - upload.begun
        if upload.is_whole or age < STALLED_SECONDS:
            return False
        return now - upload.last_byte >= STALLED_SECONDS or upload.received < SLOW_BYTES * age
