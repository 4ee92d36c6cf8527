"""The app before our own server as its API: a price of 0 is a price, and the page says that it is free."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from gradio_client import Client
from huggingface_hub import InferenceClient
from huggingface_hub.hf_api import InferenceProviderMapping
from huggingface_hub.inference._providers import PROVIDERS, _common
from playwright.sync_api import expect

from tests.support.app_process import ROOT, AppProcess
from tests.support.chromium import chromium

KEY = "own-server-key"


@contextlib.contextmanager
def own_server(folder: Path) -> Generator[str]:
    line = [sys.executable, "-m", "components.server", "--engine", "demo", "--port", "0", "--pace", "0"]
    with subprocess.Popen(
        [*line, "--key", KEY, "--data", str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix("serving at ").strip()
        finally:
            process.kill()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    folder = tmp_path_factory.mktemp("own")
    with own_server(folder / "server") as base:
        app = AppProcess(folder / "app", WAVESPEED_API_KEY=KEY, WAVESPEED_BASE_URL=base)
        app.start()
        yield app
        app.kill()


def test_a_picture_costs_nothing_and_is_said_to_be_free(app: AppProcess) -> None:
    client = Client(app.url, verbose=False)
    files, details = client.predict(prompt="a cat", width=256, height=256, api_name="/generate")
    client.close()
    assert files
    assert details
    with chromium() as browser:
        page = browser.new_page()
        page.goto(app.url)
        expect(page.locator("#generate")).to_have_text("Generate · Free", timeout=30_000)


def test_sigterm_ends_the_app_in_order(app: AppProcess) -> None:
    app.terminate()
    log = app.log.read_text()
    assert "closing server" in log
    assert "Traceback" not in log


def test_hugging_face_s_client_makes_a_picture_with_our_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = "stability-ai/sdxl-lora"
    known = InferenceProviderMapping(
        provider="wavespeed", hf_model_id=model, providerId=model, status="live", task="text-to-image"
    )
    # Its own way to name a model that huggingface.co, which is not asked here, does not list.
    monkeypatch.setitem(_common.HARDCODED_MODEL_INFERENCE_MAPPING["wavespeed"], model, known)
    with own_server(tmp_path) as base:
        monkeypatch.setattr(PROVIDERS["wavespeed"]["text-to-image"], "base_url", base)
        client = InferenceClient(provider="wavespeed", api_key=KEY)
        picture = client.text_to_image("a cat", model=model, seed=7, extra_body={"size": "256*320"})
    assert picture.size == (256, 320)
