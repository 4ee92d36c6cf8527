"""Engines small enough to see through: real ones, so that nothing in these tests is made up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PIL import Image

from components.errors import EngineError, Sentence
from components.server.engine import OnStep, Order, Painting


class TinyEngine:
    """Paints one colour, drawn from the seed. The prompt says what happens on the way."""

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def paint(self, order: Order, on_step: OnStep) -> Painting:
        self.orders.append(order)
        if "refuse" in order.prompt:
            raise EngineError(Sentence("This engine has no paint left.", "Try again tomorrow."))
        if "crash" in order.prompt:
            raise ZeroDivisionError("a bug in an engine")
        for step in range(1, order.num_inference_steps + 1):
            on_step(step, order.num_inference_steps)
        colour = (order.seed % 256, order.seed // 256 % 256, 7)
        picture = Image.new("RGB", (order.width, order.height), colour)
        return Painting(picture, nsfw="naked" in order.prompt, note="Tiny." if "note" in order.prompt else "")


class GatedEngine(TinyEngine):
    """Waits before its first step until the test opens the gate, looking for a halt meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.gate = threading.Event()

    def paint(self, order: Order, on_step: OnStep) -> Painting:
        self.begun.set()
        while not self.gate.wait(0.002):
            on_step(1, order.num_inference_steps)
        return super().paint(order, on_step)


class PreparingEngine(TinyEngine):
    """Prepares until the test opens the gate, and then fails if it is told to."""

    def __init__(self, trouble: Exception | None = None) -> None:
        super().__init__()
        self.trouble = trouble
        self.gate = threading.Event()
        self.threads: list[threading.Thread] = []

    def prepare(self, tell: Callable[[str], None]) -> None:
        self.threads.append(threading.current_thread())
        tell("Loading the model")
        self.gate.wait()
        if self.trouble:
            raise self.trouble

    def paint(self, order: Order, on_step: OnStep) -> Painting:
        self.threads.append(threading.current_thread())
        return super().paint(order, on_step)


class ShowingEngine(TinyEngine):
    """Tells a stage until the test wants to be shown a preview, and shows that until the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.shown, self.gate = threading.Event(), threading.Event()

    def paint(self, order: Order, on_step: OnStep) -> Painting:
        while not self.shown.wait(0.002):
            on_step(0, order.num_inference_steps, stage="Fetching the model, 34 %")
        on_step(1, order.num_inference_steps, b"an old one")
        on_step(2, order.num_inference_steps, b"\xff\xd8\xff newest")
        while not self.gate.wait(0.002):
            on_step(2, order.num_inference_steps)
        return super().paint(order, on_step)


class SlowEngine(TinyEngine):
    """Takes a minute when the prompt says slow: for processes that are killed on the way."""

    def paint(self, order: Order, on_step: OnStep) -> Painting:
        end = time.monotonic() + (60 if "slow" in order.prompt else 0)
        while time.monotonic() < end:
            time.sleep(0.005)
            on_step(1, order.num_inference_steps)
        return super().paint(order, on_step)
