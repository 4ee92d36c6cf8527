"""A tiny random SDXL, made once; without the engine's libraries nothing here but one line saying so."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from components.engines.sdxl.model.libraries import missing
from tests.browser.person import PATIENCE
from tests.browser.tab import LAPTOP, Tab
from tests.support.chromium import chromium

HERE = Path(__file__).parent
NEED_NOTHING = "test_requirements.py"

if missing():
    collect_ignore = [path.name for path in HERE.glob("test_*.py") if path.name != NEED_NOTHING]


def pytest_collection_modifyitems(items):
    """The libraries warn of each other's future; our own warnings stay errors."""
    for item in items:
        if item.path.is_relative_to(HERE):
            for module in ("diffusers", "transformers", "peft", "torch", "accelerate", "huggingface_hub"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore:::{module}"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """The folders of base and refiner."""
    from tests.sdxl.tiny_sdxl import build  # noqa: PLC0415 - it imports torch

    return build(tmp_path_factory.mktemp("sdxl"))


@pytest.fixture(scope="session")
def lora_files(tiny, tmp_path_factory):
    """A folder of LoRAs in every format."""
    from tests.sdxl.lora_files import make_all  # noqa: PLC0415

    return make_all(tmp_path_factory.mktemp("loras"), tiny)


@pytest.fixture(scope="session")
def studio(tiny, lora_files, tmp_path_factory):
    """The engine around the tiny model, as its settings make it; loaded once."""
    from tests.sdxl.reference import Studio  # noqa: PLC0415

    return Studio.of(tiny, lora_files, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="package")
def app(studio, tmp_path_factory):
    """The app with the tiny model, for all files of a worker: the engine's start takes 10 s of processor."""
    from tests.sdxl.sdxl_app import app_of  # noqa: PLC0415

    app = app_of(studio, tmp_path_factory.mktemp("app")).start()
    yield app
    app.kill()


@pytest.fixture(scope="package")
def browser():
    expect.set_options(timeout=PATIENCE)
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def tab(browser):
    with browser.new_context(**LAPTOP) as context:
        yield Tab(context)
