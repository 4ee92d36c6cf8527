"""Tasks of the fake hosted API."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

from PIL import Image

Seconds = float


@cache
def png(width: int, height: int, seed: int) -> bytes:
    """Return a PNG that differs for each seed: coarse noise, which is small and quickly decoded."""
    grains = Image.effect_noise((max(1, width // 16), max(1, height // 16)), 40 + seed % 7)
    picture = grains.resize((width, height), Image.Resampling.NEAREST).convert("RGB")
    target = io.BytesIO()
    picture.save(target, "PNG", compress_level=1)
    return target.getvalue()


@dataclass
class Task:
    """Task of the fake service; times are monotonic seconds, `length` includes `queued`."""

    id: str
    model: str
    body: dict[str, Any]
    born: float
    queued: Seconds
    length: Seconds
    queries: int = 0
    finished_by_hand: bool = False
    status_by_hand: str | None = None
    error: str = ""
    outputs: list[str] | None = None
    nsfw: list[bool] = field(default_factory=lambda: [False])
    account: str = ""
    """Account that pays."""
    price: Fraction = Fraction(0)
    """Dollars that were deducted when it was accepted."""
    outcome: str = "completed"
    """Status at its end, unless it is stopped before."""
    stops_at: float | None = None
    """Monotonic time at which it ends as `cancelled`; None unless it was asked to stop."""
    monotonic: Callable[[], float] = time.monotonic

    @property
    def ended_at(self) -> float:
        """Return the monotonic time at which it ends by itself, or is stopped."""
        end = self.born + self.length
        return end if self.stops_at is None else min(end, self.stops_at)

    def status(self, is_stalled: bool) -> str:
        """Return its status now."""
        if self.status_by_hand:
            return self.status_by_hand
        now, end = self.monotonic(), self.born + self.length
        if self.stops_at is not None and now >= self.stops_at < end:
            return "cancelled"
        if self.finished_by_hand or (not is_stalled and now >= end):
            return self.outcome
        return "created" if now - self.born < self.queued else "processing"

    def stop(self, delay: Seconds) -> None:
        """Ask it to stop, which takes so long; it may end by itself before."""
        if self.stops_at is None:
            self.stops_at = self.monotonic() + delay


def steady(seconds: float, spread: float = 0.1, seed: int = 1) -> Callable[[dict[str, Any]], float]:
    """Return a function of random durations within a relative `spread` around `seconds`."""
    rng = random.Random(seed)
    return lambda body: seconds * rng.uniform(1 - spread, 1 + spread)
