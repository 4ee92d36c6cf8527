"""The engine: an order in, a picture by SDXL out. Nothing heavy is imported before it is prepared."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

from PIL import Image

from components.engines.sdxl import sentences, ways
from components.engines.sdxl.civitai_loras import CivitaiLoras
from components.engines.sdxl.device import chosen_device, is_out_of_memory, pin_threads
from components.engines.sdxl.fetch_lora import LoraFetcher
from components.engines.sdxl.lent_card import Event, events_of, followed
from components.engines.sdxl.libraries import REQUIREMENTS, library, missing
from components.engines.sdxl.loaded import LoadedModel
from components.engines.sdxl.lora_places import place_of
from components.engines.sdxl.model_files import BASE_PARTS, kept, words_width
from components.engines.sdxl.nsfw import BasicFilter
from components.engines.sdxl.presets import PRESETS
from components.engines.sdxl.settings import SdxlSettings
from components.engines.sdxl.tokenizer_files import write_config
from components.engines.sdxl.weights import Configure, Loader, import_pipelines
from components.errors import EngineError, SetupError
from components.server.engine import OnStep, Order, Painting, Presets

log = logging.getLogger(__name__)

Files = list[tuple[Path, float]]
"""LoRAs, each with its weight."""


class SdxlEngine:
    """One model on one device. But for `check`, it is only ever called by one thread at a time."""

    def __init__(self, settings: SdxlSettings | None = None, configure: Configure = write_config) -> None:
        """Raise SetupError when the libraries are not installed, or a setting is none."""
        if absent := missing():
            raise SetupError(
                f"The sdxl engine needs {', '.join(absent)}.", f"Install them: pip install -r {REQUIREMENTS}"
            )
        self._settings = SdxlSettings.from_env() if settings is None else settings
        self._fetcher = LoraFetcher(CivitaiLoras(self._settings.cache / "loras", self._settings.civitai_key))
        self._configure = configure
        self._filter = BasicFilter()
        self._loaded: LoadedModel | None = None
        self._borrow = _borrowing(self._events) if self._settings.has_lent_card else None

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Import the libraries, and load the model unless it would have to be fetched: nobody may ever want it."""
        tell(sentences.LOADING)
        model = self._settings.model
        if model.hub and not kept(model.hub, BASE_PARTS):
            import_pipelines()
        else:
            self._load(tell)

    def paint(self, order: Order, on_step: OnStep) -> Painting:
        """Paint one order; the same order gives the same pixels on the same machine."""
        preset = self._settings.preset_of(order)
        notes = [sentences.FAST_WITHOUT_REFINER] if preset.leaves_out_refiner(order) else []
        order = preset.applied(order)
        stage = _staged(on_step, order.num_inference_steps)
        loaded = self._load(stage)
        plan = ways.planned(order, ways.timesteps_of(loaded.base, preset.scheduler))
        notes += ways.notes_on(order, plan)
        if plan is None:
            return Painting(ways.untouched(order), note=" ".join(notes))
        files = self._lora_files(order, stage)
        if plan.refine_steps:
            loaded.load_refiner(_percent(stage, sentences.FETCHING))
        if self._borrow:
            with closing(self._borrow(order, plan, files)) as events:
                picture = followed(events, on_step)
        else:
            picture = self._painted(order, plan, files, on_step)
        return Painting(picture, self._filter.flags(picture), " ".join(notes))

    def presets(self) -> Presets:
        """Return the ways of painting, of which the host chose the usual one."""
        return Presets(tuple(PRESETS), self._settings.preset.name)

    def check(self, order: Order) -> None:
        """Raise EngineError for a LoRA of which the address, or the file's header, tells that it cannot be used."""
        for use in order.loras:
            place = place_of(use.path, self._settings.lora_folder)
            self._fetcher.check(place, words_width(self._settings.model))

    def _load(self, stage: Callable[[str], None]) -> LoadedModel:
        if self._loaded is None:
            stage(sentences.LOADING)
            pin_threads(self._settings.threads)
            loader = Loader(chosen_device(self._settings.device), self._configure)
            base = loader.base(self._settings.model, _percent(stage, sentences.FETCHING))
            self._loaded = LoadedModel(loader, base, self._settings)
        return self._loaded

    def _lora_files(self, order: Order, stage: Callable[[str], None]) -> Files:
        """Return each LoRA's file, fetched where it must be."""
        places = [(place_of(use.path, self._settings.lora_folder), use.scale) for use in order.loras]
        report = _percent(stage, sentences.FETCHING_LORA)
        return [(self._fetcher.file(place, report), scale) for place, scale in places]

    def _events(self, order: Order, plan: ways.Plan, files: Files) -> Generator[Event, None, None]:
        """Paint where a card is lent: a copy of this process, perhaps an earlier one, which lacks the refiner."""
        loaded = self._loaded
        assert loaded is not None
        if plan.refine_steps:
            loaded.load_refiner(_untold)
        yield from events_of(lambda tell: self._painted(order, plan, files, tell))

    def _painted(self, order: Order, plan: ways.Plan, files: Files, on_step: OnStep) -> Image.Image:
        """Paint, and where memory runs out, again in smaller ways, as far as there are any."""
        assert self._loaded is not None
        for memory in self._loaded.ways_of_memory():
            try:
                return self._loaded.painted(order, plan, files, on_step, memory)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                log.warning("memory ran out (%s)", memory)
            self._loaded.free()
            on_step(0, plan.total, stage=sentences.SMALLER)
        raise EngineError(sentences.NO_MEMORY)


def _borrowing(events: Callable[..., Generator[Event, None, None]]) -> Callable[..., Generator[Event, None, None]]:
    """Ask the Space for a card around each call. Its library must come before torch, and before the page starts."""
    return library("spaces").GPU(events, duration=_seconds)


def _seconds(order: Order, plan: ways.Plan, files: Files) -> int:
    """Return for how long a card is asked: more is taken off the visitor's share, less ends the picture."""
    megapixels = order.width * order.height / 1_000_000
    return round(20 + 5 * len(files) + plan.total * max(0.3, 0.6 * megapixels))


def _untold(_: float) -> None:
    """It was fetched before."""


def _staged(on_step: OnStep, steps: int) -> Callable[[str], None]:
    def stage(text: str) -> None:
        on_step(0, steps, stage=text)

    return stage


def _percent(stage: Callable[[str], None], text: str) -> Callable[[float], None]:
    def report(share: float) -> None:
        stage(f"{text}, {share:.0%}".replace("%", " %"))

    return report
