"""F8, S6 and S8 on the page: faults of the upload of a visitor's image, before anything is paid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from random import Random

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect

from tests.faults.fast_app_process import FastApp
from tests.faults.faults import answers, bends, drips, fails, is_cut, is_silent, resets, says, shows_a_page
from tests.faults.page_visitor import Visitor
from tests.faults.phrases import NOTHING_CHARGED
from tests.faults.service import Endpoint, Fault, Service
from tests.support.full_run import cases
from tests.support.v3_service import recorded_models
from tests.support.waiting import wait_until

UPLOAD = Endpoint.UPLOAD
FAILS_ONCE: dict[str, Fault] = {
    "upload: reset": resets(handled=False),
    "upload: answer lost": resets(handled=True),
    "upload: no answer": is_silent(handled=True),
    "upload: a drip": drips(),
    "upload: half an answer": is_cut(),
    "upload: 500": says(500, "internal error", status=500),
    "upload: 502 page": shows_a_page(502),
    "upload: page instead of JSON": shows_a_page(),
    "upload: 429": fails(429, "slow down", retry_after="1"),
    "upload: no data": says(200, "ok", None),
    "upload: no link": bends(lambda data: {**data, "download_url": ""}),
    "upload: inner address": bends(lambda data: {**data, "download_url": "http://10.0.0.7/x.png"}),
    "upload: a file's address": bends(lambda data: {**data, "download_url": "file:///etc/passwd"}),
    "upload: a number": bends(lambda data: {**data, "download_url": 7}),
}
SECRET = "CameraOfAGuest"


def picture(name: str) -> FilePayload:
    """Return an image that differs by name, so that each is uploaded, with a camera in its EXIF data."""
    exif = Image.Exif()
    exif[0x010F] = SECRET
    file = BytesIO()
    patches = Image.frombytes("RGB", (4, 4), Random(name).randbytes(4 * 4 * 3))
    patches.resize((256, 256), Image.Resampling.NEAREST).save(file, "JPEG", exif=exif)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@pytest.fixture(scope="module")
def app(shared_service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastApp]:
    """An app in front of a service whose models accept source images."""
    usual, shared_service.models = shared_service.models, recorded_models("models_aliases")
    app = FastApp(tmp_path_factory.mktemp("uploads"), shared_service).start()
    yield app
    app.kill()
    shared_service.models = usual


@pytest.fixture
def image_visitor(visitor: Visitor) -> Iterator[Visitor]:
    """A visitor with a source image, which is removed from the page afterwards."""
    yield visitor
    visitor.button("Don't use this picture").click()
    visitor.set_small_pictures()


def choose_image(visitor: Visitor, file: FilePayload) -> None:
    if visitor.button("Don't use this picture").is_visible():
        visitor.button("Don't use this picture").click()
    visitor.page.get_by_label("Starting picture").set_input_files(file)
    visitor.page.get_by_role("img", name="Your starting picture").wait_for()


@pytest.mark.parametrize("case", cases(FAILS_ONCE, 2))
def test_f08_an_upload_that_fails_once_is_made_again(case: str, image_visitor: Visitor, service: Service) -> None:
    choose_image(image_visitor, picture(case))
    service.next[UPLOAD] = [FAILS_ONCE[case]]
    image_visitor.submit(case).shows()
    assert service.count(UPLOAD) == 2
    (post,) = service.posts_of(case)
    body = json.loads(post.body)
    sent = service.uploaded(body["image"])
    assert SECRET.encode() not in sent, "S8: metadata left the machine"
    assert "{}*{}".format(*Image.open(BytesIO(sent)).size) == body["size"]
    image_visitor.sees_nothing_raw()


@pytest.mark.full
@pytest.mark.parametrize(
    "fault",
    cases(
        [fails(413, "too large"), answers(413, b"<html>413</html>"), says(500, "no", status=500), shows_a_page(502)], 1
    ),
    ids=["413", "413 page", "500", "502 page"],
)
def test_f08_without_its_picture_nothing_is_asked_for(
    fault: Fault, image_visitor: Visitor, service: Service, request: pytest.FixtureRequest
) -> None:
    prompt = f"never up: {request.node.callspec.id}"
    choose_image(image_visitor, picture(prompt))
    service.standing[UPLOAD] = fault
    image_visitor.submit(prompt).ends("failed").says(NOTHING_CHARGED, "picture")
    assert service.posts_of(prompt) == []
    image_visitor.sees_nothing_raw()
    service.standing.clear()
    again = f"{prompt}, again"
    image_visitor.submit(again).shows()
    assert len(service.posts_of(again)) == 1


@pytest.mark.full
def test_f08_the_same_picture_goes_up_once_for_many_presses(image_visitor: Visitor, service: Service) -> None:
    choose_image(image_visitor, picture("many presses"))
    prompts = [f"press {number}" for number in range(3)]
    for prompt in prompts:
        image_visitor.press_for(prompt)
    for prompt in prompts:
        image_visitor.tile(prompt).shows()
    assert service.count(UPLOAD) == 1


@pytest.mark.parametrize("kind", cases(["a bomb of pixels", "a page", "a picture cut short"], 1))
def test_s08_what_is_no_picture_never_leaves_the_machine(kind: str, visitor: Visitor, service: Service) -> None:
    whole = picture("whole")["buffer"]
    content = {"a page": b"<html>", "a picture cut short": whole[:300], "a bomb of pixels": bomb()}[kind]
    box = visitor.page.get_by_label("Starting picture")
    box.set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": content})
    region = visitor.page.get_by_role("region", name="Edit a picture")
    expect(region).to_contain_text("picture file is damaged" if kind == "a picture cut short" else "picture")
    wait_until(lambda: "Choose" in region.inner_text() or "smaller" in region.inner_text())
    visitor.submit(f"without {kind}").shows()
    assert service.count(UPLOAD) == 0


def bomb() -> bytes:
    """Return a small PNG whose header declares 30,000 by 30,000 pixels."""
    file = BytesIO()
    Image.new("1", (64, 64)).save(file, "PNG")
    content = bytearray(file.getvalue())
    content[16:24] = (30_000).to_bytes(4, "big") * 2
    return bytes(content)
