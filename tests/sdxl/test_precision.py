"""Precision: the setting, the VAE for half precision, and one that gives no numbers in it."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model.device import Device, chosen_device
from components.engines.sdxl.model.files import small_part
from components.engines.sdxl.model.libraries import library, torch
from components.engines.sdxl.model.loader import FIXED_VAE, FIXED_VAE_FILES, Loader
from components.engines.sdxl.settings import BASE, Source
from tests.sdxl.reference import engine_request, same, settings, silent
from tests.sdxl.tiny_sdxl import configure


@pytest.mark.parametrize(
    ("precision", "kind"), [("auto", "float32"), ("fp16", "float16"), ("bf16", "bfloat16"), ("fp32", "float32")]
)
def test_the_setting_chooses_the_precision(precision, kind):
    assert chosen_device("cpu", precision) == Device("cpu", getattr(torch(), kind))


def test_device_precision_and_memory_are_in_the_log_at_the_start(studio, caplog):
    chosen = settings(studio.tiny, studio.cache, SDXL_PRECISION="bf16")
    with caplog.at_level(logging.WARNING):
        engine = SdxlEngine(chosen, configure)
        engine.prepare(lambda _: None)
    [line] = [record.getMessage() for record in caplog.records if "computes on" in record.message]
    assert re.fullmatch(r"SDXL computes on cpu, bfloat16, free: [\d.]+ of [\d.]+ GiB", line)
    assert engine.generate(engine_request(), silent).image.size == (64, 64)


@pytest.mark.parametrize("there", [True, False])
def test_stability_s_model_decodes_in_half_precision_where_the_vae_for_it_can_be_had(
    studio, tmp_path, monkeypatch, caplog, there
):
    """Tried on a stand-in: the processor plays the card, the tiny model's VAE the one for half precision."""

    def fetched(name: str, **options: Any) -> str:
        assert name == FIXED_VAE
        if not there:
            raise ConnectionError("no network")
        vae = library("diffusers").AutoencoderKL.from_pretrained(studio.tiny.base / "vae")
        vae.register_to_config(force_upcast=False)
        vae.save_pretrained(tmp_path)
        return str(tmp_path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", fetched)
    monkeypatch.setattr("components.engines.sdxl.model.loader.on_this_machine", lambda *_: studio.tiny.base)
    pipe = Loader(Device("cpu", torch().float16), configure).base(Source(hub=BASE), lambda _: None)
    assert pipe.vae.config.force_upcast is not there
    assert pipe.vae.dtype == torch().float16
    assert (FIXED_VAE in caplog.text) is not there


def test_what_was_downloaded_before_is_not_looked_for_again(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda _, name: str(tmp_path / name))
    monkeypatch.setattr("huggingface_hub.snapshot_download", None)
    assert small_part(FIXED_VAE, FIXED_VAE_FILES) == tmp_path


def test_a_vae_of_no_numbers_in_half_precision_decodes_in_single_from_then_on(studio, monkeypatch):
    monkeypatch.setattr("components.engines.sdxl.engine.chosen_device", lambda *_: Device("cpu", torch().float16))
    engine = SdxlEngine(settings(studio.tiny, studio.cache), configure)
    exact = engine.generate(engine_request(), silent).image
    assert engine._loaded is not None
    decoder, vae = engine._loaded._decoder, engine._loaded.base.vae
    decode, kinds = type(vae)._decode, []

    def overflows(self, values, *args, **options):
        kinds.append(values.dtype)
        result = decode(self, values, *args, **options)
        if values.dtype == torch().float16:
            (result.sample if hasattr(result, "sample") else result[0]).fill_(float("nan"))
        return result

    monkeypatch.setattr(type(vae), "_decode", overflows)
    decoder._is_exact = False
    assert same(engine.generate(engine_request(), silent).image, exact)
    assert same(engine.generate(engine_request(), silent).image, exact)
    assert kinds == [torch().float16, torch().float32, torch().float32]
    assert vae.dtype == torch().float16
