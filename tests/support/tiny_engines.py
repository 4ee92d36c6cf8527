"""Small engines that implement the real engine protocol, for tests of the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from components.engines.protocol import EngineRequest, EngineResult, OnStep
from components.errors import EngineError, EngineLost
from components.messages.message import Message, literal

TINY = literal("Tiny.")


class TinyEngine:
    """Engine that returns an image of one colour, taken from the seed; words of the prompt make it fail."""

    def __init__(self) -> None:
        self.requests: list[EngineRequest] = []

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        self.requests.append(request)
        if "refuse" in request.prompt:
            raise EngineError(literal("This engine has no paint left.", "Try again tomorrow."))
        if "crash" in request.prompt:
            raise ZeroDivisionError("a bug in an engine")
        for step in range(1, request.num_inference_steps + 1):
            on_step(step, request.num_inference_steps)
        colour = (request.seed % 256, request.seed // 256 % 256, 7)
        picture = Image.new("RGB", (request.width, request.height), colour)
        return EngineResult(picture, nsfw="naked" in request.prompt, notes=(TINY,) if "note" in request.prompt else ())


class GatedEngine(TinyEngine):
    """Engine that waits for `gate` before its first step, and can be cancelled meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.gate = threading.Event()

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        self.begun.set()
        while not self.gate.wait(0.002):
            on_step(1, request.num_inference_steps)
        return super().generate(request, on_step)


class WarmupEngine(TinyEngine):
    """Engine whose warm-up waits for `gate`, and then raises `error` if there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error
        self.gate = threading.Event()
        self.threads: list[threading.Thread] = []

    def prepare(self, on_stage: Callable[[Message], None]) -> None:
        self.threads.append(threading.current_thread())
        on_stage(Message("stage_loading_model"))
        self.gate.wait()
        if self.error:
            raise self.error

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        self.threads.append(threading.current_thread())
        return super().generate(request, on_step)


class CheckingEngine(TinyEngine):
    """Engine whose check of a request with LoRAs waits for `gate`."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def check(self, request: EngineRequest) -> None:
        if request.loras:
            self.gate.wait()


class PreviewEngine(TinyEngine):
    """Engine that reports a stage until `shown` is set, then previews, and finishes when `gate` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.shown, self.gate = threading.Event(), threading.Event()

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        while not self.shown.wait(0.002):
            on_step(0, request.num_inference_steps, stage=Message("stage_fetching_model", {"percent": 34}))
        on_step(1, request.num_inference_steps, b"an old one")
        on_step(2, request.num_inference_steps, b"\xff\xd8\xff newest")
        while not self.gate.wait(0.002):
            on_step(2, request.num_inference_steps)
        return super().generate(request, on_step)


class SlowEngine(TinyEngine):
    """Engine that takes a minute for a prompt with "slow", for processes that are killed meanwhile."""

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        end = time.monotonic() + (60 if "slow" in request.prompt else 0)
        while time.monotonic() < end:
            time.sleep(0.005)
            on_step(1, request.num_inference_steps)
        return super().generate(request, on_step)


class LostEngine(TinyEngine):
    """Engine that is lost on its first request, as long as the file that the prompt names is not there."""

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        if not (note := Path(request.prompt)).exists():
            note.touch()
            raise EngineLost(literal("The card works no more."))
        return super().generate(request, on_step)
