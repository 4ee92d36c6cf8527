"""The tiny model from a Hub on loopback, through the engine: fetched at the first order, with progress."""

from __future__ import annotations

import pytest

from components.engines.protocol import LoraRef, Refine
from components.engines.sdxl import messages
from components.engines.sdxl.engine import SdxlEngine
from components.errors import EngineError
from components.messages.message import Message
from tests.sdxl.reference import engine_request, same, settings
from tests.sdxl.tiny_sdxl import configure
from tests.support.fake_hub import FakeHub


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def hub(studio, monkeypatch, tmp_path):
    constants = pytest.importorskip("huggingface_hub.constants")
    lora = {"peft.safetensors": (studio.loras / "peft.safetensors").read_bytes()}
    tiny = studio.tiny
    fake = FakeHub({"tiny/base": files_of(tiny.base), "tiny/refiner": files_of(tiny.refiner), "tiny/lora": lora})
    monkeypatch.setattr(constants, "ENDPOINT", fake.url)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", fake.url + "/{repo_id}/resolve/{revision}/{filename}"
    )
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    yield fake
    fake.close()


def test_model_refiner_and_lora_are_fetched_and_then_do_without_the_network(studio, hub):
    chosen = settings(studio.tiny, studio.cache, SDXL_MODEL="tiny/base", SDXL_REFINER="tiny/refiner")
    stages: list[Message] = []

    def record(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        stages.extend([stage] if stage else [])

    wanted = engine_request(refine=Refine.SECOND_PASS, refine_steps=2, loras=(LoraRef("tiny/lora", 1.0),))
    expected = studio.paint(refine=Refine.SECOND_PASS, refine_steps=2, loras=(LoraRef("peft.safetensors", 1.0),))
    assert same(SdxlEngine(chosen, configure).generate(wanted, record).image, expected)
    assert stages[0] == messages.LOADING
    assert messages.fetching(1) in stages
    of_refiner = {name.partition("/")[0] for place, name in hub.repositories_fetched if place == "tiny/refiner"}
    assert of_refiner <= {"model_index.json", "unet", "scheduler"}
    assert "unet" in of_refiner
    hub.close()
    assert same(SdxlEngine(chosen, configure).generate(wanted, record).image, expected)


def test_a_lora_of_another_model_is_told_before_it_waits(studio, hub):
    hub.repositories["tiny/other"] = {"sd15.safetensors": (studio.loras / "sd15.safetensors").read_bytes()}
    engine = SdxlEngine(settings(studio.tiny, studio.cache), configure)
    engine.check(engine_request(loras=(LoraRef("tiny/lora", 1.0),)))
    with pytest.raises(EngineError) as caught:
        engine.check(engine_request(loras=(LoraRef("tiny/other", 1.0),)))
    assert caught.value.message == messages.LORA_SD1


@pytest.mark.full
def test_a_model_that_is_here_is_loaded_beforehand_and_one_that_is_not_is_not_fetched(studio, hub):
    chosen = settings(studio.tiny, studio.cache, SDXL_MODEL="tiny/base", SDXL_REFINER="tiny/refiner")
    stages: list[Message] = []

    def record(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        stages.extend([stage] if stage else [])

    engine = SdxlEngine(chosen, configure)
    engine.prepare(stages.append)
    assert (stages, hub.requests) == ([messages.LOADING], [])
    expected = studio.paint()
    assert same(engine.generate(engine_request(), record).image, expected)
    assert messages.fetching(1) in stages

    stages.clear()
    again = SdxlEngine(chosen, configure)
    again.prepare(stages.append)
    assert set(stages) == {messages.LOADING}
    stages.clear()
    assert same(again.generate(engine_request(), record).image, expected)
    assert stages == [], "it was loaded before"
