"""What a program may send as a picture, and what becomes of it."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from gradio.utils import get_upload_folder
from PIL import Image

from components import messages
from components.api.client import Endpoint
from components.domain.person import Person
from components.errors import InvalidRequest
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.programs.images import image_fields
from tests.support.core import host_config
from tests.support.scripted_api import ALICE, BASE, KEY, MODEL, picture_bytes

PROGRAM = Person(ALICE, is_program=True)
SIZE = {"width": 512, "height": 256}


@pytest.fixture
def playground(tmp_path):
    backend, store = Backend.demo(Endpoint(BASE, KEY)), Store(tmp_path)
    yield Playground(backend, store, host_config(backend))
    store.close()


def data_uri(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def white_right() -> bytes:
    """Return a mask of 400 x 400 whose right half is white."""
    mask, target = Image.new("L", (400, 400), 0), io.BytesIO()
    mask.paste(255, (200, 0, 400, 400))
    mask.save(target, "PNG")
    return target.getvalue()


async def refused(playground: Playground, **given: Any) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        await image_fields(playground, PROGRAM, SIZE | given)
    return caught.value


async def test_a_data_uri_and_an_upload_are_fitted_to_the_size(playground):
    photo = picture_bytes(size=(400, 400))
    upload = Path(get_upload_folder()) / "of-a-test" / "a.png"
    upload.parent.mkdir(parents=True, exist_ok=True)
    upload.write_bytes(photo)
    for value in (data_uri(photo), {"path": str(upload), "meta": {"_type": "gradio.FileData"}}):
        found = await image_fields(playground, PROGRAM, SIZE | {"image": value})
        assert found["image"].size == (512, 256)
    upload.unlink()


async def test_a_mask_is_cropped_as_its_picture_is(playground):
    given = {"image": data_uri(picture_bytes(size=(400, 400))), "mask_image": data_uri(white_right())}
    found = await image_fields(playground, PROGRAM, SIZE | given)
    mask = Image.open(io.BytesIO(playground.store.blocking.image_bytes(found["mask"].name)))
    assert mask.size == (512, 256)
    assert mask.getbbox() == (256, 0, 512, 256)
    assert set(mask.tobytes()) == {0, 255}


def png_file(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def beyond_the_crop() -> Image.Image:
    """Return a mask whose white part the crop of 512 x 256 cuts off."""
    mask = Image.new("L", (400, 400), 0)
    mask.paste(255, (0, 0, 400, 90))
    return mask


def with_hole() -> Image.Image:
    image = Image.new("RGBA", (400, 400), (200, 40, 40, 255))
    image.paste((0, 0, 0, 0), (100, 150, 200, 250))
    return image


@pytest.mark.parametrize(
    ("mask", "told"),
    [
        (Image.new("L", (400, 400), 0), messages.MASK_CHANGES_NOTHING),
        (beyond_the_crop(), messages.MASK_CHANGES_NOTHING),
        (with_hole(), messages.MASK_UNCLEAR),
    ],
    ids=["black", "cut off", "hole"],
)
async def test_a_mask_that_changes_nothing_or_may_mean_two_things_is_refused(playground, mask, told):
    image = data_uri(picture_bytes(size=(400, 400)))
    error = await refused(playground, image=image, mask_image=data_uri(png_file(mask)))
    assert (error.field, error.message) == ("mask_image", told)


async def test_without_pictures_nothing_is_decided(playground):
    assert await image_fields(playground, PROGRAM, SIZE) == {}


@pytest.mark.parametrize(
    "value",
    [
        "/etc/passwd",
        "https://example.org/a.png",
        "data:image/png;base64,!",
        "data:text/html;base64,AAAA",
        5,
        [],
        {},
        {"path": "/etc/passwd"},
        {"path": f"{get_upload_folder()}/../../etc/passwd"},
        {"path": get_upload_folder()},
    ],
    ids=str,
)
async def test_s06_paths_and_links_are_not_opened(playground, value):
    assert (await refused(playground, image=value)).message == messages.picture_must_be_sent("image")


async def test_s06_a_link_in_the_place_of_uploads_leads_nowhere(playground, tmp_path):
    link = Path(get_upload_folder()) / "link-of-a-test.png"
    link.parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "secret.png").write_bytes(picture_bytes())
    link.symlink_to(tmp_path / "secret.png")
    assert (await refused(playground, image={"path": str(link)})).message == messages.picture_must_be_sent("image")
    link.unlink()


async def test_what_says_nothing_without_a_picture_is_refused(playground):
    for given in ({"mask_image": data_uri(white_right())}, {"prompt_strength": 0.5}):
        assert (await refused(playground, **given)).message == messages.MASK_WITHOUT_IMAGE


async def test_a_size_that_cannot_be_made_is_refused_before_any_work(playground):
    image = data_uri(picture_bytes())
    assert (await refused(playground, image=image, width=10**6)).field == "width"
    assert (await refused(playground, image=image, height=257)).field == "height"
    assert (await refused(playground, image=image, height=256.5)).field == "height"


async def test_what_no_model_takes_is_refused_before_it_is_read(tmp_path):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    playground = Playground(backend, Store(tmp_path), host_config(backend))
    assert (await refused(playground, image="/etc/passwd")).message == messages.not_offered("image")
