"""The whole way: the official SDK, our server on a real socket, the tiny SDXL behind it."""

from __future__ import annotations

import pytest
import wavespeed

from components.engines.sdxl import sentences
from components.server.assembly import Limits
from tests.engines.sdxl.studio import same
from tests.server.harness import encoded, serving

MODEL = "stability-ai/sdxl-lora"
SMALL = {"prompt": "a cat", "size": "256*256", "num_inference_steps": 2, "seed": 7}


@pytest.fixture(scope="module")
def caller(studio, tmp_path_factory):
    with serving(
        studio.engine, tmp_path_factory.mktemp("served"), key="the-key", limits=Limits(patience=60)
    ) as caller:
        yield caller


@pytest.fixture(scope="module")
def sdk(caller):
    return wavespeed.Client(api_key="the-key", base_url=caller.base)


def painted(caller, sdk, **more):
    [url] = sdk.run(MODEL, SMALL | more, poll_interval=0.05)["outputs"]
    return caller.picture(url)


def test_text_to_image(studio, caller, sdk):
    ours = studio.paint(width=256, height=256, num_inference_steps=2)
    assert same(painted(caller, sdk), ours)


def test_with_a_lora_and_the_refiner(caller, sdk):
    lora = [{"path": "peft_text.safetensors", "scale": 1.0}]
    pictures = {
        painted(caller, sdk).tobytes(),
        painted(caller, sdk, loras=lora).tobytes(),
        painted(caller, sdk, loras=lora, refine="expert_ensemble_refiner").tobytes(),
        painted(caller, sdk, loras=lora, refine="base_image_refiner", refine_steps=1).tobytes(),
    }
    assert len(pictures) == 4


def test_inpainting_an_upload(caller, sdk, tmp_path):
    from tests.engines.sdxl.studio import half_mask, source  # noqa: PLC0415

    links = []
    for name, picture in (("source", source(256, 256)), ("mask", half_mask(256, 256))):
        (tmp_path / f"{name}.png").write_bytes(encoded(picture))
        links.append(sdk.upload(str(tmp_path / f"{name}.png")))
    result = painted(caller, sdk, image=links[0], mask_image=links[1])
    kept = (0, 0, 128, 256)
    assert same(result.crop(kept), source(256, 256).crop(kept))
    assert not same(result, source(256, 256))


def test_a_lora_that_cannot_be_used_is_refused_before_it_waits(caller, sdk):
    with pytest.raises(RuntimeError, match=r"made for Stable Diffusion 1\.5"):
        sdk.run(MODEL, SMALL | {"loras": [{"path": "sd15.safetensors", "scale": 1}]})
    body = SMALL | {"loras": [{"path": "sd15.safetensors", "scale": 1}]}
    refused = caller.refused(caller.http.post(f"/api/v3/{MODEL}", json=body))
    assert refused == (400, 1401, f"loras: {sentences.LORA_SD1.happened} {sentences.LORA_SD1.advice}")


def test_a_lora_of_no_numbers_fails_with_its_sentence(sdk):
    with pytest.raises(RuntimeError, match="no numbers"):
        sdk.run(MODEL, SMALL | {"loras": [{"path": "nan.safetensors", "scale": 1}]}, poll_interval=0.05)


def test_a_preview_is_seen_on_the_way_and_a_deletion_ends_it(caller):
    made = caller.submit(num_inference_steps=50, size="512*512")
    seen = caller.when(made["id"], lambda seen: "x-preview" in seen, seconds=60)
    assert seen["x-preview"].startswith("data:image/jpeg;base64,")
    assert 1 <= seen["x-progress"]["step"] < seen["x-progress"]["steps"] == 50
    caller.data(caller.http.post("/api/v3/predictions/delete", json={"ids": [made["id"]]}))
    after = caller.submit(num_inference_steps=1)
    assert caller.when(after["id"], lambda seen: seen["status"] == "completed", seconds=20)["outputs"]
