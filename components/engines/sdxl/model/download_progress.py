"""Download progress: counts the bytes that the Hub's library fetches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.engines.sdxl.model.libraries import library

Report = Callable[[float], None]
"""Called with the downloaded share, 0 to 1. It may raise to stop the download."""


def byte_counter(total: int, report: Report) -> Any:
    """Return a progress bar's class that draws nothing and reports bytes; the Hub's library wants a class."""
    base: Any = library("huggingface_hub.utils").tqdm

    class Counter(base):
        def __init__(self, *args: Any, **options: Any) -> None:
            self._counts = options.get("unit") == "B" and "transfer" not in str(options.get("name"))
            self._done = 0
            super().__init__(*args, **{**options, "disable": True})

        def update(self, n: float | None = 1) -> None:
            if self._counts:
                self._done += int(n or 0)
                report(min(1.0, self._done / total) if total else 1.0)

    return Counter


def no_report(_: float) -> None:
    """Progress report that does nothing."""
