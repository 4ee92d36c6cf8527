from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.domain.backend_choice import SDXL_INSTALL, SDXL_PACKAGES
from components.engines.protocol import EngineRequest, LoraRef, Refine
from components.engines.sdxl.loras.location import HubFile, location_of
from components.engines.sdxl.model.libraries import NEEDED, REQUIREMENTS
from components.engines.sdxl.presets import FAST, FAST_KINDS, FULL
from components.engines.sdxl.settings import BASE, REFINER, SdxlSettings, Source
from components.errors import SetupError
from tests.support.paths import ROOT


def test_without_anything_it_is_sdxl_from_the_hub():
    usual = SdxlSettings.from_env({"XDG_CACHE_HOME": "/c", "LOCALAPPDATA": "/c"})
    assert (usual.model, usual.refiner) == (Source(hub=BASE), Source(hub=REFINER))
    assert (usual.lora_folder, usual.device, usual.threads, usual.preset) == (None, "auto", 0, FULL)


def test_a_folder_and_a_file(tmp_path):
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"")
    chosen = SdxlSettings.from_env({"SDXL_MODEL": str(file), "SDXL_REFINER": str(tmp_path)})
    assert (chosen.model, chosen.refiner) == (Source(file=file), Source(folder=tmp_path))


@pytest.mark.parametrize(
    "env",
    [
        {"SDXL_MODEL": "nowhere/at/all"},
        {"SDXL_MODEL": "owner/model.safetensors"},
        {"SDXL_REFINER": "/no/such/folder"},
        {"SDXL_LORA_FOLDER": "/no/such/folder"},
        {"SDXL_DEVICE": "abacus"},
        {"SDXL_DEVICE": "cuda:"},
        {"SDXL_DEVICE": "cuda:0,"},
        {"SDXL_DEVICE": "cuda:0,auto"},
        {"SDXL_DEVICE": "all,cuda:0"},
        {"SDXL_PRECISION": "fp8"},
        {"SDXL_THREADS": "-1"},
        {"SDXL_PRESET": "slow"},
        {"SDXL_FAST": "turbo"},
        {"SDXL_INPAINT_MODEL": "/no/such/folder"},
    ],
)
def test_what_is_no_setting_is_refused_by_its_name(env):
    with pytest.raises(SetupError) as caught:
        SdxlSettings.from_env(env)
    assert next(iter(env)) in str(caught.value)


def test_the_key_of_civitai_is_in_no_repr():
    assert "secret" not in repr(SdxlSettings.from_env({"CIVITAI_API_KEY": "secret"}))


def test_the_fast_preset_has_its_own_lora(tmp_path: Path):
    chosen = SdxlSettings.from_env({"SDXL_PRESET": "fast", "SDXL_FAST_LORA": "mine.safetensors"})
    assert chosen.preset.lora == LoraRef("mine.safetensors", 1.0)
    assert SdxlSettings.from_env({"SDXL_PRESET": "fast"}).preset == FAST


@pytest.mark.parametrize(("kind", "number"), [("lightning", 4), ("lightning-8", 8)])
def test_fast_by_lightning_has_its_own_steps_and_sampler(kind, number):
    """https://huggingface.co/ByteDance/SDXL-Lightning: Euler, trailing, as many steps as the file is named for."""
    fast = SdxlSettings.from_env({"SDXL_FAST": kind}).fast
    assert fast.lora is not None
    place = location_of(fast.lora.path, None)
    assert place == HubFile("ByteDance/SDXL-Lightning", f"sdxl_lightning_{number}step_lora.safetensors", "main")
    assert (fast.sampler_of(EngineRequest("x", 1)).options, fast.name) == ({"timestep_spacing": "trailing"}, "fast")
    for steps in (2, 28):
        made = fast.applied(EngineRequest("x", 1, num_inference_steps=steps))
        assert (made.num_inference_steps, made.guidance_scale) == (number, 1.0)
    assert SdxlSettings.from_env({"SDXL_FAST": kind, "SDXL_FAST_LORA": "mine"}).fast.lora == LoraRef("mine", 1.0)


def test_every_kind_of_fast_is_in_the_readme_and_the_example():
    readme = next(line for line in (ROOT / "README.md").read_text().splitlines() if "`SDXL_FAST`" in line)
    example = (ROOT / ".env.example").read_text().partition("#SDXL_PRESET=")[0].rpartition("\n\n")[2]
    assert {*re.findall(r"`((?:lcm|lightning)[\w-]*)`", readme)} == {*FAST_KINDS}
    assert {*re.findall(r"\b(?:lcm|lightning)[\w-]*", example)} == {*FAST_KINDS}


def test_an_order_chooses_and_the_host_s_preset_is_for_those_that_do_not():
    full, fast = (SdxlSettings.from_env({"SDXL_PRESET": name, "SDXL_FAST_LORA": "mine"}) for name in ("full", "fast"))
    for chosen in (full, fast):
        assert chosen.preset_of(EngineRequest("a cat", 1, preset="full")) == FULL
        assert chosen.preset_of(EngineRequest("a cat", 1, preset="fast")).lora == LoraRef("mine", 1.0)
    assert full.preset_of(EngineRequest("a cat", 1)) == FULL
    assert fast.preset_of(EngineRequest("a cat", 1)) == fast.preset_of(EngineRequest("a cat", 1, preset="fast"))


def test_what_a_preset_makes_of_an_order():
    request = EngineRequest("a cat", 1, loras=(LoraRef("a/b", 0.5),), refine=Refine.ENSEMBLE)
    assert FULL.applied(request) == request
    fast = FAST.applied(request)
    assert (fast.num_inference_steps, fast.guidance_scale, fast.refine) == (4, 1.0, Refine.NONE)
    assert fast.loras == (LoraRef("a/b", 0.5), FAST.lora)
    assert FAST.applied(EngineRequest("a cat", 1, num_inference_steps=2)).num_inference_steps == 2


def test_every_setting_is_in_the_example():
    read = set(re.findall(r'"((?:SDXL|CIVITAI)_[A-Z_]+)"', (ROOT / "components/engines/sdxl/settings.py").read_text()))
    example = set(re.findall(r"^#((?:SDXL|CIVITAI)_[A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert read == example


def test_what_is_installed_is_what_is_looked_for():
    told = (ROOT / REQUIREMENTS).read_text()
    assert NEEDED == SDXL_PACKAGES
    assert all(re.search(rf"^{name}[=<>]", told, re.M) for name in NEEDED)
    assert REQUIREMENTS in SDXL_INSTALL
