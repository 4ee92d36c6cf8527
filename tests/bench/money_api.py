"""Fake hosted API of the trial of money: tasks of different prices, some of which fail."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any
from zlib import crc32

from tests.support.v3_service import KEY, HostedApi
from tests.support.v3_task import Task

MODEL = "stability-ai/sdxl-lora"
OWN_KEYS = ("wsk-own-key-of-visitor-six", "wsk-own-key-of-visitor-seven")
HOUR = 3600.0


class MoneyApi(HostedApi):
    """Fake API whose tasks cost by their steps; some fail, some cost another amount than the quote."""

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self._rng, self.port = rng, 8999
        self.new_id = lambda: f"{rng.getrandbits(128):032x}"
        self.keys, self.balance = {KEY, *OWN_KEYS}, 10_000.0
        self.account_of = lambda key: key
        self.length = lambda body: rng.uniform(2.0, 25.0)
        self.charged = lambda body: Fraction(body.get("num_inference_steps", 28), 2800)
        self.bill.refund_delay = lambda task: (crc32(task.id.encode()) % 4) * 0.5 * HOUR
        self.stop_delay = 10.0
        self.by_id: dict[str, Task] = {}
        """Every task that was made, deleted ones too."""

    @property
    def made(self) -> list[Task]:
        """Return every task that was made."""
        return list(self.by_id.values())

    def _make(self, model: str, body: dict[str, Any]) -> Task:
        task = super()._make(model, body)
        self.by_id[task.id] = task
        task.outcome = self._rng.choices(("completed", "failed", "timeout", "cancelled"), (85, 11, 2, 2))[0]
        task.error = "out of memory" if task.outcome == "failed" else ""
        task.outputs = [] if self._rng.random() < 0.02 else None
        task.price *= self._rng.choices((Fraction(1), Fraction(4, 5), Fraction(6, 5)), (90, 5, 5))[0]
        return task
