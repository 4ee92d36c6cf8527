"""The recipe in an uploaded image file, in the containers that other programs use."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.api.client import Endpoint
from components.images.metadata import read_text
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.routes.files import routes
from components.ui.routes.source_images import VISITOR
from tests.support.core import host_config
from tests.support.recipe_samples import CASES, COMFY, FOOOCUS
from tests.support.scripted_api import ALICE, BASE, KEY


def png(**texts: str) -> bytes:
    info, file = PngInfo(), io.BytesIO()
    for name, text in texts.items():
        info.add_text(name, text)
    Image.new("RGB", (64, 64)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def exif(kind: str, comment: bytes, camera: str = "") -> bytes:
    found, file = Image.Exif(), io.BytesIO()
    found.get_ifd(0x8769)[0x9286] = comment
    if camera:
        found[0x0110] = camera
    Image.new("RGB", (64, 64)).save(file, kind, exif=found)
    return file.getvalue()


A_FOX = CASES["a1111"][0]
GIVEN = {
    "a1111 png": png(parameters=A_FOX),
    "fooocus png": png(parameters=json.dumps(FOOOCUS), fooocus_scheme="fooocus"),
    "comfyui png": png(prompt=json.dumps(COMFY), workflow="{}"),
    "comfyui webp": exif("WEBP", b"", f"prompt:{json.dumps(COMFY)}"),
    "a1111 jpeg": exif("JPEG", b"UNICODE\0" + A_FOX.encode("utf-16-be")),
    "little-endian webp": exif("WEBP", b"UNICODE\0" + A_FOX.encode("utf-16-le")),
    "ascii jpeg": exif("JPEG", b"ASCII\0\0\0" + A_FOX.encode()),
    "fooocus jpeg": exif("JPEG", json.dumps(FOOOCUS).encode()),
}


@pytest.fixture
def web(tmp_path):
    backend, store = Backend.demo(Endpoint(BASE, KEY)), Store(tmp_path)
    yield TestClient(Starlette(routes=routes(Playground(backend, store, host_config(backend)))))
    store.close()


@pytest.mark.parametrize("name", GIVEN)
def test_a_given_file_s_settings_are_told_beside_it(web, name):
    taken = web.post("/playground/sources", headers={VISITOR: ALICE}, content=GIVEN[name]).json()
    assert taken["width"] == 64
    assert taken["recipe"]["settings"]["prompt"] == "a fox"
    assert "Sampler" in taken["recipe"]["left_out"][-1]["params"]["names"]


def test_a_file_without_settings_has_none(web):
    taken = web.post("/playground/sources", headers={VISITOR: ALICE}, content=png(Comment="a fox")).json()
    assert "recipe" not in taken
    assert read_text(b"GIF89a") == ""


def test_a_file_whose_settings_cannot_be_read_says_so(web):
    file = png(prompt=json.dumps({"1": {"class_type": "Mystery", "inputs": {}}}))
    taken = web.post("/playground/sources", headers={VISITOR: ALICE}, content=file).json()
    assert taken["recipe"]["settings"] == {}
    assert [note["code"] for note in taken["recipe"]["left_out"]] == ["recipe_unreadable"]
