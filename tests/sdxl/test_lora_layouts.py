"""LoRAs of every layout and make: what each layer adds, in numbers, and that nothing is left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.engines.sdxl import messages
from components.engines.sdxl.loras.adapters import LoadedLoras
from components.engines.sdxl.model.libraries import library, torch
from components.engines.sdxl.model.loader import freeze, quiet
from components.errors import EngineError
from tests.sdxl.lora_files import write
from tests.sdxl.lora_layouts import BLOCK, CONV, KOHYA, UNET, WHOLE, draw, others, small
from tests.support import full_run

PARTS = ("unet", "text_encoder", "text_encoder_2")
FP8 = ("float8_e4m3fn", "float8_e5m2")


class Bench:
    """A pipeline with its LoRAs, and what one of them adds to each layer."""

    def __init__(self, pipe: Any, folder: Path) -> None:
        self.pipe, self._folder = freeze(pipe), folder
        self.small, self.others = small(pipe), others(pipe)
        self.loras = LoadedLoras(pipe, room=1)
        self.reference = self.added(self.small)

    def load(self, tensors: Any, weight: float = 1.0) -> None:
        write(self._folder / "one.safetensors", tensors)
        self.loras.use([(self._folder / "one.safetensors", weight)])

    def added(self, tensors: Any, weight: float = 1.0) -> dict[str, Any]:
        """Return what each layer adds to its result for the same input."""
        self.load(tensors, weight)
        [name] = self.loras.names[-1:]
        found: dict[str, Any] = {}
        for part in PARTS:
            for path, module in getattr(self.pipe, part).named_modules():
                if name in getattr(module, "lora_A", ()):
                    given = input_of(module)
                    found[f"{part}.{path}"] = module(given) - module.base_layer(given)
        self.loras.deactivate()
        return found

    def left_behind(self) -> list[str]:
        """Return the tensors that are neither the model's nor of a loaded LoRA, and those without values."""
        left: list[str] = []
        for part in PARTS:
            for name, value in getattr(self.pipe, part).named_parameters():
                is_known = "lora_" not in name or any(lora in name for lora in self.loras.names)
                left += [] if is_known and not value.is_meta else [f"{part}.{name}"]
        return left


def input_of(module: Any) -> Any:
    layer = module.base_layer
    return draw(2, layer.in_features) if hasattr(layer, "in_features") else draw(1, layer.in_channels, 5, 6)


@pytest.fixture(scope="module")
def bench(tiny, tmp_path_factory):
    quiet()
    pipe = library("diffusers").StableDiffusionXLPipeline.from_pretrained(str(tiny.base), add_watermarker=False)
    return Bench(pipe, tmp_path_factory.mktemp("layouts"))


@pytest.mark.parametrize("name", full_run.cases([*WHOLE, *UNET], usual=10))
def test_the_same_lora_adds_the_same_under_every_name(bench, name):
    found = bench.added((WHOLE | UNET)[name](bench.small))
    wanted = {layer: value for layer, value in bench.reference.items() if name in WHOLE or layer.startswith("unet")}
    assert found.keys() == wanted.keys()
    assert all(torch().equal(value, wanted[layer]) for layer, value in found.items())
    assert bench.left_behind() == []


@pytest.mark.parametrize("kind", FP8)
def test_eight_bits_are_read_as_the_numbers_that_they_are(bench, kind):
    stored = {name: value.to(getattr(torch(), kind)) for name, value in bench.small.items()}
    whole = bench.added({name: value.float() for name, value in stored.items()})
    found = bench.added(stored)
    assert found.keys() == whole.keys() == bench.reference.keys()
    assert all(torch().equal(value, whole[layer]) for layer, value in found.items())


@pytest.mark.parametrize(
    "name",
    [
        "kohya_alpha",
        "dora_kohya",
        "dora_of_inputs",
        "dora_peft",
        "loha",
        "lokr",
        "lokr_whole",
        "tucker",
        "loha_tucker",
        "loha_conv",
    ],
)
@pytest.mark.parametrize("weight", [1.0, 0.4])
def test_every_make_adds_what_its_definition_says(bench, name, weight):
    tensors, path, change = bench.others[name]
    found = bench.added(tensors, weight)
    assert list(found) == [f"unet.{path}"]
    module = bench.pipe.unet.get_submodule(path)
    given, functional = input_of(module), torch().nn.functional
    wanted = functional.conv2d(given, change, padding=1) if path == CONV else functional.linear(given, change)
    torch().testing.assert_close(found[f"unet.{path}"], weight * wanted, rtol=1e-4, atol=1e-5)
    assert bench.left_behind() == []


