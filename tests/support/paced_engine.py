"""Engine for replicas in other processes: it waits for each step, and its image's note says which process it is."""

from __future__ import annotations

import os
import threading

from PIL import Image

from components.engines.protocol import EngineRequest, EngineResult, OnStep
from components.errors import EngineError
from components.messages.message import literal


class PacedEngine:
    """Engine whose prompt begins with the seconds of a step; further words make it fail."""

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        seconds, *words = request.prompt.split()
        for step in range(1, request.num_inference_steps + 1):
            threading.Event().wait(float(seconds))
            on_step(step, request.num_inference_steps, str(os.getpid()).encode())
        if "refuse" in words:
            raise EngineError(literal("No paint left."))
        if "crash" in words:
            raise ZeroDivisionError("a bug in an engine")
        picture = Image.new("RGB", (request.width, request.height), (request.seed % 256, 1, 2))
        return EngineResult(picture, notes=(literal(str(os.getpid())),))
