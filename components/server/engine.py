"""What an engine is: the one seam between our server and whatever paints behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable

from PIL import Image


class Refine(Enum):
    """How the refiner takes part; Replicate's names for SDXL."""

    NONE = "no_refiner"
    ENSEMBLE = "expert_ensemble_refiner"
    SECOND_PASS = "base_image_refiner"


@dataclass(frozen=True, slots=True)
class LoraUse:
    """One LoRA of an order: a path or URL, and its weight of 0 to 4."""

    path: str
    scale: float


@dataclass(frozen=True, slots=True)
class Order:
    """What a task asks an engine to paint. The server has checked every value and drawn the seed."""

    prompt: str
    seed: int
    """0 to 2147483647."""
    negative_prompt: str = ""
    width: int = 1024
    """Pixels, 256 to 1536."""
    height: int = 1024
    """Pixels, 256 to 1536."""
    guidance_scale: float = 3.5
    """1 to 20."""
    num_inference_steps: int = 28
    """1 to 50."""
    loras: tuple[LoraUse, ...] = ()
    """At most four; their order changes nothing."""
    image: Image.Image | None = None
    """RGB, of any size: the picture to start from."""
    mask: Image.Image | None = None
    """L, of the size of `image`: white is repainted, black is kept."""
    prompt_strength: float = 0.8
    """0 to 1; at 1 nothing of `image` is left."""
    refine: Refine = Refine.NONE
    high_noise_frac: float = 0.8
    """0 to 1: where the ensemble hands over to the refiner."""
    refine_steps: int | None = None
    """Steps of the second pass; None: as many as `num_inference_steps`."""
    preset: str = ""
    """One of the engine's presets; empty: its usual one, or it has none."""


@dataclass(frozen=True, slots=True)
class Painting:
    """A finished picture."""

    image: Image.Image
    """RGB, of the size ordered."""
    nsfw: bool = False
    note: str = ""
    """A sentence for the person in front of it, empty when there is nothing to say."""


class OnStep(Protocol):
    """Called after each step, and in between as often as an engine likes. It may sleep, and raise to stop the work."""

    def __call__(self, step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
        """`step` of `steps` is done, 0 before the first; `preview`: a small JPEG; `stage`: what is done before."""
        ...


class Engine(Protocol):
    """Paints one order at a time, in the thread that calls it."""

    def paint(self, order: Order, on_step: OnStep) -> Painting:
        """Raise EngineError with a sentence when this order cannot be painted; pass on what `on_step` raises."""
        ...


@dataclass(frozen=True, slots=True)
class Presets:
    """Ways of painting of which each order chooses one."""

    names: tuple[str, ...]
    usual: str
    """For orders that name none."""


@runtime_checkable
class Offering(Protocol):
    """An engine that has presets; where one has none, orders that name some are painted as if they named none."""

    def presets(self) -> Presets:
        """Return them; they stay the same while it lives."""
        ...


@runtime_checkable
class Foreseeing(Protocol):
    """An engine that can tell of some orders at once that it cannot paint them: nobody waits in line for that."""

    def check(self, order: Order) -> None:
        """Raise EngineError when a LoRA of it cannot be used. From any thread, in seconds; no picture is there yet."""
        ...


@runtime_checkable
class Preparing(Protocol):
    """An engine that takes long before its first picture: it begins when the server does."""

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Called once, in the thread that paints, before its first order. `tell` is what those in line are told."""
        ...
