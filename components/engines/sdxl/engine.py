"""SDXL engine: a request in, an image out. Nothing heavy is imported before `prepare`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from PIL import Image

from components.engines.protocol import EngineRequest, EngineResult, Machine, OnStep, Presets
from components.engines.sdxl import messages
from components.engines.sdxl.loras.civitai import CivitaiLoras
from components.engines.sdxl.loras.fetcher import LoraFetcher
from components.engines.sdxl.loras.location import location_of
from components.engines.sdxl.model.device import (
    Device,
    card_of,
    chosen_device,
    is_lost,
    is_out_of_memory,
    machine_of,
    pin_threads,
    setting_for_all,
)
from components.engines.sdxl.model.download_progress import no_report
from components.engines.sdxl.model.files import BASE_PARTS, cached, cross_attention_dim
from components.engines.sdxl.model.libraries import REQUIREMENTS, library, missing
from components.engines.sdxl.model.loaded import LoadedModel
from components.engines.sdxl.model.loader import Configure, Loader, import_pipelines
from components.engines.sdxl.model.tokenizer_files import write_config
from components.engines.sdxl.nsfw import BasicFilter
from components.engines.sdxl.pipeline.plan import StepPlan, notes_on, plan_steps, timesteps_of
from components.engines.sdxl.pipeline.run import untouched
from components.engines.sdxl.pipeline.samplers import SAMPLERS
from components.engines.sdxl.presets import PRESETS
from components.engines.sdxl.settings import SdxlSettings
from components.engines.sdxl.zerogpu import (
    Event,
    TokenExpired,
    events_of,
    of_visitor,
    place_on_lent_card,
    result_of,
)
from components.errors import EngineError, EngineLost, SetupError
from components.messages.message import Message

log = logging.getLogger(__name__)

Files = list[tuple[Path, float]]
"""LoRA files, each with its weight."""


class SdxlEngine:
    """One model on one device. Except for `check`, only one thread may call it at a time."""

    def __init__(self, settings: SdxlSettings | None = None, configure: Configure = write_config) -> None:
        """Raise SetupError when libraries are not installed or a setting is invalid."""
        if absent := missing():
            raise SetupError(
                f"The sdxl engine needs {', '.join(absent)}.", f"Install them: pip install -r {REQUIREMENTS}"
            )
        self._settings = SdxlSettings.from_env() if settings is None else settings
        self._fetcher = LoraFetcher(CivitaiLoras(self._settings.cache / "loras", self._settings.civitai_key))
        self._configure = configure
        self._filter = BasicFilter()
        self._device: Device | None = None
        self._machine: Machine | None = None
        self._loaded: LoadedModel | None = None
        self._borrow = _borrowing(self._events) if self._settings.is_zerogpu else None

    def prepare(self, on_stage: Callable[[Message], None]) -> None:
        """Import the libraries, and load the model unless it must be downloaded first: it may never be used."""
        model = self._settings.model
        if model.hub and not cached(model.hub, BASE_PARTS):
            on_stage(messages.LOADING)
            import_pipelines()
            self._choose_device()  # a missing one is known before the download
        else:
            self._load(on_stage)

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        """Return the image of a request; the same request gives the same pixels on the same machine.

        Raise EngineLost where the device works no more.
        """
        try:
            return self._generated(request, on_step)
        except Exception as error:
            # A lent card is none of this process, which must not ask it.
            if self._device and not self._borrow and is_lost(error, self._device):
                raise EngineLost(messages.DEVICE_LOST) from error
            raise

    def _generated(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        preset = self._settings.preset_of(request)
        notes = [messages.FAST_WITHOUT_REFINER] if preset.leaves_out_refiner(request) else []
        request = preset.applied(request)
        stage = _staged(on_step, request.num_inference_steps)
        loaded = self._load(stage).for_request(request, _percent(stage, messages.fetching))
        loaded.check(request)
        sampler = preset.sampler_of(request)
        plan = plan_steps(request, timesteps_of(loaded.base, sampler), sampler.most_steps)
        notes += notes_on(request, plan)
        if plan is None:
            return EngineResult(untouched(request), notes=tuple(notes))
        files = self._lora_files(request, stage)
        notes += loaded.notes_on(files)
        if plan.refine_steps:
            loaded.load_refiner(_percent(stage, messages.fetching))
        if self._borrow:
            picture = self._generate_on_lent_card(request, plan, files, on_step)
        else:
            picture = self._generate(request, plan, files, on_step)
        return EngineResult(picture, self._filter.flags(picture), tuple(notes))

    def _generate_on_lent_card(
        self, request: EngineRequest, plan: StepPlan, files: Files, on_step: OnStep
    ) -> Image.Image:
        """Return the image; a visitor's token that has expired in the queue does without, on everyone's share."""
        assert self._borrow is not None
        anonymous = replace(request, visitor_token="")  # what goes to the copy of this process needs no secret
        try:
            with of_visitor(request.visitor_token), closing(self._borrow(anonymous, plan, files)) as events:
                return result_of(events, on_step)
        except TokenExpired:
            with closing(self._borrow(anonymous, plan, files)) as events:
                return result_of(events, on_step)

    def presets(self) -> Presets:
        """Return the presets; the host chose the usual one."""
        return Presets(tuple(PRESETS), self._settings.preset.name, self._settings.fast.steps)

    def samplers(self) -> tuple[str, ...]:
        """Return the samplers that a request may name."""
        return tuple(name for name in SAMPLERS if name)

    def machine(self) -> Machine | None:
        """Return what the model computes on, with its memory now; None before that was chosen."""
        if self._machine and self._device and not self._borrow:
            with suppress(RuntimeError):  # of a device that works no more, or of a driver
                self._machine = replace(self._machine, cards=(card_of(self._device),))
        return self._machine

    def check(self, request: EngineRequest) -> None:
        """Raise EngineError for a LoRA that cannot be used, by its address or its file's header."""
        for use in request.loras:
            place = location_of(use.path, self._settings.lora_folder)
            self._fetcher.check(place, self._width)

    @cached_property
    def _width(self) -> int:
        return cross_attention_dim(self._settings.model)

    def _load(self, stage: Callable[[Message], None]) -> LoadedModel:
        if self._loaded is None:
            stage(messages.LOADING)
            if self._settings.is_zerogpu:
                place_on_lent_card()
            pin_threads(self._settings.threads)
            loader = Loader(self._choose_device(), self._configure)
            base = loader.base(self._settings.model, _percent(stage, messages.fetching))
            self._loaded = LoadedModel(loader, base, self._settings)
        return self._loaded

    def _choose_device(self) -> Device:
        if self._device is None:
            self._device = chosen_device(self._settings.device, self._settings.precision)
            log.warning("SDXL computes on %s", self._device)  # a warning, as the log of a child has no less
            self._machine = machine_of(self._device)
            if not self._settings.is_zerogpu:  # where each picture gets a card of its own
                setting = setting_for_all(self._settings.device, self._device)
                self._machine = replace(self._machine, setting=setting)
        return self._device

    def _lora_files(self, request: EngineRequest, stage: Callable[[Message], None]) -> Files:
        """Return each LoRA's file, downloaded unless cached."""
        places = [(location_of(use.path, self._settings.lora_folder), use.scale) for use in request.loras]
        report = _percent(stage, messages.fetching_lora)
        return [(self._fetcher.file(place, report), scale) for place, scale in places]

    def _events(self, request: EngineRequest, plan: StepPlan, files: Files) -> Generator[Event, None, None]:
        """Yield the events of a run on a lent GPU: in a copy of this process, perhaps one made before the refiner."""
        assert self._loaded is not None
        loaded = self._loaded.for_request(request, no_report)
        if plan.refine_steps:
            loaded.load_refiner(no_report)
        yield from events_of(lambda on_step: self._generate(request, plan, files, on_step))

    def _generate(self, request: EngineRequest, plan: StepPlan, files: Files, on_step: OnStep) -> Image.Image:
        """Return the image; where memory runs out, try again in modes that need less, as far as there are any."""
        assert self._loaded is not None
        loaded = self._loaded.for_request(request, no_report)
        for memory in loaded.memory_modes():
            try:
                return loaded.generate(request, plan, files, on_step, memory)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                log.warning("memory ran out (%s)", memory)
            loaded.free()
            on_step(0, plan.total, stage=messages.SMALLER)
        raise EngineError(messages.NO_MEMORY)


def _borrowing(events: Callable[..., Generator[Event, None, None]]) -> Callable[..., Generator[Event, None, None]]:
    """Borrow the Space's GPU around each call. Its library must be imported before torch and the page."""
    return library("spaces").GPU(events, duration=_seconds)


def _seconds(request: EngineRequest, plan: StepPlan, files: Files) -> int:
    """Return the seconds to borrow a GPU for: more is taken off the visitor's share, fewer end the run midway."""
    megapixels = request.width * request.height / 1_000_000
    return round(20 + 5 * len(files) + plan.total * max(0.3, 0.6 * megapixels))


def _staged(on_step: OnStep, steps: int) -> Callable[[Message], None]:
    def stage(what: Message) -> None:
        on_step(0, steps, stage=what)

    return stage


def _percent(stage: Callable[[Message], None], named: Callable[[float], Message]) -> Callable[[float], None]:
    def report(share: float) -> None:
        stage(named(share))

    return report
