"""Pictures that come in: inside a submit, by form, by ticket."""

from __future__ import annotations

import struct
import zlib

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from components.server.errors import Refused
from components.server.tasks import images
from components.server.tasks.uploads import PICTURE_LIMIT
from tests.support.full_run import examples
from tests.support.tiny_engines import TinyEngine
from tests.support.v3_server import MODEL, data_uri, encoded, png, serving

BINARY = "/api/v3/media/upload/binary"
TICKETS = "/api/v3/media/uploads"


def sideways():
    """Stored 8*6, to be shown turned: 6*8."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(Image.new("RGB", (8, 6), "red"), "JPEG", exif=exif)


def bomb(width=30_000, height=30_000):
    """A PNG of a few bytes that claims to be huge."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_image_and_mask_as_data_uris(caller, engine):
    mask = encoded(Image.new("L", (8, 6), 255))
    caller.submit(image=data_uri(png()), mask_image=data_uri(mask), enable_sync_mode=True)
    request = engine.requests[-1]
    assert (request.image.mode, request.image.size, request.image.getpixel((0, 0))) == ("RGB", (8, 6), (255, 0, 0))
    assert (request.mask.mode, request.mask.size, request.mask.getpixel((0, 0))) == ("L", (8, 6), 255)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_the_content_counts_not_the_name(caller, engine, form):
    data = encoded(Image.new("RGB", (9, 7)), form)
    caller.submit(image=data_uri(data, "image/svg+xml"), enable_sync_mode=True)
    assert engine.requests[-1].image.size == (9, 7)


def test_pictures_are_turned_upright(caller, engine):
    caller.submit(image=data_uri(sideways()), enable_sync_mode=True)
    assert engine.requests[-1].image.size == (6, 8)


def test_mask_and_image_are_compared_upright(caller):
    assert caller.submit(image=data_uri(sideways()), mask_image=data_uri(png(6, 8)))["id"]
    status, code, message = caller.refuse(image=data_uri(sideways()), mask_image=data_uri(png(8, 6)))
    assert (status, code) == (400, 1401)
    assert message == "mask_image must be as large as the upright image, 6 × 8 pixels."


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/cat.png",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "/etc/passwd",
        "http://[",
        "",
        "http://127.0.0.1/uploads/../server.sqlite3",
        "http://127.0.0.1/uploads/" + "0" * 32 + ".png",
    ],
)
def test_no_other_url_is_fetched(caller, url):
    status, code, message = caller.refuse(image=url)
    assert (status, code) == (400, 1402)
    assert message.startswith("image must be")


@pytest.mark.parametrize(
    "uri",
    [
        "data:image/png,abc",
        "data:image/png;base64,@@@@",
        "data:image/png;base64,",
        data_uri(b"<svg></svg>"),
        data_uri(png()[:40]),
        data_uri(encoded(Image.new("RGB", (9, 7)), "GIF")),
        data_uri(bomb()),
        data_uri(bomb(8000, 8000)),
    ],
)
def test_broken_data_uris_are_refused(caller, uri):
    status, code, message = caller.refuse(image=uri)
    assert (status, code) == (400, 1401)
    assert message.startswith("image must be")


def test_a_large_data_uri_is_413(caller):
    assert caller.refuse(image=data_uri(bytes(PICTURE_LIMIT + 3)))[:2] == (413, 413)


def test_a_mask_without_an_image_is_refused(caller):
    assert caller.refuse(mask_image=data_uri(png()))[:2] == (400, 1400)


def test_binary_upload_and_use(caller, engine):
    data = png(12, 10)
    made = caller.data(caller.http.post(BINARY, files={"file": ("../../x.exe", data, "text/html")}))
    assert (made["type"], made["size"]) == ("image", len(data))
    assert made["download_url"].startswith(f"{caller.base}/uploads/")
    assert made["download_url"].endswith(".png")
    back = caller.http.get(made["download_url"])
    assert (back.content, back.headers["content-type"]) == (data, "image/png")
    assert back.headers["x-content-type-options"] == "nosniff"
    caller.submit(image=made["download_url"], enable_sync_mode=True)
    assert engine.requests[-1].image.size == (12, 10)


def test_an_upload_keeps_its_name_when_the_server_moves(caller):
    url = caller.data(caller.http.post(BINARY, files={"file": png()}))["download_url"]
    assert caller.submit(image=url.replace(caller.base, "http://localhost:1"))["id"]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_six_kinds_may_be_uploaded(caller, form):
    made = caller.data(caller.http.post(BINARY, files={"file": encoded(Image.new("RGB", (5, 5)), form)}))
    assert caller.http.get(made["download_url"]).headers["content-type"] == f"image/{form.lower()}"


