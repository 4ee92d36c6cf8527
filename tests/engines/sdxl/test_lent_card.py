"""On a ZeroGPU Space the same engine paints where a card is lent; here a stand-in of its library lends one."""

from __future__ import annotations

import pickle
import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from components.engines.sdxl import sentences
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.lent_card import BROKEN, Done, Failed, Step, events_of, followed
from components.errors import EngineError
from components.server.engine import LoraUse, Refine
from tests.engines.sdxl.studio import order, same, settings, silent
from tests.engines.sdxl.tiny_sdxl import configure


class Space:
    """Lends a card to generators as the real library does: only what can be pickled goes in and comes out."""

    def __init__(self) -> None:
        self.seconds: list[int] = []
        self.closed = 0

    def gpu(self, task, *, duration):
        def lent(*args):
            self.seconds.append(duration(*args))
            events = task(*pickle.loads(pickle.dumps(args)))
            try:
                for event in events:
                    yield pickle.loads(pickle.dumps(event))
            finally:
                events.close()
                self.closed += 1

        return lent


@pytest.fixture
def space(monkeypatch):
    lending = Space()
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=lending.gpu))
    return lending


@pytest.fixture
def engine(studio, space):
    chosen = settings(studio.tiny, studio.cache, SDXL_LORA_FOLDER=str(studio.loras), SPACES_ZERO_GPU="true")
    return SdxlEngine(chosen, configure)


def test_the_pictures_are_the_same(studio, space, engine):
    lora = (LoraUse("peft_text.safetensors", 1.0),)
    wishes: list[dict[str, Any]] = [{}, {"loras": lora}, {"refine": Refine.ENSEMBLE}, {}]
    for values in wishes:
        assert same(engine.paint(order(**values), silent).image, studio.paint(**values))
    assert len(space.seconds) == 4
    assert space.seconds[1] > space.seconds[0] > 0


def test_steps_and_previews_come_back(engine):
    told: list[tuple[int, int, bool]] = []

    def tell(step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
        told.append((step, steps, bool(preview)))

    engine.paint(order(), tell)
    assert [one for one in told if one[0]] == [(step, 4, True) for step in (1, 2, 3, 4)]


def test_a_sentence_comes_back(engine):
    with pytest.raises(EngineError) as caught:
        engine.paint(order(loras=(LoraUse("nan.safetensors", 1.0),)), silent)
    assert caught.value.sentence == sentences.LORA_BROKEN


def test_who_stops_gives_the_card_back(studio, space, engine):
    class Stopped(Exception):
        pass

    def stop(step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
        if step == 2:
            raise Stopped

    with pytest.raises(Stopped):
        engine.paint(order(num_inference_steps=50), stop)
    assert same(engine.paint(order(), silent).image, studio.paint())
    assert space.closed == 2


def test_nothing_goes_on_when_nobody_listens():
    words = 0

    def work(tell) -> Image.Image:
        nonlocal words
        while True:
            words += 1
            tell(words, 10, b"jpeg")

    events = events_of(work)
    assert next(events) == Step(1, 10, b"jpeg", "")
    events.close()
    counted = words
    assert not [thread for thread in threading.enumerate() if thread.name == "lent-card"]
    assert words == counted


def test_a_bug_over_there_is_a_sentence_here(caplog):
    def work(tell) -> Image.Image:
        raise ZeroDivisionError

    assert list(events_of(work)) == [Failed(BROKEN)]
    with pytest.raises(EngineError, match="lent card failed"):
        followed([], silent)
    picture = Image.new("RGB", (1, 1))
    assert followed([Step(1, 1, None, ""), Done(picture)], silent) is picture
