"""S1, S8: marked keys and a marked photograph go through every flow and fault, and their marks are looked for wherever
anything is shown, sent or kept."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from components import messages
from components.domain.person import visitor_id_of
from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.full_run import is_full
from tests.support.recording_proxy import RecordingProxy
from tests.support.v3_service import KEY, HostedApi, recorded_models

OWN_KEY = "wsk-own-canary-5f1e9a77c0de"
REFUSED_KEY = "wsk-refused-canary-aa55aa55"
TYPED_KEY = "wsk-typed-canary-77e0b1c9"
"""Stands in its box and is never used."""
KEYS = (KEY, OWN_KEY, REFUSED_KEY, TYPED_KEY)
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
    proxy, said = RecordingProxy(app.port).start(), list[str]()
    person = Person(context.new_page(), proxy.url)
    person.page.on("console", lambda message: said.append(message.text))
    person.open()
    use_the_host_s_key(person, api)
    type_a_key_without_using_it(person)
    use_an_own_key(person, api)
    use_a_photograph(person, api)
    take_away(context, person)
    faults(person, api)
    programs(app, api)
    assert_clean("the page", person.page.content().encode())
    assert_clean("the browser's storage", kept_by(person).encode())
    assert_clean("the cookies", json.dumps(context.cookies()).encode())
    assert_clean("the console", "\n".join(said).encode())
    context.close()
    proxy.stop()
    assert b"with the host's key" in proxy.answered, "the wire was not listened to"
    assert_clean("what the app answered", bytes(proxy.answered))
    assert KEY.encode() not in proxy.sent, "the host's key came to a browser"
    assert TYPED_KEY.encode() not in proxy.sent, "a key was sent before it was given"
    only_one_event_carries_a_key(bytes(proxy.sent))
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
    shown = person.page.locator("[data-job] img").first.get_attribute("src") or ""
    picture = httpx.get(shown.removesuffix("?thumb"))
    assert_clean("the picture", picture.content + str(picture.headers).encode())
    assert api.requests


def use_an_own_key(person: Person, api: HostedApi) -> None:
    """One that is rejected, then one that is; a picture with it, and a reload."""
    person.page.get_by_role("button", name="Use your own key").click()
    for key in (REFUSED_KEY, OWN_KEY):
        box = person.page.get_by_label(ENTER, exact=True)
        box.fill(key)
        person.page.get_by_role("button", name="Use this key").click()
        if key == REFUSED_KEY:
            expect(person.page.get_by_text(re.compile("rejected")).first).to_be_visible()
    expect(box).to_have_value("")
    expect(person.page.get_by_text(re.compile(OWN_KEY[-4:])).first).to_be_visible()
    person.generate("with a key of my own")
    person.sees_pictures(2)
    assert any(headers.get("authorization") == f"Bearer {OWN_KEY}" for *_, headers in api.requests)
    person.page.reload()
    person.sees("completed", 2)


def use_a_photograph(person: Person, api: HostedApi) -> None:
    """One made wider, so that a mask goes along; then the page is without it again."""
    person.page.get_by_label("Starting picture", exact=True).set_input_files([photograph()])  # pyright: ignore[reportArgumentType]
    person.edit("Extend")
    person.button("Make it wider").click()
    person.sees_text("The picture is now")
    person.generate("from a photograph")
    person.sees_pictures(3)
    assert len(api.uploads) == 2, "a picture and its mask"
    for name, content in api.uploads.items():
        assert_clean(f"the upload {name}", content)


def take_away(context: BrowserContext, person: Person) -> None:
    """All that goes from here to others, while the tab has a key and a photograph: files, recipe, link, code."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    assert "data:image" not in kept_by(person), "the photograph stays out of the draft"
    names = names_of(person)
    for name, content in exports(person).items():
        assert_clean(name, content)
        assert not [one for one in names if one.encode() in content], f"{name} names who made it"
    person.button("Don't use this picture").click()


def names_of(person: Person) -> list[str]:
    """What stands for this person here: the browser's id, its board, the token of the tab's key."""
    visitor = person.page.evaluate("() => localStorage.getItem('playground-visitor')")
    token = person.page.evaluate("() => sessionStorage.getItem('playground-key')")
    assert visitor and token
    return [visitor, visitor_id_of(visitor), token]


