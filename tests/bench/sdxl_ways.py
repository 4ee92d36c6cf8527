"""Ways of the SDXL engine beside bare diffusers calls: samplers, fast presets, weighted words, LoRAs, memory, lanes.

On a card where there is one, else on the processor; with the tiny model either way.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import median
from typing import Any
from unittest.mock import patch

from PIL import Image

from components.engines.protocol import EngineRequest, LoraRef
from components.engines.sdxl.cards import SdxlCards
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model import placement
from components.engines.sdxl.model.libraries import library, torch
from components.engines.sdxl.model.loader import freeze
from components.engines.sdxl.model.memory import IN_BLOCKS, IN_LAYERS, MODES, Memory
from components.engines.sdxl.pipeline.samplers import SAMPLERS, Sampler
from components.engines.sdxl.presets import FAST_KINDS
from components.engines.sdxl.settings import SdxlSettings
from tests.bench.memory import resident
from tests.bench.sdxl_setup import Material, lora
from tests.sdxl.reference import engine_request, generator, same, silent
from tests.support.waiting import wait_until

SIDE, STEPS, ROUNDS = 128, 4, 3
LANES, LANE_IMAGES, LANE_STEPS = 2, 8, 10
LORA_FILES = (f"{lora(0)}.safetensors", f"{lora(1)}.safetensors")


@dataclass(frozen=True, slots=True)
class Way:
    """One row: a request, and the bare call that it stands beside."""

    name: str
    request: Mapping[str, Any] = field(default_factory=dict[str, Any])
    bare: Mapping[str, Any] = field(default_factory=dict[str, Any])
    has_loras: bool = False
    """Whether each image has another LoRA than the one before."""
    is_same: bool = True
    """Whether the bare call makes the same image; it has no weighted words."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Rows of one engine."""

    ways: tuple[Way, ...]
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    memory: Memory = MODES[0]


def table(made: Material) -> Iterator[str]:
    """Yield the lines of the table."""
    device = "cuda" if torch().cuda.is_available() else "cpu"
    bare = BareCall(made, device)
    kept = "peak MB" if device == "cuda" else "resident MB"
    yield f"On {device}, {SIDE} px, {STEPS} steps unless named; ms, median of {ROUNDS}"
    yield f"{'':32}{'engine':>8}{'bare':>8}{'over':>8}{kept:>13}  pixels"
    for setup in _setups(device):
        with _engine(made, device, setup) as engine:
            for way in setup.ways:
                yield _row(way, engine, bare)
    yield from _lanes(made, device)


def _setups(device: str) -> Iterator[Setup]:
    samplers = [Way(f"sampler {name}", {"sampler": name}, {"sampler": SAMPLERS[name]}) for name in SAMPLERS if name]
    words = [
        Way(f"prompt {text}", {"prompt": text}, is_same=False) for text in ("(a cat:1.3), [dog]", "a cat BREAK a dog")
    ]
    yield Setup((Way("the model's own sampler"), *samplers, *words, Way("LoRAs back and forth", has_loras=True)))
    for kind, preset in FAST_KINDS.items():
        steps = preset.steps[1] if preset.steps else STEPS
        bare = {"num_inference_steps": steps, "guidance_scale": preset.guidance, "sampler": preset.sampler}
        asked = {"preset": "fast", "num_inference_steps": steps}
        way = Way(f"fast by {kind}, {steps} steps", asked, {**bare, "loras": LORA_FILES[:1]})
        yield Setup((way,), {"SDXL_FAST": kind, "SDXL_FAST_LORA": LORA_FILES[0]})
    offloaded = {"memory: offloaded": MODES[-1]} if device == "cuda" else {}
    modes = {"memory: in tiles": MODES[1], **offloaded, "memory: by blocks": IN_BLOCKS, "memory: by layers": IN_LAYERS}
    for name, memory in modes.items():
        yield Setup((Way(name),), memory=memory)


@contextmanager
def _engine(made: Material, device: str, setup: Setup) -> Generator[SdxlEngine]:
    """Load an engine that keeps to a mode of memory, and leave nothing of it."""
    engine = SdxlEngine(SdxlSettings.from_env({**made.env, "SDXL_DEVICE": device, **setup.env}))
    # Tiles are a mode of decoding alone: the parts are placed as ever.
    placed = MODES[0] if setup.memory == MODES[1] else setup.memory
    with patch.object(placement, "mode_for", lambda *_: placed):
        engine.prepare(lambda _: None)
        loaded = engine._loaded  # pyright: ignore[reportPrivateUsage] - no setting chooses a mode
        with patch.object(loaded, "memory_modes", lambda: iter((setup.memory,))):
            yield engine
    del engine, loaded
    gc.collect()


