"""The panel of the sampler: what is read of it, and where it is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components import messages
from components.domain.request import GenerationRequest, Preset, Sampler
from components.domain.schema import OWN_SERVER_SCHEMA
from components.errors import InvalidRequest
from components.ui.panels.sampler import SamplerPanel


@pytest.mark.parametrize(("value", "sampler"), [(None, None), ("", None), ("Euler a", Sampler.EULER_ANCESTRAL)])
def test_what_is_chosen_is_read(value, sampler):
    assert SamplerPanel.read({"sampler": value}) is sampler


@pytest.mark.parametrize("value", ["Heun", 1, ["Euler"], {}])
def test_what_is_none_is_refused_at_the_field(value):
    with pytest.raises(InvalidRequest) as caught:
        SamplerPanel.read({"sampler": value})
    assert (caught.value.field, caught.value.message) == ("sampler", messages.NO_SUCH_SAMPLER)


def test_it_is_shown_where_the_model_offers_some_alone():
    panel = SamplerPanel()
    for samplers in ((), (Sampler.EULER, Sampler.LCM), ()):
        panel.fit(replace(OWN_SERVER_SCHEMA, samplers=samplers))
        assert [value for _, value in panel.sampler.choices] == ["", *(sampler.value for sampler in samplers)]
        assert (panel.sampler.visible, panel.sampler.value) == (bool(samplers), "")


def test_fast_has_its_own():
    request = GenerationRequest("a fox", preset=Preset.FAST, sampler=Sampler.DDIM).with_preset_applied()
    assert request.sampler is None