def exports(person: Person) -> dict[str, bytes]:
    found = {f"the code, {tab}": code.encode() for tab, code in code_of(person).items()}
    person.button("Copy settings link").click()
    person.sees_text(messages.LINK_COPIED.happened)
    found["the link"] = clipboard(person)
    assert b"%22prompt%22" in found["the link"]
    assert b"image" not in found["the link"]
    assert b"sources" not in found["the link"]
    for prompt in ("with a key of my own", "from a photograph"):
        found |= exports_of_picture(person, prompt)
    return found | exports_as_one_file(person)


def exports_as_one_file(person: Person) -> dict[str, bytes]:
    """What the history packs: the pictures with their recipes, and the sheet that shows them."""
    person.button("History").click()
    dialog = person.page.get_by_role("dialog", name="History")
    dialog.get_by_role("checkbox", name="Select: from a photograph").check()
    dialog.get_by_role("button", name="Select all shown").click()
    with person.page.expect_download() as saved:
        dialog.get_by_role("button", name="Download as zip").click()
    with zipfile.ZipFile(saved.value.path()) as pack:
        found = {f"{name} of the pack": pack.read(name) for name in pack.namelist()}
    found["the pack"] = saved.value.path().read_bytes()
    assert len(found) == 5, "three pictures, their sheet and the whole"
    assert any(b"from a photograph" in content for content in found.values())
    person.page.keyboard.press("Escape")
    return found


def code_of(person: Person) -> dict[str, str]:
    person.button("Show code").click()
    dialog = person.page.get_by_role("dialog", name="Code for these settings")
    dialog.get_by_role("tab").first.wait_for()
    found: dict[str, str] = {}
    for tab in dialog.get_by_role("tab").all():
        tab.click()
        found[tab.inner_text()] = dialog.get_by_role("tabpanel").inner_text()
    assert len(found) == 5
    assert all("MASK" in text for text in found.values()), "the photograph is there"
    assert sum("WAVESPEED_API_KEY" in text for text in found.values()) == 3
    person.page.keyboard.press("Escape")
    return found


def exports_of_picture(person: Person, prompt: str) -> dict[str, bytes]:
    """The recipe, and the files in every way in which a picture can be kept."""
    dialog = person.open_picture(prompt)
    dialog.get_by_role("button", name="Copy settings as text").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    found = {f"the recipe of {prompt}": clipboard(person)}
    assert prompt.encode() in found[f"the recipe of {prompt}"]
    for link in dialog.locator("a[download]").all():
        answer = httpx.get(str(link.evaluate("link => link.href"))).raise_for_status()
        found[f"{prompt}: {link.inner_text()}"] = answer.content + str(answer.headers).encode()
    files = [content for name, content in found.items() if name.startswith(prompt)]
    assert len(files) >= 3
    assert [prompt.encode() in content for content in files].count(True) == 1, "one way carries the recipe"
    person.page.keyboard.press("Escape")
    return found


def clipboard(person: Person) -> bytes:
    return person.page.evaluate("() => navigator.clipboard.readText()").encode()


def type_a_key_without_using_it(person: Person) -> None:
    """A draft is written as the page changes; what stands in the box for a key is no part of it."""
    person.button("Use your own key").click()
    person.key_box.press_sequentially(TYPED_KEY)
    person.prompt.fill("of the draft")
    person.draft_holds("of the draft")
    kept = kept_by(person)
    assert "of the draft" in kept
    assert_clean("the draft", kept.encode())
    person.key_box.fill("")
    person.button("Use your own key").click()


def kept_by(person: Person) -> str:
    return person.page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")


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
    for status in (*((400, 402, 403, 422) if is_full() else ()), 500, 401):  # the last makes the app forget the key
        body = json.dumps({"code": status, "message": echo, "data": {"error": echo}}).encode()
        api.next_submits.append(lambda status=status, body=body: (status, {"content-type": "application/json"}, body))
        before = person.tiles.count()
        person.generate(f"fault {status}")
        expect(person.tiles).to_have_count(before + 1)
        expect(person.in_state("failed").or_(person.in_state("unknown")).first).to_be_visible()
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
