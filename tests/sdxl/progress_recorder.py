"""Progress recorder: the steps, previews and stages that an engine reports."""

from __future__ import annotations

from components.messages.message import Message


class Stopped(Exception):
    """The task was cancelled."""


class ProgressRecorder:
    """`OnStep` that records its calls; it raises Stopped at step `stop_at`, or at call number `calls`."""

    def __init__(self, stop_at: int | None = None, calls: int | None = None) -> None:
        self.steps: list[tuple[int, int]] = []
        self.previews: list[bytes] = []
        self.stages: list[Message] = []
        self._stop_at, self._calls = stop_at, calls

    def __call__(self, step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        if (step, steps) not in self.steps[-1:]:
            self.steps.append((step, steps))
        self.previews += [preview] if preview else []
        self.stages += [stage] if stage else []
        if self._calls is not None and not stage:
            self._calls -= 1
        if step == self._stop_at or self._calls == 0:
            raise Stopped
