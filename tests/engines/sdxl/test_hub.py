"""The tiny model from a Hub on loopback, through the engine: fetched at the first order, with progress."""

from __future__ import annotations

import pytest

from components.engines.sdxl import sentences
from components.engines.sdxl.engine import SdxlEngine
from components.errors import EngineError
from components.server.engine import LoraUse, Refine
from tests.engines.fake_hub import FakeHub
from tests.engines.sdxl.studio import order, same, settings
from tests.engines.sdxl.tiny_sdxl import configure


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
    stages: list[str] = []

    def tell(step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
        stages.extend([stage] if stage else [])

    wanted = order(refine=Refine.SECOND_PASS, refine_steps=2, loras=(LoraUse("tiny/lora", 1.0),))
    expected = studio.paint(refine=Refine.SECOND_PASS, refine_steps=2, loras=(LoraUse("peft.safetensors", 1.0),))
    assert same(SdxlEngine(chosen, configure).paint(wanted, tell).image, expected)
    assert stages[0] == "Loading the model"
    assert "Fetching the model, 100 %" in stages
    of_refiner = {name.partition("/")[0] for place, name in hub.repositories_fetched if place == "tiny/refiner"}
    assert of_refiner <= {"model_index.json", "unet", "scheduler"}
    assert "unet" in of_refiner
    hub.close()
    assert same(SdxlEngine(chosen, configure).paint(wanted, tell).image, expected)


def test_a_lora_of_another_model_is_told_before_it_waits(studio, hub):
    hub.repositories["tiny/other"] = {"sd15.safetensors": (studio.loras / "sd15.safetensors").read_bytes()}
    engine = SdxlEngine(settings(studio.tiny, studio.cache), configure)
    engine.check(order(loras=(LoraUse("tiny/lora", 1.0),)))
    with pytest.raises(EngineError) as caught:
        engine.check(order(loras=(LoraUse("tiny/other", 1.0),)))
    assert caught.value.sentence == sentences.LORA_SD1


def test_a_model_that_is_here_is_loaded_beforehand_and_one_that_is_not_is_not_fetched(studio, hub):
    chosen = settings(studio.tiny, studio.cache, SDXL_MODEL="tiny/base", SDXL_REFINER="tiny/refiner")
    stages: list[str] = []

    def tell(step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
        stages.extend([stage] if stage else [])

    engine = SdxlEngine(chosen, configure)
    engine.prepare(stages.append)
    assert (stages, hub.asked) == (["Loading the model"], [])
    expected = studio.paint()
    assert same(engine.paint(order(), tell).image, expected)
    assert "Fetching the model, 100 %" in stages

    stages.clear()
    again = SdxlEngine(chosen, configure)
    again.prepare(stages.append)
    assert set(stages) == {"Loading the model"}
    stages.clear()
    assert same(again.paint(order(), tell).image, expected)
    assert stages == [], "it was loaded before"
