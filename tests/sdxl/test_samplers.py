"""Each sampler makes what diffusers makes with it; without one the model's own counts."""

from __future__ import annotations

from typing import Any

import pytest

from components.domain.fields import field_of
from components.engines.protocol import Refine, SupportsSamplers
from components.engines.sdxl.model.libraries import library
from components.engines.sdxl.pipeline.samplers import SAMPLERS
from tests.sdxl.reference import BASE, IMAGE, ByHand, engine_request, same, source
from tests.support import full_run

KARRAS = {"use_karras_sigmas": True}
DIFFUSERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Euler": ("EulerDiscreteScheduler", {}),
    "Euler a": ("EulerAncestralDiscreteScheduler", {}),
    "DPM++ 2M Karras": ("DPMSolverMultistepScheduler", KARRAS),
    "DPM++ 2M SDE Karras": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++", **KARRAS}),
    "DDIM": ("DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": False}),
    "UniPC": ("UniPCMultistepScheduler", {}),
    "LCM": ("LCMScheduler", {}),
}


@pytest.fixture(scope="module")
def by_hand(studio):
    return ByHand(studio.tiny)


def test_the_engine_offers_those_of_the_table(studio):
    assert isinstance(studio.engine, SupportsSamplers)
    assert studio.engine.samplers() == field_of("sampler").choices == tuple(DIFFUSERS)


@pytest.mark.parametrize("name", full_run.cases(DIFFUSERS, usual=1))
def test_it_is_what_diffusers_makes(studio, by_hand, name):
    scheduler, options = DIFFUSERS[name]
    own = by_hand.base.scheduler
    by_hand.base.scheduler = getattr(library("diffusers"), scheduler).from_config(own.config, **options)
    try:
        assert same(studio.paint(sampler=name), by_hand.picture(BASE))
        theirs = by_hand.picture(IMAGE, image=source(), strength=0.5)
        assert same(studio.paint(sampler=name, image=source(), prompt_strength=0.5), theirs)
    finally:
        by_hand.base.scheduler = own


@pytest.mark.full
def test_without_one_nothing_has_changed(studio, by_hand):
    assert same(studio.paint(), by_hand.picture(BASE))
    assert same(studio.paint(sampler="Euler"), studio.paint()), "SDXL's own"


@pytest.mark.full
@pytest.mark.parametrize("name", full_run.cases(["DPM++ 2M Karras", "LCM"], usual=1))
def test_base_and_refiner_share_its_steps(studio, name):
    """Both count on one schedule: as many steps are run as were planned."""
    seen: list[tuple[int, int]] = []
    request = engine_request(num_inference_steps=10, refine=Refine.ENSEMBLE, sampler=name)
    studio.engine.generate(request, lambda step, steps, *_, **__: seen.append((step, steps)))
    assert seen[-1] == (10, 10)


def test_at_a_faint_strength_lcm_has_steps_enough(studio):
    assert SAMPLERS["LCM"].most_steps == 50
    assert same(studio.paint(sampler="LCM", image=source(), prompt_strength=0.01), source())
