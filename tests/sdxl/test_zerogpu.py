"""On a ZeroGPU Space the same engine paints where a card is lent; here a stand-in of its library lends one."""

from __future__ import annotations

import sys
import threading
from types import SimpleNamespace
from typing import Any

import gradio.exceptions
import pytest
from PIL import Image

from components.engines.events import Failed, Step
from components.engines.protocol import LoraRef, Refine
from components.engines.sdxl import messages
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.zerogpu import Done, events_of, result_of
from components.errors import EngineError
from components.messages.message import Message
from tests.sdxl.fake_zerogpu import Space
from tests.sdxl.reference import engine_request, same, settings, silent
from tests.sdxl.tiny_sdxl import configure


@pytest.fixture
def space(monkeypatch):
    lending = Space()
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=lending.gpu))
    monkeypatch.setitem(sys.modules, "spaces.zero.torch", SimpleNamespace(enter_mode=lending.enter_mode))
    return lending


@pytest.fixture
def engine(studio, space):
    chosen = settings(studio.tiny, studio.cache, SDXL_LORA_FOLDER=str(studio.loras), SPACES_ZERO_GPU="true")
    return SdxlEngine(chosen, configure)


@pytest.mark.full
def test_the_pictures_are_the_same(studio, space, engine):
    lora = (LoraRef("peft_text.safetensors", 1.0),)
    requests: list[dict[str, Any]] = [{}, {"loras": lora}, {"refine": Refine.ENSEMBLE}, {}]
    for values in requests:
        assert same(engine.generate(engine_request(**values), silent).image, studio.paint(**values))
    assert len(space.seconds) == 4
    assert space.seconds[1] > space.seconds[0] > 0


def test_steps_and_previews_come_back(engine):
    steps_done: list[tuple[int, int, bool]] = []

    def record(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        steps_done.append((step, steps, bool(preview)))

    engine.generate(engine_request(), record)
    assert [one for one in steps_done if one[0]] == [(step, 4, True) for step in (1, 2, 3, 4)]


def test_a_sentence_comes_back(engine):
    with pytest.raises(EngineError) as caught:
        engine.generate(engine_request(loras=(LoraRef("nan.safetensors", 1.0),)), silent)
    assert caught.value.message == messages.LORA_BROKEN


@pytest.mark.full
def test_who_stops_gives_the_card_back(studio, space, engine):
    class Stopped(Exception):
        pass

    def stop(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        if step == 2:
            raise Stopped

    with pytest.raises(Stopped):
        engine.generate(engine_request(num_inference_steps=50), stop)
    assert same(engine.generate(engine_request(), silent).image, studio.paint())
    assert space.closed == 2


def test_the_thread_that_loads_the_model_is_patched(space, engine):
    def work() -> None:
        engine.prepare(lambda _: None)
        engine.generate(engine_request(), silent)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert space.patched == [thread]


WORDS = "You have exceeded your free ZeroGPU quota (38s requested vs. 3s left). Try again in 1:23:45. "


@pytest.mark.parametrize(
    ("title", "words", "message"),
    [
        ("ZeroGPU quota exceeded", WORDS, messages.quota_used_up("1:23:45")),
        ("ZeroGPU quota exceeded", "Space app has reached its GPU limit. ", messages.LENT_CARD_QUOTA),
        ("ZeroGPU illegal duration", "Try again in 1:23:45", messages.LENT_CARD_TOO_LONG),
        ("ZeroGPU queue timeout", "No GPU was available", messages.LENT_CARD_BUSY),
        ("Error", WORDS, messages.LENT_CARD_FAILED),
    ],
)
def test_why_no_card_is_lent_is_said_and_for_how_long(title, words, message):
    def refusing():
        raise gradio.exceptions.Error(words, title=title)
        yield

    with pytest.raises(EngineError) as caught:
        result_of(refusing(), silent)
    assert caught.value.message == message
    assert "1:23:45" in str(message) or message.params == {}


def test_nothing_goes_on_when_nobody_listens():
    words = 0

    def work(record) -> Image.Image:
        nonlocal words
        while True:
            words += 1
            record(words, 10, b"jpeg")

    events = events_of(work)
    assert next(events) == Step(1, 10, b"jpeg", None)
    events.close()
    counted = words
    assert not [thread for thread in threading.enumerate() if thread.name == "lent-card"]
    assert words == counted


def test_a_bug_over_there_is_a_sentence_here(caplog):
    def work(record) -> Image.Image:
        raise ZeroDivisionError

    assert list(events_of(work)) == [Failed(messages.LENT_CARD_FAILED)]
    with pytest.raises(EngineError, match="borrowed GPU failed"):
        result_of([], silent)
    picture = Image.new("RGB", (1, 1))
    assert result_of([Step(1, 1, None, None), Done(picture)], silent) is picture


def test_a_gpu_is_lent_of_the_visitor_s_share(engine, space):
    token = "e30.e30.sig"
    for request in (engine_request(visitor_token=token), engine_request()):
        engine.generate(request, silent)
    assert space.tokens == [token, None]
    assert not any(token.encode() in arguments for arguments in space.lent), "the copy of the process needs none"


@pytest.mark.full
def test_a_token_that_expired_in_the_queue_does_without(engine, space):
    space.expired.add("e30.e30.old")
    assert engine.generate(engine_request(visitor_token="e30.e30.old"), silent).image
    assert space.tokens == ["e30.e30.old", None]
