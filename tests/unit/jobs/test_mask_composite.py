"""From a masked request to the picture that is kept."""

from __future__ import annotations

import io

import httpx
import pytest
from PIL import Image

from components import messages
from components.domain.job import JobState
from components.domain.request import GenerationRequest
from tests.support.core import problem_of, running
from tests.support.scripted_api import ALICE, picture_bytes

SIZE = (256, 256)
IMAGE = picture_bytes(size=SIZE)


def mask() -> Image.Image:
    white = Image.new("L", SIZE, 0)
    white.paste(255, (40, 50, 120, 90))
    return white


def png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


PAINTED = png(Image.new("RGB", SIZE, (200, 30, 30)))


@pytest.fixture
async def rig(tmp_path, api, clock):
    api.files["https://files.test/task1.png"] = lambda request: httpx.Response(200, content=PAINTED)
    async with running(tmp_path, api.client(), clock) as rig:
        yield rig


def request_for(rig, feather: int = 0) -> GenerationRequest:
    image = rig.store.add_source(ALICE, IMAGE, SIZE, 1.0)
    white = rig.store.add_source(ALICE, png(mask()), SIZE, 1.0)
    return GenerationRequest("a cat", width=256, height=256, image=image, mask=white, feather=feather)


def opened(rig, name: str) -> Image.Image:
    return Image.open(io.BytesIO(rig.store.image_bytes(name))).convert("RGB")


async def test_what_is_kept_has_the_original_outside_the_mask(rig):
    job = await rig.picture(request=request_for(rig))
    (picture,) = job.images
    kept, original = opened(rig, picture.name), Image.open(io.BytesIO(IMAGE))
    for place, value in enumerate(mask().tobytes()):
        where = (place % 256, place // 256)
        assert kept.getpixel(where) == ((200, 30, 30) if value else original.getpixel(where))
    assert job.problem is None
    assert picture.format == "PNG"


async def test_what_was_received_stays_beside_it_byte_for_byte(rig):
    job = await rig.picture(request=request_for(rig, feather=8))
    assert rig.store.image_bytes(job.images[0].received) == PAINTED


async def test_a_job_comes_back_from_disk_with_all_of_its_pictures(rig):
    job = await rig.picture(request=request_for(rig, feather=8))
    assert rig.on_disk(job.id) == job
    assert rig.on_disk(job.id).request.feather == 8


async def test_where_the_original_is_gone_the_picture_is_kept_as_it_came_and_that_is_said(rig, api):
    ask = request_for(rig)
    api.next_polls = [lambda request: _forget(rig, ask, api, request)]
    job = await rig.picture(request=ask)
    assert job.state is JobState.COMPLETED
    assert problem_of(job) == messages.NOT_PUT_BACK
    assert rig.store.image_bytes(job.images[0].name) == PAINTED


def _forget(rig, ask: GenerationRequest, api, request: httpx.Request) -> httpx.Response:
    assert ask.image
    (rig.store._images._images / ask.image.name).unlink()
    return api._poll(request, "task1")


async def test_a_picture_to_start_from_without_a_mask_is_kept_as_it_came(rig):
    image = rig.store.add_source(ALICE, IMAGE, SIZE, 1.0)
    job = await rig.picture(request=GenerationRequest("a cat", width=256, height=256, image=image))
    assert job.images[0].received == ""
    assert rig.store.image_bytes(job.images[0].name) == PAINTED
