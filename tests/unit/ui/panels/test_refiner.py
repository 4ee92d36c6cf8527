"""What the refiner's panel makes of the page's values."""

from __future__ import annotations

import pytest

from components import messages
from components.domain.request import GenerationRequest, Refine
from components.errors import InvalidRequest
from components.ui.panels.refiner import RefinerPanel


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, {}),
        ({"refine": "no_refiner", "high_noise_frac": 0.5, "refine_steps": 3}, {}),
        (
            {"refine": "expert_ensemble_refiner", "high_noise_frac": 0.7, "refine_steps": 3},
            {"refine": Refine.ENSEMBLE, "high_noise_frac": 0.7},
        ),
        (
            {"refine": "base_model_refiner", "high_noise_frac": 0.7},
            {"refine": Refine.ENSEMBLE, "high_noise_frac": 0.7},
        ),
        (
            {"refine": "base_image_refiner", "high_noise_frac": 0.7, "refine_steps": 3.0},
            {"refine": Refine.SECOND_PASS, "refine_steps": 3},
        ),
    ],
)
def test_only_what_belongs_to_the_way_is_asked_for(values, fields):
    assert RefinerPanel.read(values).fields == fields
    assert GenerationRequest("a cat", **fields)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"refine": "by hand"}, messages.NO_SUCH_REFINER),
        ({"refine": ["base_image_refiner"]}, messages.NO_SUCH_REFINER),
        ({"refine": "base_image_refiner", "refine_steps": 2.5}, messages.not_whole("refine_steps")),
        ({"refine": "expert_ensemble_refiner", "high_noise_frac": "x"}, messages.NOT_A_NUMBER),
    ],
)
def test_s06_what_is_none_is_refused(values, told):
    with pytest.raises(InvalidRequest) as caught:
        RefinerPanel.read(values)
    assert caught.value.message == told