class BareCall:
    """Pipeline of diffusers, called directly; off the card while the engine is measured."""

    def __init__(self, made: Material, device: str) -> None:
        kind = torch().float16 if device == "cuda" else torch().float32
        options = {"dtype": kind, "add_watermarker": False}
        self.device = device
        self._folder = made.folder / "loras"
        self._pipe = freeze(
            library("diffusers").StableDiffusionXLPipeline.from_pretrained(str(made.tiny.base), **options)
        )
        self._pipe.set_progress_bar_config(disable=True)
        self._own = self._pipe.scheduler
        self._loras: tuple[str, ...] = ()

    @contextmanager
    def on_device(self) -> Generator[None]:
        """Keep its parts on the device."""
        self._pipe.to(self.device)
        try:
            yield
        finally:
            self._pipe.to("cpu")

    def picture(self, *, sampler: Sampler | None = None, loras: tuple[str, ...] = (), **options: Any) -> Image.Image:
        """Return an image; LoRAs are read from their files unless those of the image before were the same."""
        self._use(loras)
        self._pipe.scheduler = self._own
        self._pipe.scheduler = (sampler or SAMPLERS[None]).scheduler_for(self._pipe)
        usual = {"prompt": "a cat", "negative_prompt": "", "guidance_scale": 3.5, "num_inference_steps": STEPS}
        call = {**usual, "width": SIDE, "height": SIDE, "generator": generator(), **options}
        return self._pipe(**call).images[0]

    def _use(self, loras: tuple[str, ...]) -> None:
        if loras == self._loras:
            return
        self._pipe.unload_lora_weights()
        for name in loras:
            self._pipe.load_lora_weights(str(self._folder / name))
        self._loras = loras


def _row(way: Way, engine: SdxlEngine, bare: BareCall) -> str:
    ours, theirs = Side(bare.device), Side(bare.device)
    for number in range(ROUNDS + 1):  # in turns: what else the machine does then meets both
        name = LORA_FILES[number % 2]
        request = _request(**way.request, loras=(LoraRef(name, 1.0),) if way.has_loras else ())
        call = {**way.bare, "loras": (name,)} if way.has_loras else dict(way.bare)
        ours.paint(partial(_painted, engine, request))
        with bare.on_device():
            theirs.paint(partial(bare.picture, **call))
    assert ours.picture
    assert theirs.picture
    pixels = "" if not way.is_same else "same" if same(ours.picture, theirs.picture) else "OTHER"
    times = f"{ours.milliseconds:8.0f}{theirs.milliseconds:8.0f}{ours.milliseconds / theirs.milliseconds - 1:+8.0%}"
    return f"{way.name:32}{times}{ours.peak:13.0f}  {pixels}"


def _painted(engine: SdxlEngine, request: EngineRequest) -> Image.Image:
    return engine.generate(request, silent).image


def _request(loras: tuple[LoraRef, ...] = (), **values: Any) -> EngineRequest:
    return replace(engine_request(width=SIDE, height=SIDE, num_inference_steps=STEPS), loras=loras, **values)


class Side:
    """Images of one side; the first one warms it up and is not counted."""

    def __init__(self, device: str) -> None:
        self._device, self._seconds = device, list[float]()
        self.picture: Image.Image | None = None
        """The latest."""
        self.peak = 0.0
        """Most memory of an image in MB: of the card, else what the process holds."""

    @property
    def milliseconds(self) -> float:
        """Return the median time of an image."""
        return 1000 * median(self._seconds[1:])

    def paint(self, work: Callable[[], Image.Image]) -> None:
        """Measure an image, at whose return it is on the processor: nothing of it is left to wait for."""
        if self._device == "cuda":
            torch().cuda.reset_peak_memory_stats()
        begun = time.perf_counter()
        self.picture = work()
        self._seconds.append(time.perf_counter() - begun)
        peak = torch().cuda.max_memory_allocated() / (1 << 20) if self._device == "cuda" else resident(os.getpid())
        self.peak = max(self.peak, peak)


def _lanes(made: Material, device: str) -> Iterator[str]:
    cards = torch().cuda.device_count() if device == "cuda" else 0
    devices = [f"cuda:{number % cards}" if cards else device for number in range(max(LANES, cards))]
    engine = SdxlCards(SdxlSettings.from_env({**made.env, "SDXL_DEVICE": ",".join(devices)}))
    try:
        begun = time.perf_counter()
        engine.prepare(lambda _: None)
        wait_until(lambda: engine.ready_lanes == len(devices), seconds=120)
        yield f"{len(devices)} lanes ({', '.join(devices)}) are ready after {time.perf_counter() - begun:.1f} s"
        _seconds_of(engine, len(devices))  # warms each up
        alone, together = _seconds_of(engine, 1), _seconds_of(engine, len(devices))
        yield (
            f"{LANE_IMAGES} images of {LANE_STEPS} steps: one at a time {alone:.2f} s,"
            f" side by side {together:.2f} s: {alone / together:.2f} times"
        )
    finally:
        engine.close()


def _seconds_of(engine: SdxlCards, threads: int) -> float:
    request = _request(num_inference_steps=LANE_STEPS)
    begun = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: engine.generate(request, silent), range(LANE_IMAGES)))
    return time.perf_counter() - begun
