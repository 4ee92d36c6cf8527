"""While a server of our own paints, the tile shows what there is of the picture, and what it does before that."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def jpeg(colour: str) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (128, 128), colour).save(buffer, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


@pytest.mark.full
def test_a_preview_grows_in_the_waiting_tile_and_makes_way_for_the_picture(person: Person, api: HostedApi) -> None:
    api.is_stalled = True
    api.extras = {"x-stage": "Downloading the model, 34 %", "x-progress": {"step": 0, "steps": 28}}
    person.generate("growing")
    tile, preview = person.tiles.first, person.tiles.first.locator("img.preview")
    expect(tile).to_contain_text("Downloading the model, 34 %")
    expect(preview).to_be_hidden()
    for step, colour in enumerate(("red", "blue"), 1):
        api.extras = {"x-preview": jpeg(colour), "x-progress": {"step": step, "steps": 28}}
        expect(preview).to_have_attribute("src", jpeg(colour))
        expect(preview).to_be_visible()
        expect(tile).to_contain_text(f"step {step} of 28")
        expect(tile).not_to_contain_text("Downloading")
    assert preview.evaluate("image => image.naturalWidth") == 128
    person.page.reload()
    expect(person.tiles.first.locator("img.preview")).to_have_attribute("src", jpeg("blue"))
    api.finish_all()
    person.sees_pictures(1)
    expect(person.tiles.first.locator("img.preview")).to_have_count(0)


@pytest.mark.full
def test_the_first_in_line_is_told_what_it_waits_for(person: Person, api: HostedApi) -> None:
    api.is_stalled, api.queued = True, 3600
    api.extras = {"x-stage": "Loading the model", "x-position": 0}
    person.generate("first in line")
    expect(person.tiles.first).to_contain_text("Loading the model")


@pytest.mark.full
def test_what_is_no_small_jpeg_is_not_shown(person: Person, api: HostedApi) -> None:
    api.is_stalled = True
    api.extras = {"x-preview": f"{api.base_url}/spy.jpg", "x-progress": {"step": 3, "steps": 28}}
    person.generate("spied on")
    expect(person.tiles.first).to_contain_text("step 3 of 28")
    expect(person.tiles.first.locator("img.preview")).to_be_hidden()
    assert not [path for _, path, _ in api.requests if "spy" in path]


@pytest.mark.full
def test_no_preview_is_ever_written_down(person: Person, api: HostedApi, app: AppProcess) -> None:
    api.is_stalled = True
    api.extras = {"x-preview": jpeg("green"), "x-stage": "Unwritten stage"}
    person.generate("not kept")
    expect(person.tiles.first.locator("img.preview")).to_have_attribute("src", jpeg("green"))
    kept = [path for path in Path(app.folder, "data").rglob("*") if path.is_file()]
    assert any(b"not kept" in path.read_bytes() for path in kept)
    for path in kept:
        assert jpeg("green")[-60:].encode() not in path.read_bytes()
        assert b"Unwritten stage" not in path.read_bytes()
