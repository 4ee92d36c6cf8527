"""The whole way: the official SDK, our server on a real socket, the tiny SDXL behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest
import wavespeed

from components.engines.sdxl import messages
from components.server.assembly import ServerLimits
from tests.sdxl.reference import same
from tests.support import full_run
from tests.support.paths import ROOT
from tests.support.v3_server import encoded, serving

MODEL = "stability-ai/sdxl-lora"
SMALL = {"prompt": "a cat", "size": "256*256", "num_inference_steps": 2, "seed": 7}


@pytest.fixture(scope="module")
def caller(studio, tmp_path_factory):
    studio.paint(num_inference_steps=1)  # loads the model, which the server's thread and a test must not do at once
    with serving(
        studio.engine, tmp_path_factory.mktemp("served"), key="the-key", limits=ServerLimits(sync_timeout=60)
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


@pytest.mark.full
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
    from tests.sdxl.reference import half_mask, source  # noqa: PLC0415

    links = []
    for name, picture in (("source", source(256, 256)), ("mask", half_mask(256, 256))):
        (tmp_path / f"{name}.png").write_bytes(encoded(picture))
        links.append(sdk.upload(str(tmp_path / f"{name}.png")))
    result = painted(caller, sdk, image=links[0], mask_image=links[1])
    kept = (0, 0, 128, 256)
    assert same(result.crop(kept), source(256, 256).crop(kept))
    assert not same(result, source(256, 256))


def test_a_lora_that_cannot_be_used_is_refused_before_it_waits(caller, sdk):
    with pytest.raises(RuntimeError, match=r"for Stable Diffusion 1\.5"):
        sdk.run(MODEL, SMALL | {"loras": [{"path": "sd15.safetensors", "scale": 1}]})
    body = SMALL | {"loras": [{"path": "sd15.safetensors", "scale": 1}]}
    response = caller.http.post(f"/api/v3/{MODEL}", json=body)
    assert caller.refused(response) == (400, 1401, f"loras: {messages.LORA_SD1}")
    assert response.json()["x-message"] == {"code": "engine_lora_sd1", "params": {}}


def test_a_lora_of_no_numbers_fails_with_its_sentence(sdk):
    with pytest.raises(RuntimeError, match="broken values"):
        sdk.run(MODEL, SMALL | {"loras": [{"path": "nan.safetensors", "scale": 1}]}, poll_interval=0.05)


def test_a_preview_is_seen_on_the_way_and_a_deletion_ends_it(caller):
    made = caller.submit(num_inference_steps=50, size="512*512")
    seen = caller.when(made["id"], lambda seen: "x-preview" in seen, seconds=60)
    assert seen["x-preview"].startswith("data:image/jpeg;base64,")
    assert 1 <= seen["x-progress"]["step"] < seen["x-progress"]["steps"] == 50
    caller.data(caller.http.post("/api/v3/predictions/delete", json={"ids": [made["id"]]}))
    after = caller.submit(num_inference_steps=1)
    assert caller.when(after["id"], lambda seen: seen["status"] == "completed", seconds=20)["outputs"]


CALLED = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
"""Starts a program that hears SIGINT, which those in the background do not."""


def is_painted(seen) -> bool:
    """Return whether its one step is done: decoding so large a picture takes seconds, and looks at nothing."""
    assert seen["status"] in ("created", "processing"), seen
    return "x-preview" in seen


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to a process there")
@pytest.mark.parametrize(("number", "code"), full_run.cases([(signal.SIGTERM, 143), (signal.SIGINT, 130)], 1))
def test_a_server_deep_in_a_step_ends_in_good_order(studio, tmp_path, number, code):
    line = [sys.executable, "-m", "components.server", "--engine", "sdxl", "--port", "0", "--data", str(tmp_path)]
    chosen = {"SDXL_MODEL": str(studio.tiny.base), "SDXL_REFINER": str(studio.tiny.refiner), "SDXL_DEVICE": "cpu"}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", CALLED, *line], cwd=ROOT, env=os.environ | chosen, **pipes) as server:
        assert server.stdout
        assert server.stderr
        base = server.stdout.readline().split()[-1]
        with httpx.Client(base_url=base, timeout=60) as http:
            body = SMALL | {"size": "1024*1024", "num_inference_steps": 1}
            task = http.post(f"/api/v3/{MODEL}", json=body).json()["data"]["id"]
            while not is_painted(http.get(f"/api/v3/predictions/{task}/result").json()["data"]):
                time.sleep(0.05)
        server.send_signal(number)
        try:
            assert server.wait(20) == code
            assert "terminate called" not in server.stderr.read()
        finally:
            server.kill()
