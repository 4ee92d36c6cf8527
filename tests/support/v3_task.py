"""Tasks of the fake hosted API."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
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

    @property
    def ended_at(self) -> float:
        """Return the monotonic time at which it finishes."""
        return self.born + self.length

    def status(self, is_stalled: bool) -> str:
        """Return its status now."""
        if self.status_by_hand:
            return self.status_by_hand
        age = time.monotonic() - self.born
        if self.finished_by_hand or (not is_stalled and age >= self.length):
            return "completed"
        return "created" if age < self.queued else "processing"


def steady(seconds: float, spread: float = 0.1, seed: int = 1) -> Callable[[dict[str, Any]], float]:
    """Return a function of random durations within a relative `spread` around `seconds`."""
    rng = random.Random(seed)
    return lambda body: seconds * rng.uniform(1 - spread, 1 + spread)
