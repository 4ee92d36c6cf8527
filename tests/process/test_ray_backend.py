"""The page, and our server alone, before a real Ray of this machine: a picture from its order to its file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from PIL import Image

from components.engines.demo import DemoPainter
from components.engines.protocol import EngineRequest
from tests.support.app_process import FreshAppProcess
from tests.support.paths import ROOT
from tests.support.ray_cluster import HAS_RAY, ray_cluster

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not HAS_RAY, reason="ray is not installed"),
    pytest.mark.timeout(600),
]

MODEL = "/api/v3/stability-ai/sdxl-lora"
PROMPT, SEED = "a red fox in the snow", 3
RAY = {
    "RAY_AUTH_MODE": "disabled",
    "RAY_ENGINE": "demo",
    "RAY_PAINTERS": "1",
    "RAY_raylet_start_wait_time_s": "120",
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FreshAppProcess]:
    with ray_cluster(gpus=1) as address:
        app = FreshAppProcess(tmp_path, **RAY, RAY_ADDRESS=address, PLAYGROUND_BACKEND="ray", PYTHONPATH=str(ROOT))
        try:
            yield app.start()
        finally:
            app.stop()


def expected() -> bytes:
    request = EngineRequest(PROMPT, SEED, width=512, height=512)
    return DemoPainter().generate(request, lambda *_, **__: None).image.tobytes()


def test_a_program_gets_its_picture_from_a_cluster(app: FreshAppProcess) -> None:
    client = Client(app.url, verbose=False)
    try:
        files, _ = client.predict(prompt=PROMPT, seed=SEED, width=512, height=512, api_name="/generate")
    finally:
        client.close()
    with Image.open(files[0]) as picture:
        assert picture.tobytes() == expected(), app.log.read_text()


@pytest.fixture
def local_server(tmp_path: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "components.server", "--engine", "ray", "--ray-local", "--port", "0"]
    env = os.environ | RAY | {"RAY_PAINTER_GPUS": "0"}
    command += ["--data", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix("serving at ").strip()
        finally:
            process.terminate()
            process.wait(60)


def test_a_ray_of_this_machine_alone_is_started_where_it_is_asked_for(local_server: str, tmp_path: Path) -> None:
    body = {"prompt": PROMPT, "seed": SEED, "size": "512*512"}
    with httpx.Client(base_url=local_server, timeout=60) as http:
        task = http.post(MODEL, json=body).raise_for_status().json()["data"]
        while task["status"] not in ("completed", "failed"):
            task = http.get(f"/api/v3/predictions/{task['id']}/result").raise_for_status().json()["data"]
        assert task["status"] == "completed", task
        (tmp_path / "picture.png").write_bytes(http.get(task["outputs"][0]).raise_for_status().content)
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.tobytes() == expected()
