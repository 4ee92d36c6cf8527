"""SDXL on several cards: a model on each, in a process of its own."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import replace
from functools import partial

from components.engines.lanes.engine import LanesEngine
from components.engines.lanes.frames import LaneSpec
from components.engines.protocol import EngineRequest, Machine, Presets
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model.loader import Configure
from components.engines.sdxl.model.tokenizer_files import write_config
from components.engines.sdxl.settings import ALL_CARDS, SdxlSettings
from components.errors import SetupError


def sdxl_engine() -> SdxlEngine | SdxlCards:
    """Return the engine of the environment's settings. Raise SetupError.

    Devices without a number are used in this process when there is one alone.
    """
    settings = SdxlSettings.from_env()
    if settings.is_zerogpu:
        return SdxlEngine(settings)
    if settings.device == ALL_CARDS:
        settings = all_cards(settings)
    is_here = len(settings.devices) == 1 and ":" not in settings.device
    return SdxlEngine(settings) if is_here else SdxlCards(settings)


def one_card_engine() -> SdxlEngine:
    """Return an engine for a process that was given its card, as a replica of a cluster is. Raise SetupError.

    Which one is said by CUDA_VISIBLE_DEVICES: the cards that the settings name are all those of a host.
    """
    settings = SdxlSettings.from_env()
    names_cards = settings.device == ALL_CARDS or settings.device.startswith("cuda")
    return SdxlEngine(settings.on("cuda" if names_cards else settings.device))


class SdxlCards(LanesEngine):
    """A model on each device of the settings. Any thread may call."""

    def __init__(self, settings: SdxlSettings, configure: Configure = write_config) -> None:
        """Raise SetupError when libraries are not installed."""
        self._without_model, self._devices = SdxlEngine(settings, configure), settings.devices
        super().__init__(
            [
                LaneSpec(
                    f"lane {number} ({device})",
                    partial(SdxlEngine, settings.on(device), configure),
                    environment_of(device, settings.visible_cards),
                )
                for number, device in enumerate(settings.devices, 1)
            ]
        )

    def presets(self) -> Presets:
        """Return the presets; the host chose the usual one."""
        return self._without_model.presets()

    def samplers(self) -> tuple[str, ...]:
        """Return the samplers that a request may name."""
        return self._without_model.samplers()

    def machine(self) -> Machine | None:
        """Return the devices of the lanes that are ready, each once; None while there is none."""
        ready = [(device, one) for device, one in zip(self._devices, self.machines, strict=True) if one]
        cards = {device: replace(one.cards[0], lanes=0) for device, one in ready}
        for device, _ in ready:
            cards[device] = replace(cards[device], lanes=cards[device].lanes + 1)
        command = next((one.command for _, one in ready if one.command), "")
        missing = tuple(device for device in dict.fromkeys(self._devices) if device not in cards)
        return Machine(tuple(cards.values()), command, missing) if cards else None

    def check(self, request: EngineRequest) -> None:
        """Raise EngineError for a LoRA that cannot be used, by its address or its file's header."""
        self._without_model.check(request)


def all_cards(settings: SdxlSettings) -> SdxlSettings:
    """Return the settings with every card that can be seen. Raise SetupError when there is none."""
    named = [card for card in settings.visible_cards.split(",") if card.strip()]
    match len(named) or _cards_of_driver():
        case 0:
            raise SetupError("SDXL_DEVICE=all finds no cards.", "Name them, such as SDXL_DEVICE=cuda:0,cuda:1.")
        case 1:
            return settings.on("cuda")
        case count:
            return settings.on(*(f"cuda:{number}" for number in range(count)))


def environment_of(device: str, visible_cards: str) -> dict[str, str]:
    """Return the variables with which a process sees its card alone, so that every library takes that one."""
    number = device.partition(":")[2]
    if not number:
        return {}
    cards = visible_cards.split(",") if visible_cards else [str(card) for card in range(int(number) + 1)]
    return {"CUDA_VISIBLE_DEVICES": cards[int(number)].strip() if int(number) < len(cards) else ""}


def _cards_of_driver() -> int:
    """Return how many cards NVIDIA's driver knows; 0 without it. To import torch for it would take seconds."""
    try:
        driver = ctypes.CDLL("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1")
    except OSError:
        return 0
    count = ctypes.c_uint(0)
    failed = driver.nvmlInit_v2() or driver.nvmlDeviceGetCount_v2(ctypes.byref(count))
    return 0 if failed else count.value