def test_what_of_a_lora_is_not_used_is_said(bench, tmp_path):
    def notes(tensors: Any, weight: float = 1.0) -> list[Any]:
        write(tmp_path / "noted.safetensors", tensors)
        return bench.loras.notes_on([(tmp_path / "noted.safetensors", weight)])

    assert notes(bench.small) == []
    embedded = WHOLE["onetrainer_with_embeddings"](bench.small)
    assert notes(embedded) == [messages.embeddings_left_out(["word"])]
    assert notes(embedded, 0.0) == []
    stray = {f"unet.no_such_block.to_q.lora_{half}.weight": draw(4, 4) for half in "AB"}
    total = len(bench.reference) + 1
    assert notes({**bench.small, **stray}) == [messages.layers_left_out(1, total)]


REFUSED = {
    "numbers_of_another_kind": messages.LORA_LAYOUT,
    "another_size": messages.LORA_SHAPES,
    "loha_of_another_size": messages.LORA_SHAPES,
    "no_such_layer": messages.LORA_NO_EFFECT,
    "all_zero": messages.LORA_ZERO,
    "with_a_full_matrix": messages.lora_of_make("LyCORIS Full"),
    "with_a_norm": messages.lora_of_make("LyCORIS Norm"),
    "half_a_loha": messages.LORA_HALF,
    "half_a_lokr": messages.LORA_HALF,
}


def refused(bench: Bench, name: str) -> Any:
    unet = {name: value for name, value in bench.small.items() if name.startswith("unet")}
    return {
        "numbers_of_another_kind": {name: (value * 100).to(torch().int8) for name, value in unet.items()},
        "another_size": {name: value if "lora_A" in name else value[:3] for name, value in unet.items()},
        "loha_of_another_size": {f"{KOHYA}.{part}": draw(3, 3) for part in HADA},
        "no_such_layer": {name.replace(BLOCK, "up_blocks.7"): value for name, value in unet.items()},
        "all_zero": {name: value * ("lora_A" in name) for name, value in unet.items()},
        "with_a_full_matrix": {**unet, f"{KOHYA}2.diff": draw(3, 3)},
        "with_a_norm": {**unet, f"{KOHYA}2.w_norm": draw(3)},
        "half_a_loha": {f"{KOHYA}.{part}": draw(3, 3) for part in HADA[:3]},
        "half_a_lokr": {f"{KOHYA}.lokr_w1": draw(3, 3), f"{KOHYA}.lokr_w2_a": draw(3, 3)},
    }[name]


HADA = ("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_truly_and_leaves_nothing(bench, name):
    with pytest.raises(EngineError) as caught:
        bench.load(refused(bench, name))
    assert caught.value.message == REFUSED[name]
    assert bench.left_behind() == []


def test_a_load_that_fails_midway_leaves_nothing(bench, monkeypatch):
    monkeypatch.setattr("components.engines.sdxl.loras.adapters.attach", lambda *_: 1 / 0)
    with pytest.raises(EngineError) as caught:
        bench.load(bench.others["loha"][0])
    assert caught.value.message == messages.LORA_LAYOUT
    assert bench.left_behind() == []


def test_what_diffusers_leaves_without_values_is_no_lora(bench, monkeypatch):
    load = type(bench.pipe).load_lora_weights

    def half(self, tensors, **options):
        load(self, tensors, **options)
        self.unet.get_submodule(f"{BLOCK}.attn1.to_q").to("meta")

    monkeypatch.setattr(type(bench.pipe), "load_lora_weights", half)
    layer = bench.pipe.unet.get_submodule(f"{BLOCK}.attn1.to_q").base_layer
    kept = layer.weight.clone()
    with pytest.raises(EngineError) as caught:
        bench.load(bench.others["lokr"][0])
    assert caught.value.message == messages.LORA_LAYOUT
    layer.weight = torch().nn.Parameter(kept, requires_grad=False)
    assert bench.left_behind() == []
