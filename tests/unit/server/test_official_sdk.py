"""The official SDK is the referee: it is pointed at our server, and must notice nothing."""

from __future__ import annotations

from io import BytesIO

import pytest
import wavespeed

from components.server.assembly import ServerLimits
from tests.support.tiny_engines import GatedEngine, TinyEngine
from tests.support.v3_server import opened, png, serving

MODEL = "stability-ai/sdxl-lora"
SMALL = {"prompt": "a cat", "size": "256*256"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    engine = TinyEngine()
    with serving(engine, tmp_path_factory.mktemp("sdk"), key="the-key") as caller:
        yield caller, engine


@pytest.fixture(scope="module")
def sdk(guarded):
    return wavespeed.Client(api_key="the-key", base_url=guarded[0].base)


def test_run(guarded, sdk):
    [url] = sdk.run(MODEL, SMALL, poll_interval=0.01)["outputs"]
    assert guarded[0].picture(url).size == (256, 256)


def test_run_in_sync_mode(guarded, sdk):
    [url] = sdk.run(MODEL, SMALL, enable_sync_mode=True)["outputs"]
    assert guarded[0].picture(url).size == (256, 256)


def test_get_result(guarded, sdk):
    made = guarded[0].submit()
    guarded[0].end(made["id"])
    result = sdk.get_result(made["id"])
    assert (result["code"], result["data"]["status"]) == (200, "completed")


def test_upload_and_use(guarded, sdk, tmp_path):
    path = tmp_path / "cat.jpg"
    path.write_bytes(png(14, 9))
    url = sdk.upload(str(path))
    sdk.run(MODEL, SMALL | {"image": url}, poll_interval=0.01)
    assert guarded[1].requests[-1].image.size == (14, 9)
    stream = BytesIO(png(5, 4))
    assert opened(guarded[0].http.get(sdk.upload(stream)).content).size == (5, 4)


def test_upload_of_something_else(sdk):
    with pytest.raises(RuntimeError, match="HTTP 400"):
        sdk.upload(BytesIO(b"no picture"))


def test_wrong_key(guarded):
    client = wavespeed.Client(api_key="wrong", base_url=guarded[0].base)
    with pytest.raises(RuntimeError, match="HTTP 401"):
        client.run(MODEL, SMALL)
    with pytest.raises(RuntimeError, match="HTTP 401"):
        client.get_result("0" * 32)


def test_bad_parameter(sdk):
    with pytest.raises(RuntimeError, match="num_inference_steps must be from 1 to 50"):
        sdk.run(MODEL, SMALL | {"num_inference_steps": 51})


@pytest.mark.parametrize("sync", [True, False])
def test_failed_task(sdk, sync):
    with pytest.raises(RuntimeError, match="no paint left"):
        sdk.run(MODEL, SMALL | {"prompt": "refuse"}, enable_sync_mode=sync, poll_interval=0.01)


def test_unknown_model_and_task(sdk):
    with pytest.raises(RuntimeError, match="HTTP 404"):
        sdk.run("stability-ai/other", SMALL)
    with pytest.raises(RuntimeError, match="HTTP 404"):
        sdk.get_result("0" * 32)


def test_run_no_throw_learns_of_a_sync_timeout(tmp_path):
    engine = GatedEngine()
    with serving(engine, tmp_path, limits=ServerLimits(sync_timeout=0.05)) as caller:
        client = wavespeed.Client(api_key="any", base_url=caller.base)
        result = client.run_no_throw(MODEL, SMALL, enable_sync_mode=True)
        assert result["status"] == "processing"
        engine.gate.set()
        assert caller.end(result["task_id"])["status"] == "completed"
