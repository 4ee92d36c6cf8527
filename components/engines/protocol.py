"""Engine protocol: the only interface between our server and what generates images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, runtime_checkable

from PIL import Image

from components.messages.message import Message

ENGINE_LOST = 75
"""Exit status of a process whose engine works no more; the same command started again goes on."""


# Refine here and in domain/request.py, and the presets' names, are written twice on purpose: engines share no code
# with the client, so that each follows the API and not the other's reading of it.
class Refine(Enum):
    """Mode of the refiner; the names are those of SDXL on Replicate."""

    NONE = "no_refiner"
    ENSEMBLE = "expert_ensemble_refiner"
    SECOND_PASS = "base_image_refiner"


@dataclass(frozen=True, slots=True)
class LoraRef:
    """One LoRA of a request: a path or URL, and its weight of 0 to 4."""

    path: str
    scale: float


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """The values of one image. The server has checked each and drawn the seed."""

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
    loras: tuple[LoraRef, ...] = ()
    """At most four; their order changes nothing."""
    image: Image.Image | None = None
    """RGB, of any size: the image to start from."""
    mask: Image.Image | None = None
    """L, of the size of `image`: white is generated again, black stays."""
    prompt_strength: float = 0.8
    """0 to 1; at 1 nothing of `image` is left."""
    refine: Refine = Refine.NONE
    high_noise_frac: float = 0.8
    """0 to 1: where the ensemble hands over to the refiner."""
    refine_steps: int | None = None
    """Steps of the second pass; None: as many as `num_inference_steps`."""
    preset: str = ""
    """One of the engine's presets; empty: its usual one, or it has none."""
    sampler: str | None = None
    """One of the engine's samplers; None: the model's own."""
    options: Mapping[str, float] = field(default_factory=dict[str, float])
    """Further numbers by the API's names, of those that the engine SupportsOptions takes; a missing one is its own."""
    visitor_token: str = field(default="", repr=False)
    """Secret of the visitor on a ZeroGPU Space, from whose share the GPU is then lent; empty: there is none."""


@dataclass(frozen=True, slots=True)
class EngineResult:
    """A generated image."""

    image: Image.Image
    """RGB, of the requested size."""
    nsfw: bool = False
    notes: tuple[Message, ...] = ()
    """For the visitor: where the image differs from the request."""


class OnStep(Protocol):
    """Called after each step, and in between as often as an engine likes. It may sleep, and raise to stop the work."""

    def __call__(self, step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        """`step` of `steps` is done, 0 before the first; `preview`: a small JPEG; `stage`: what is done before."""
        ...


class Engine(Protocol):
    """Generates one image at a time, in the thread that calls it."""

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        """Return the image. Raise EngineError when it cannot be generated; what `on_step` raises passes."""
        ...


@dataclass(frozen=True, slots=True)
class Presets:
    """Presets of an engine; each request chooses one."""

    names: tuple[str, ...]
    usual: str
    """For requests that name none."""
    fast_steps: tuple[int, int] | None = None
    """Least and most steps of the one called fast; None: it has none of its own."""


@runtime_checkable
class SupportsPresets(Protocol):
    """An engine with presets; an engine without them ignores the preset of a request."""

    def presets(self) -> Presets:
        """Return them; they stay the same while it lives."""
        ...


@runtime_checkable
class SupportsSamplers(Protocol):
    """An engine that offers samplers; the server lists no others."""

    def samplers(self) -> tuple[str, ...]:
        """Return those of the table of fields that it has; they stay the same while it lives."""
        ...


@runtime_checkable
class SupportsOptions(Protocol):
    """An engine that takes further numbers of the table of fields; the server lists only those."""

    def options(self) -> tuple[str, ...]:
        """Return their names in the API; they stay the same while it lives."""
        ...


@dataclass(frozen=True, slots=True)
class Card:
    """One device that an engine computes on."""

    name: str
    """By its own name, such as NVIDIA H100 80GB HBM3 or cpu."""
    precision: str
    """By torch's name."""
    free: int
    """Bytes, as of the latest look."""
    total: int
    """Bytes."""
    lanes: int = 1
    """Images at once."""

    def __str__(self) -> str:
        """Name the device, its precision and its memory."""
        return f"{self.name}, {self.precision}, {self.total / (1 << 30):.0f} GiB"


@dataclass(frozen=True, slots=True)
class Machine:
    """What an engine computes on."""

    cards: tuple[Card, ...]
    command: str = ""
    """Command after which the engine would use a better device of this machine; empty: none is known."""
    not_ready: tuple[str, ...] = ()
    """Devices of the settings that do not compute, or not yet."""
    setting: str = ""
    """Setting with which cards that are not used would make images too; empty: there are none."""

    @property
    def description(self) -> str:
        """Return the cards in one line, equal ones counted."""
        counts = Counter(map(str, self.cards))
        return "; ".join(card if count == 1 else f"{count} × {card}" for card, count in counts.items())


@runtime_checkable
class SupportsMachine(Protocol):
    """An engine that knows what it computes on."""

    def machine(self) -> Machine | None:
        """Return it; None before it was chosen. Any thread may call, also while an image is generated."""
        ...


@runtime_checkable
class SupportsPrecheck(Protocol):
    """An engine that can refuse some requests before they are queued."""

    def check(self, request: EngineRequest) -> None:
        """Raise EngineError for a LoRA that cannot be used. Any thread may call; images are not read yet."""
        ...


@runtime_checkable
class SupportsWarmup(Protocol):
    """An engine that takes long before its first image: it starts loading with the server."""

    def prepare(self, on_stage: Callable[[Message], None]) -> None:
        """Called once in a worker thread, before the first request. `on_stage`: what queued tasks wait for."""
        ...


@runtime_checkable
class SupportsLanes(Protocol):
    """An engine that generates several images at once: so many threads call `generate`, each for one of its own."""

    def lanes(self) -> int:
        """Return their number, 1 or more; it stays the same while it lives."""
        ...


def lanes_of(engine: Engine) -> int:
    """Return how many images an engine generates at once; without SupportsLanes 1."""
    return engine.lanes() if isinstance(engine, SupportsLanes) else 1
