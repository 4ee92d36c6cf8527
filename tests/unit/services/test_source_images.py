"""Pictures to start from, kept for whom they belong to."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components import messages
from components.api.client import Endpoint
from components.domain.person import Person
from components.errors import InvalidRequest
from components.images.fit import FitMode
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.message_json import message_json
from components.ui.panels.source_image import SourceImagePanel
from components.ui.routes.files import routes
from components.ui.routes.source_images import VISITOR
from tests.support.core import host_config
from tests.support.scripted_api import ALICE, BASE, BOB, KEY, picture_bytes

PHOTO = picture_bytes(size=(400, 300))


def mask_file(size: tuple[int, int], box: tuple[int, int, int, int] = (0, 0, 9, 9)) -> bytes:
    """Return a black mask with a white box."""
    mask, target = Image.new("L", size, 0), io.BytesIO()
    mask.paste(255, box)
    mask.save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def playground(tmp_path):
    backend, store = Backend.demo(Endpoint(BASE, KEY)), Store(tmp_path)
    yield Playground(backend, store, host_config(backend))
    store.close()


@pytest.fixture
def web(playground):
    return TestClient(Starlette(routes=routes(playground)))


def post(web: TestClient, tail: str = "", visitor: str | None = ALICE, **given):
    headers = {VISITOR: visitor} if visitor else {}
    return web.post(f"/playground/sources{tail}", headers=headers, **given)


def test_a_picture_is_taken_fitted_and_shown(web):
    taken = post(web, content=PHOTO).json()
    assert (taken["width"], taken["height"]) == (400, 300)
    assert taken["match"] == {"width": 1184, "height": 888}
    order = {"name": taken["name"], "width": 512, "height": 512, "way": "pad"}
    fitted = post(web, "/fit", json=order).json()
    assert (fitted["width"], fitted["height"]) == (512, 512)
    assert fitted["placement"] == {"x": 0, "y": 64, "width": 512, "height": 384}
    assert web.get(f"/{fitted['src']}").headers["content-type"] == "image/png"
    assert post(web, "/fit", json=order).json() == fitted, "the same again costs nothing"


def test_s04_another_visitor_s_picture_is_not_here(web):
    taken = post(web, content=PHOTO).json()
    order = {"name": taken["name"], "width": 512, "height": 512, "way": "crop"}
    for tail, given in (("/fit", {"json": order}), (f"/mask/{taken['name']}", {"content": PHOTO})):
        answer = post(web, tail, BOB, **given)
        assert answer.status_code == 404
        assert answer.json()["refused"] == message_json(messages.SOURCE_GONE, is_free=True)
    assert post(web, "/result", BOB, json={"job": "c-1", "index": 0}).status_code == 404


@pytest.mark.parametrize("visitor", [None, "", "x" * 40, "../etc/passwd"])
def test_s04_nobody_has_no_pictures(web, visitor):
    assert post(web, visitor=visitor, content=PHOTO).status_code == 403


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ({"way": "stretch"}, messages.NO_SUCH_FIT),
        ({"way": ["crop"]}, messages.NO_SUCH_FIT),
        ({"width": 4096, "way": "crop"}, messages.outside("width", 256, 1536, 4096)),
        ({"width": 513, "way": "crop"}, messages.not_on_grid("width")),
        ({"width": "512", "way": "crop"}, messages.NOT_A_NUMBER),
        ({"name": "/etc/passwd", "way": "crop"}, messages.SOURCE_GONE),
        ({"name": {"path": "/etc/passwd"}, "way": "crop"}, messages.SOURCE_GONE),
    ],
)
def test_s06_what_is_asked_is_checked_here_again(web, order, told):
    taken = post(web, content=PHOTO).json()
    answer = post(web, "/fit", json={"name": taken["name"], "width": 512, "height": 512} | order)
    assert answer.json()["refused"] == message_json(told, is_free=True)


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"[" * 3000, b'{"name": 5}'])
def test_s06_what_is_no_order_is_refused(web, body):
    assert post(web, "/fit", content=body).status_code == 422


@pytest.mark.parametrize("name", ["x.png", "../playground.sqlite3", "0" * 32 + ".png", "0" * 32 + ".jpg"])
def test_s06_what_is_not_here_is_not_served(web, name):
    for place in ("sources", "pictures"):
        assert web.get(f"/playground/{place}/{name}").status_code == 404


@pytest.mark.parametrize(
    ("mask", "told"),
    [
        (mask_file((400, 300), (0, 0, 0, 0)), messages.MASK_CHANGES_NOTHING),
        (mask_file((300, 400)), messages.MASK_NOT_FITTED),
        (b"<svg/>", messages.NOT_A_SOURCE),
    ],
)
def test_a_mask_of_the_page_that_cannot_be_used_is_refused(web, mask, told):
    taken = post(web, content=PHOTO).json()
    answer = post(web, f"/mask/{taken['name']}", content=mask)
    assert answer.status_code == 422
    assert answer.json()["refused"] == message_json(told, is_free=True)


def test_a_mask_file_follows_its_photo_and_says_whether_it_is_clear(web):
    taken = post(web, content=picture_bytes(size=(1600, 800))).json()
    to = f"/mask-file/{taken['name']}?width=1024&height=1024&way=crop"
    mask = post(web, to, content=mask_file((1600, 800), (1000, 0, 1100, 800))).json()
    assert (mask["width"], mask["height"], mask["is_certain"]) == (1024, 1024, True)
    assert Image.open(io.BytesIO(web.get(f"/{mask['src']}").content)).getbbox() == (768, 0, 896, 1024)
    hole, target = Image.new("RGBA", (1600, 800), (9, 9, 9, 255)), io.BytesIO()
    hole.paste((0, 0, 0, 0), (1000, 0, 1100, 800))
    hole.save(target, "PNG")
    assert post(web, to, content=target.getvalue()).json()["is_certain"] is False
    cut_off = post(web, to, content=mask_file((1600, 800), (0, 0, 200, 800)))
    assert cut_off.json()["refused"] == message_json(messages.MASK_CHANGES_NOTHING, is_free=True)


@pytest.mark.parametrize(
    "query", ["", "?width=1024", "?width=x&height=1024&way=crop", "?width=9999999&height=1&way=pad"]
)
def test_s06_a_mask_file_goes_to_a_size_that_can_be_made_alone(web, query):
    taken = post(web, content=PHOTO).json()
    assert post(web, f"/mask-file/{taken['name']}{query}", content=mask_file((400, 300))).status_code == 422
    allowed = "?width=512&height=512&way=crop"
    assert post(web, f"/mask-file/{taken['name']}{allowed}", BOB, content=mask_file((400, 300))).status_code == 404


async def test_a_press_may_name_its_own_pictures_alone(playground):
    alice, bob = Person(ALICE), Person(BOB)
    panel = SourceImagePanel.__new__(SourceImagePanel)
    panel._sources = playground.source_images
    master = await playground.source_images.add(alice, PHOTO)
    image = (await playground.source_images.fit(alice, master.name, 512, 512, FitMode.CROP)).image
    mask = await playground.source_images.add_mask(alice, image.name, mask_file((512, 512)))
    ticket = {"picture": {"image": image.name, "mask": mask.name, "feather": 4, "strength": 0.5}}
    choice = await panel.read(ticket, alice)
    assert (choice.image, choice.mask, choice.feather, choice.prompt_strength) == (image, mask, 4, 0.5)
    assert (await panel.read({"picture": None}, alice)).fields == {}
    for given, who in ((ticket, bob), ({"picture": {"image": "/etc/passwd"}}, alice), ({"picture": {"x": 1}}, alice)):
        with pytest.raises(InvalidRequest) as caught:
            await panel.read(given, who)
        assert caught.value.message == messages.SOURCE_GONE
    with pytest.raises(InvalidRequest):
        await panel.read({"picture": {**ticket["picture"], "strength": "x"}}, alice)
