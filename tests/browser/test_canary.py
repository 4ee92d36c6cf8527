"""S1, S8: marked keys and a marked photograph go through every flow and fault, and their marks are looked for wherever
anything is shown, sent or kept."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.app_process import AppProcess
from tests.browser.person import Person
from tests.browser.tee import Tee
from tests.hosted_api import KEY, HostedApi, recorded_models

OWN_KEY = "wsk-own-canary-5f1e9a77c0de"
REFUSED_KEY = "wsk-refused-canary-aa55aa55"
KEYS = (KEY, OWN_KEY, REFUSED_KEY)
ENTER = "Your WaveSpeed key"
CAMERA = b"CameraOfACanary"
"""What a photograph tells of its owner; it goes from the browser to the app and no further."""


def spellings(key: str) -> list[bytes]:
    """Every way in which a key could stand somewhere."""
    plain = [key, quote(key), key[::-1], key.encode().hex(), json.dumps(key)[1:-1]]
    encoded = [base64.b64encode(key.encode()[start:])[:-4].decode() for start in range(3)]
    return [text.encode() for text in (*plain, *encoded)] + [key.encode("utf-16-le"), key.encode("utf-16-be")]


FORBIDDEN = [spelling for key in KEYS for spelling in spellings(key)]


def assert_clean(where: str, content: bytes) -> None:
    found = [spelling for spelling in FORBIDDEN if spelling in content]
    assert not found, f"{where} holds a key"
    assert CAMERA not in content, f"{where} holds what a photograph tells of its owner"


@pytest.fixture
def canary_app(tmp_path) -> Iterator[tuple[AppProcess, HostedApi]]:
    api = HostedApi().start()
    api.keys = {KEY, OWN_KEY}
    api.models = recorded_models("models_aliases")  # they take pictures
    app = AppProcess.hosted(tmp_path / "app", api).start()
    yield app, api
    app.stop()
    api.stop()


def test_s1_no_key_is_anywhere_but_where_it_must_be(canary_app, context: BrowserContext):
    app, api = canary_app
    tee, said = Tee(app.port).start(), list[str]()
    person = Person(context.new_page(), tee.url)
    person.page.on("console", lambda message: said.append(message.text))
    person.open()
    use_the_host_s_key(person, api)
    use_an_own_key(person, api)
    use_a_photograph(person, api)
    faults(person, api)
    programs(app, api)
    assert_clean("the page", person.page.content().encode())
    kept = person.page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert_clean("the browser's storage", kept.encode())
    assert_clean("the cookies", json.dumps(context.cookies()).encode())
    assert_clean("the console", "\n".join(said).encode())
    context.close()
    tee.stop()
    assert b"with the host's key" in tee.answered, "the wire was not listened to"
    assert_clean("what the app answered", bytes(tee.answered))
    assert KEY.encode() not in tee.sent, "the host's key came to a browser"
    only_one_event_carries_a_key(bytes(tee.sent))
    schemas(app)
    app.stop()
    for path in [path for path in app.folder.rglob("*") if path.is_file()]:
        assert_clean(str(path), path.read_bytes())


def only_one_event_carries_a_key(sent: bytes) -> None:
    for key in (OWN_KEY, REFUSED_KEY):
        assert sent.count(key.encode()) == 1, "a key goes up once: when it is given"
        request = sent[: sent.index(key.encode())].rpartition(b"POST ")[2]
        assert request.startswith(b"/gradio_api/component_server")
        assert b'"fn_name":"use_key"' in sent[sent.index(key.encode()) - 300 :][:700]


def use_the_host_s_key(person: Person, api: HostedApi) -> None:
    person.generate("with the host's key")
    person.sees_pictures(1)
    picture = httpx.get(person.page.locator("[data-job] img").first.get_attribute("src") or "")
    assert_clean("the picture", picture.content + str(picture.headers).encode())
    assert api.requests


def use_an_own_key(person: Person, api: HostedApi) -> None:
    """One that is not accepted, then one that is; a picture with it, and a reload."""
    person.page.get_by_role("button", name="Use your own key").click()
    for key in (REFUSED_KEY, OWN_KEY):
        box = person.page.get_by_label(ENTER, exact=True)
        box.fill(key)
        person.page.get_by_role("button", name="Use this key").click()
        expect(box).to_have_value("")
        if key == REFUSED_KEY:
            expect(person.page.get_by_text(re.compile("not accepted")).first).to_be_visible()
    expect(person.page.get_by_text(re.compile(OWN_KEY[-4:])).first).to_be_visible()
    person.generate("with a key of my own")
    person.sees_pictures(2)
    assert any(headers.get("authorization") == f"Bearer {OWN_KEY}" for *_, headers in api.requests)
    person.page.reload()
    person.sees("completed", 2)


def use_a_photograph(person: Person, api: HostedApi) -> None:
    """One made wider, so that a mask goes along; then the page is without it again."""
    person.page.get_by_label("Picture to start from", exact=True).set_input_files([photograph()])  # pyright: ignore[reportArgumentType]
    person.page.get_by_text("Make it wider or taller").click()
    person.button("Make it wider").click()
    expect(person.button("Edit the part")).to_be_visible()
    person.generate("from a photograph")
    person.sees_pictures(3)
    assert len(api.uploads) == 2, "a picture and its mask"
    for name, content in api.uploads.items():
        assert_clean(f"the upload {name}", content)
    person.button("Remove this picture").click()


def photograph() -> dict[str, object]:
    exif = Image.Exif()
    exif[0x010F] = CAMERA.decode()
    file = io.BytesIO()
    Image.new("RGB", (1024, 1024), (90, 150, 220)).save(file, "JPEG", exif=exif, comment=CAMERA)
    assert file.getvalue().count(CAMERA) == 2
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def faults(person: Person, api: HostedApi) -> None:
    """What the service says back is the likeliest leak: it echoes the key in every way it can."""
    echo = f"bad key Bearer {OWN_KEY}, I said {OWN_KEY}"
    for status in (400, 402, 403, 422, 500, 401):  # the last makes the app forget the key
        body = json.dumps({"code": status, "message": echo, "data": {"error": echo}}).encode()
        api.next_submits.append(lambda status=status, body=body: (status, {"content-type": "application/json"}, body))
        before = person.tiles.count()
        person.generate(f"fault {status}")
        expect(person.tiles).to_have_count(before + 1)
        expect(person.in_state("failed").or_(person.in_state("unknown")).first).to_be_visible()
        person.page.wait_for_timeout(500)  # two presses within 400 ms are one
    person.page.reload()
    expect(person.tiles.first).to_be_visible()


def programs(app: AppProcess, api: HostedApi) -> None:
    client = Client(app.url, verbose=False)
    files, details = client.predict(prompt="a program's", width=256, height=256, api_name="/generate")
    assert_clean("the details", json.dumps(details).encode())
    assert_clean("the file", Path(files[0]["path"] if isinstance(files[0], dict) else files[0]).read_bytes())
    body = json.dumps({"code": 401, "message": f"key {KEY}"}).encode()
    api.next_submits.append(lambda: (401, {"content-type": "application/json"}, body))
    with pytest.raises(AppError) as caught:
        client.predict(prompt="refused", api_name="/generate")
    assert_clean("the error", str(caught.value).encode())


def schemas(app: AppProcess) -> None:
    for path in (
        "/",
        "/config",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/playground/host",
        "/playground/none",
    ):
        answer = httpx.get(app.url + path, follow_redirects=True)
        assert_clean(path, answer.content + str(answer.headers).encode())