def test_what_is_no_picture_is_not_kept(caller):
    for files in ({"file": b"<svg/>"}, {"file": b""}):
        assert caller.refused(caller.http.post(BINARY, files=files))[:2] == (400, 1401)
    assert caller.refused(caller.http.post(BINARY, files={"other": png()}))[1] == 1400
    assert caller.refused(caller.http.post(BINARY, data={"file": "text"}))[1] == 400
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert caller.refused(caller.http.post(BINARY, content=b"junk", headers=headers))[0] == 400
    headers = {"Content-Type": "multipart/form-data"}
    assert caller.refused(caller.http.post(BINARY, content=b"junk", headers=headers))[0] == 400


def test_uploads_over_20_mb_are_413_however_they_are_sent(caller):
    large = bytes(PICTURE_LIMIT + 1)
    assert caller.refused(caller.http.post(BINARY, files={"file": large}))[:2] == (413, 413)
    pieces = (bytes(1024 * 1024) for _ in range(22))
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    response = caller.http.post(BINARY, content=pieces, headers=headers)  # chunked: it names no length
    assert caller.refused(response)[:2] == (413, 413)


def ticket(caller, data, **other):
    asked = {"filename": "cat.png", "size": len(data), "content_type": "image/png"} | other
    return caller.data(caller.http.post(TICKETS, json=asked))


def test_ticket_and_put(caller):
    data = png()
    made = ticket(caller, data)
    assert made["upload"]["method"] == "PUT"
    assert caller.refused(caller.http.get(made["download_url"]))[0] == 404
    with httpx.Client() as bare:  # no key: the ticket is one
        put = bare.put(made["upload"]["url"], content=data, headers=made["upload"]["headers"])
        assert put.status_code == 200
        assert bare.get(made["download_url"]).content == data
        assert bare.put(made["upload"]["url"], content=data).status_code == 404
    assert caller.submit(image=made["download_url"])["id"]


def test_a_ticket_takes_only_what_was_announced(caller):
    data = png()
    url = ticket(caller, data)["upload"]["url"]
    assert caller.refused(caller.http.put(url, content=data + b"x"))[:2] == (400, 400)
    assert caller.refused(caller.http.put(url, content=b"x" * len(data)))[:2] == (400, 1401)
    assert caller.refused(caller.http.put(url, content=bytes(PICTURE_LIMIT + 1)))[:2] == (413, 413)
    assert caller.http.put(url, content=data).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"filename": "a.png"}, 400),
        ({"filename": "a.png", "size": 0}, 400),
        ({"filename": "a.png", "size": True}, 400),
        ({"filename": "a.png", "size": PICTURE_LIMIT + 1}, 413),
        ({"filename": "a.png", "size": 5, "content_type": "a\r\nb"}, 400),
        ({"filename": "a.png", "size": 5, "content_type": 5}, 400),
    ],
)
def test_bad_tickets(caller, asked, status):
    assert caller.refused(caller.http.post(TICKETS, json=asked))[0] == status


def test_a_name_never_leaves_the_folder(caller):
    made = ticket(caller, png(), filename="../../../etc/passwd\x00.PNG")
    assert made["download_url"].rpartition("/")[2].endswith(".png")
    assert caller.http.get("/uploads/..%2f..%2fserver.sqlite3").status_code == 404


def test_a_tasks_own_pictures_are_not_public_and_go_with_it(tmp_path):
    with serving(TinyEngine(), tmp_path) as caller:
        done = caller.submit(image=data_uri(png()), enable_sync_mode=True)
        [kept] = (tmp_path / "uploads").iterdir()
        assert caller.http.get(f"/uploads/{kept.name}").status_code == 404
        assert caller.refuse(image=f"{caller.base}/uploads/{kept.name}")[1] == 1402
        caller.http.delete(f"/api/v3/predictions/{done['id']}")
        assert not kept.exists()


def test_a_refused_submit_keeps_nothing(tmp_path):
    with serving(TinyEngine(), tmp_path) as caller:
        caller.refuse(image=data_uri(png()), mask_image=data_uri(png(9, 9)))
        assert list((tmp_path / "uploads").iterdir()) == []


def test_json_over_30_mb_is_413(caller):
    body = b'{"prompt": "' + b"x" * (30 * 1024 * 1024) + b'"}'
    assert caller.refused(caller.http.post(MODEL, content=body))[:2] == (413, 413)


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_damaged_pictures_are_refused_not_crashed_on(data):
    form = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP"]))
    good = bytearray(encoded(Image.new("RGB", (9, 7), "blue"), form))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(8, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(9, len(good)))
    try:
        assert images.decode("image", bytes(good[:cut]), "RGB").mode == "RGB"
    except Refused as error:
        assert error.message.startswith("image must be")
