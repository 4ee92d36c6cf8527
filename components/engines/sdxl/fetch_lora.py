"""Turns a LoRA's place into a file on this machine, and tells beforehand of those that cannot be used."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from components.engines.sdxl import sentences
from components.engines.sdxl.byte_counter import Report
from components.engines.sdxl.civitai_loras import CivitaiLoras
from components.engines.sdxl.hub_loras import HubLoras
from components.engines.sdxl.lora_gate import SDXL_WIDTH, Head, check_file, check_head
from components.engines.sdxl.lora_places import Download, HostFile, HubFile, Place
from components.errors import EngineError, Sentence

MEMORY = 60.0
"""Seconds for which a look is believed: the pictures of one click do not each ask again."""
MOST_LOOKS = 256


@dataclass(frozen=True, slots=True)
class LoraFetcher:
    """What was fetched once is not fetched again."""

    civitai: CivitaiLoras
    hub: HubLoras = field(default_factory=HubLoras)
    clock: Callable[[], float] = time.monotonic
    _looks: dict[Place, tuple[float, Sentence | None]] = field(default_factory=dict, init=False)
    """When a place was looked at, and what is wrong there."""

    def file(self, place: Place, report: Report) -> Path:
        """Return the file. Raise EngineError with a sentence."""
        match place:
            case HostFile(path):
                return path
            case HubFile():
                return self.hub.file(place, report)
            case Download(url):
                return self.civitai.file(url, report)

    def check(self, place: Place, width: int = SDXL_WIDTH) -> None:
        """Raise EngineError when a file's header tells that it is no LoRA of this model; any thread may call.

        Where nobody can be asked in a few seconds nothing is said: the LoRA's turn to be fetched will come.
        """
        if isinstance(place, HostFile):
            return check_file(place.path, width)
        when, told = self._looks.get(place, (-MEMORY, None))
        if self.clock() - when >= MEMORY:
            told = self._look(place, width)
            self._remember(place, told)
        if told:
            raise EngineError(told)
        return None

    def _look(self, place: HubFile | Download, width: int) -> Sentence | None:
        """Return what is wrong there."""
        try:
            if kept := self._kept(place):
                check_file(kept, width)
            else:
                check_head(self._head(place), width)
        except EngineError as error:
            return None if error.sentence == sentences.LORA_AWAY else error.sentence
        return None

    def _remember(self, place: Place, told: Sentence | None) -> None:
        if len(self._looks) >= MOST_LOOKS:
            self._looks.clear()
        self._looks[place] = (self.clock(), told)

    def _kept(self, place: HubFile | Download) -> Path | None:
        return self.hub.kept(place) if isinstance(place, HubFile) else self.civitai.kept(place.url)

    def _head(self, place: HubFile | Download) -> Head:
        return self.hub.head(place) if isinstance(place, HubFile) else self.civitai.head(place.url)
