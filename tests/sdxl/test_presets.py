"""Each order chooses its way of painting; the pictures are diffusers' own."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from components.engines.protocol import LoraRef, Presets, Refine, SupportsPresets
from components.engines.sdxl import messages
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model.libraries import library
from tests.sdxl.fake_zerogpu import Space
from tests.sdxl.reference import BASE, IMAGE, ByHand, engine_request, same, settings, silent, source
from tests.sdxl.tiny_sdxl import configure

MINE = (LoraRef("peft_text.safetensors", 0.5),)


def engine_of(studio, **env: str) -> SdxlEngine:
    own = {"SDXL_LORA_FOLDER": str(studio.loras), "SDXL_FAST_LORA": "peft.safetensors"}
    return SdxlEngine(settings(studio.tiny, studio.cache, **own, **env), configure)


@pytest.fixture(scope="module")
def engine(studio):
    return engine_of(studio)


@pytest.fixture(scope="module")
def host(studio):
    """The engine of a host whose usual way is the fast one."""
    return engine_of(studio, SDXL_PRESET="fast")


@pytest.fixture(scope="module")
def by_hand(studio):
    """diffusers with the LoRA and the scheduler of the fast preset."""
    hand = ByHand(studio.tiny)
    hand.base.load_lora_weights(str(studio.loras / "peft.safetensors"))
    hand.base.scheduler = library("diffusers").LCMScheduler.from_config(hand.base.scheduler.config)
    return hand


def painted(engine: SdxlEngine, **values):
    return engine.generate(engine_request(**values), silent).image


def test_it_offers_two_and_the_host_chooses_the_usual_one(engine, host):
    assert isinstance(engine, SupportsPresets)
    assert engine.presets() == Presets(("full", "fast"), "full", (1, 4))
    assert host.presets().usual == "fast"


@pytest.mark.full
def test_fast_is_what_diffusers_makes_with_lcm(engine, by_hand):
    ours = painted(engine, preset="fast", num_inference_steps=28, guidance_scale=7)
    assert same(ours, by_hand.picture(BASE, num_inference_steps=4, guidance_scale=1.0))
    ours = painted(engine, preset="fast", num_inference_steps=2)
    assert same(ours, by_hand.picture(BASE, num_inference_steps=2, guidance_scale=1.0)), "fewer are as ordered"


@pytest.mark.full
def test_fast_from_a_picture(engine, by_hand):
    ours = painted(engine, preset="fast", num_inference_steps=28, image=source(), prompt_strength=0.5)
    theirs = by_hand.picture(IMAGE, image=source(), strength=0.5, num_inference_steps=4, guidance_scale=1.0)
    assert same(ours, theirs)


@pytest.mark.full
def test_fast_by_lightning_of_eight_steps_is_what_diffusers_makes_as_its_card_says(studio):
    hand = ByHand(studio.tiny)
    hand.base.load_lora_weights(str(studio.loras / "peft.safetensors"))
    euler = library("diffusers").EulerDiscreteScheduler
    hand.base.scheduler = euler.from_config(hand.base.scheduler.config, timestep_spacing="trailing")
    engine = engine_of(studio, SDXL_FAST="lightning-8")
    assert engine.presets() == Presets(("full", "fast"), "full", (8, 8))
    for steps in (4, 28):
        ours = painted(engine, preset="fast", num_inference_steps=steps, guidance_scale=7)
        assert same(ours, hand.picture(BASE, num_inference_steps=8, guidance_scale=1.0))


@pytest.mark.full
def test_going_to_fast_and_back_changes_no_bit(studio, engine):
    variants = [{}, {"loras": MINE}, {"refine": Refine.ENSEMBLE}]
    before = [painted(engine, preset="full", **variant) for variant in variants]
    fast = [painted(engine, preset="fast", **variant) for variant in variants]
    after = [painted(engine, preset="full", **variant) for variant in variants]
    again = [painted(engine, preset="fast", **variant) for variant in variants]
    for variant, one, other in zip(variants, before, after, strict=True):
        assert same(one, other)
        assert same(one, studio.paint(**variant)), "and as an engine paints that never went fast"
    assert all(same(one, other) for one, other in zip(fast, again, strict=True))
    assert not any(same(one, other) for one, other in zip(before, fast, strict=True))


@pytest.mark.full
def test_the_order_counts_where_the_host_chose_fast(studio, engine, host):
    assert same(painted(host, preset="full"), studio.paint())
    assert same(painted(host), painted(engine, preset="fast"))


@pytest.mark.full
def test_the_way_shares_its_steps_by_the_order_s_own_schedule(studio, host):
    """The handover to the refiner is counted on the base's scheduler, also where the host's preset has another."""
    variant = {"refine": Refine.ENSEMBLE, "num_inference_steps": 10, "high_noise_frac": 0.7}
    assert same(painted(host, preset="full", **variant), studio.paint(**variant))


@pytest.mark.full
def test_what_is_left_out_is_said_of_the_order_alone(engine, host):
    for one in (engine, host):
        notes = [
            one.generate(engine_request(preset=name, refine=Refine.SECOND_PASS), silent).notes
            for name in ("full", "fast")
        ]
        assert notes == [(), (messages.FAST_WITHOUT_REFINER,)]


@pytest.mark.full
def test_on_a_lent_card_it_is_the_same(studio, engine, monkeypatch):
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=Space().gpu))
    lent = engine_of(studio, SPACES_ZERO_GPU="true")
    for name in ("full", "fast", "full"):
        assert same(painted(lent, preset=name), painted(engine, preset=name))


@pytest.mark.parametrize("strength", [0.019, 0.01])
def test_fast_at_a_faint_strength_leaves_the_picture_and_says_so(engine, strength):
    told = engine.generate(engine_request(image=source(), prompt_strength=strength, preset="fast"), silent)
    assert same(told.image, source())
    assert messages.AS_IT_WAS in told.notes
