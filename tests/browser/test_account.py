"""A visitor's own key: taken at once, shown by its end, in one tab alone; the host's key never stands in for it."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.person import PATIENCE, Person
from tests.support.app_process import AppProcess
from tests.support.v3_service import KEY, HostedApi

OWN = "wsk-a-visitors-own-key-1a2b"
IN_USE = "with your key ...1a2b. $4.20 left."
HOST_PAYS = "Paid with this page's key."
AWAY = "Your key is no longer stored here"


@pytest.fixture(autouse=True)
def account(api: HostedApi) -> None:
    """Let the service know the visitor's key."""
    api.keys.add(OWN)
    api.balance = 4.2


@pytest.fixture
def person(regular: Person) -> Person:
    """Somebody without a key in use."""
    if (forget := regular.button("Forget my key")).is_visible():
        forget.click()
        expect(forget).to_be_hidden()
    return regular


@pytest.fixture
def payer(person: Person) -> Person:
    """Somebody whose own key is in use."""
    person.enter_key(OWN)
    person.sees_text(IN_USE)
    return person


def bearers(api: HostedApi, path: str) -> list[str]:
    """Return the key of every request whose path has this in it."""
    return [headers["authorization"].removeprefix("Bearer ") for _, at, headers in api.requests if path in at]


def submitted_with(api: HostedApi) -> list[str]:
    return bearers(api, "stability-ai/sdxl-lora")


def token_of(person: Person) -> str | None:
    return person.page.evaluate("sessionStorage.getItem('playground-key')")


@pytest.mark.full
def test_a_key_leaves_its_box_once_it_is_in_use_and_is_shown_by_its_end(person: Person) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if json.loads(route.request.post_data or "{}").get("fn_name") == "use_key":
            held.append(route)
        else:
            route.continue_()

    person.page.route(re.compile("component_server"), hold)
    person.enter_key(OWN)
    person.sees_text("Checking your key")
    expect(person.key_box).to_have_attribute("type", "password")
    person.sees_text(HOST_PAYS)
    assert len(held) == 1
    held[0].continue_()
    person.sees_text(IN_USE)
    expect(person.key_box).to_be_hidden()
    expect(person.key_box).to_have_value("")
    expect(person.page.get_by_text(HOST_PAYS)).to_have_count(0)


@pytest.mark.full
def test_what_it_pays_for_is_sent_and_followed_with_it_alone(payer: Person, api: HostedApi, app: AppProcess) -> None:
    api.requests.clear()
    api.balance = 4.19
    payer.generate("mine")
    payer.sees_pictures(1)
    payer.sees_text("$4.19 left.")
    assert submitted_with(api) == [OWN]
    assert set(bearers(api, "/api/v3/")) == {OWN}, "the host's account is asked nothing: no price, no balance, no task"
    assert set(bearers(api, "/predictions/")) == {OWN}
    assert_key_is_nowhere(payer, app)


def assert_key_is_nowhere(person: Person, app: AppProcess) -> None:
    texts = [person.page.content(), str(person.page.context.storage_state())]
    texts.append(person.page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, location.href])"))
    texts += [person.page.request.get(f"{app.url}{path}").text() for path in ("/config", "/gradio_api/info")]
    files = [path.read_bytes() for path in app.folder.rglob("*") if path.is_file()]
    assert not [text for text in texts if OWN in text]
    assert not [data for data in files if OWN.encode() in data]


@pytest.mark.full
def test_it_survives_a_reload_but_not_a_new_tab(payer: Person, api: HostedApi) -> None:
    payer.page.reload()
    payer.sees_text(IN_USE)
    payer.generate("after the reload")
    payer.sees_pictures(1)
    other = Person(payer.page.context.new_page(), payer.url).open()
    other.sees_text(HOST_PAYS)
    assert token_of(other) is None
    other.generate("in the new tab")
    other.sees_pictures(2)
    assert submitted_with(api) == [OWN, KEY]


@pytest.mark.full
def test_forgotten_on_request(payer: Person, api: HostedApi) -> None:
    token = token_of(payer)
    payer.button("Forget my key").click()
    payer.sees_text(HOST_PAYS)
    assert token_of(payer) is None
    payer.generate("the host's again")
    payer.sees_pictures(1)
    assert submitted_with(api) == [KEY]
    payer.page.evaluate("token => sessionStorage.setItem('playground-key', token)", token)
    payer.page.reload()
    payer.sees_text(AWAY)


@pytest.mark.full
@pytest.mark.parametrize(
    ("key", "sentence"),
    [("wsk-nobody-s-key-at-all", "This key was rejected."), ("two words", "That doesn't look like a key")],
)
def test_a_key_that_is_not_accepted_is_told_at_its_box(
    person: Person, api: HostedApi, key: str, sentence: str
) -> None:
    person.enter_key(key)
    person.sees_text(sentence)
    expect(person.key_box).to_have_accessible_description(re.compile(re.escape(sentence)))
    expect(person.key_box).to_have_value(key)
    assert token_of(person) is None
    assert key not in person.page.content()
    person.enter_key(OWN)
    person.sees_text(IN_USE)
    expect(person.page.get_by_text(sentence)).to_have_count(0)


def test_a_service_that_cannot_be_asked_keeps_no_key(person: Person, api: HostedApi) -> None:
    person.page.route(re.compile("component_server"), lambda route: route.abort())
    person.enter_key(OWN)
    person.sees_text("Couldn't check your key just now, so it isn't in use yet.")
    assert token_of(person) is None


def test_a_key_refused_later_leads_back_to_its_box_and_the_host_s_is_not_used(payer: Person, api: HostedApi) -> None:
    api.keys.remove(OWN)
    payer.generate("refused")
    payer.sees("failed", 1)
    expect(payer.tiles.first).to_contain_text("Nothing was charged.")
    expect(payer.key_box).to_be_focused()
    expect(payer.key_box).to_have_accessible_description(re.compile("This key was rejected."))
    payer.generate("still refused")
    payer.sees_text(AWAY)
    payer.has_tiles(1)
    assert KEY not in submitted_with(api)
    payer.page.reload()
    expect(payer.key_box).to_be_visible(timeout=PATIENCE)
    payer.sees_text(AWAY)


@pytest.mark.full
def test_an_empty_account_is_told_at_the_box_and_the_key_stays(payer: Person, api: HostedApi) -> None:
    empty = (402, {"content-type": "application/json"}, b'{"code": 402, "message": "insufficient credits"}')
    api.next_submits.append(lambda: empty)
    payer.generate("no money")
    payer.sees("failed", 1)
    expect(payer.key_box).to_have_accessible_description(re.compile("has no credit left"))
    payer.sees_text(IN_USE)


@pytest.mark.full
def test_by_keyboard_alone_and_enter_in_the_box_never_generates(person: Person, api: HostedApi) -> None:
    person.prompt.fill("must not be sent")
    keyboard = person.page.keyboard
    person.button("Use your own key").focus()
    keyboard.press("Enter")
    expect(person.key_box).to_be_focused()
    keyboard.press("Escape")
    expect(person.button("Use your own key")).to_be_focused()
    keyboard.press("Space")
    keyboard.type("wsk-wrong")
    keyboard.press("Control+Enter")
    person.sees_text("This key was rejected.")
    expect(person.key_box).to_be_focused()
    keyboard.press("ControlOrMeta+a")
    keyboard.type(OWN)
    keyboard.press("Enter")
    person.sees_text(IN_USE)
    keyboard.press("Tab")
    expect(person.button("Forget my key")).to_be_focused()
    keyboard.press("Enter")
    person.sees_text(HOST_PAYS)
    expect(person.button("Use your own key")).to_be_focused()
    person.has_tiles(0)
    person.generate("the only one")
    person.sees("completed", 1)
    assert [post["prompt"] for post in api.posts] == ["the only one"]


@pytest.mark.full
def test_after_a_restart_the_key_is_asked_for_and_its_paused_picture_followed_again(
    payer: Person, app: AppProcess, api: HostedApi
) -> None:
    person = payer
    api.is_stalled = True
    person.generate("paused")
    person.sees("processing", 1)
    app.kill()
    api.requests.clear()
    app.start()
    person.sees_text("We need your key to check on this picture.")
    person.sees_text(AWAY)
    expect(person.key_box).to_be_visible()
    person.generate("not with the host's")
    expect(person.key_box).to_be_focused()
    person.has_tiles(1)
    assert bearers(api, "/predictions/") == []
    api.finish_all()
    person.enter_key(OWN)
    person.sees_pictures(1)
    person.sees_text(IN_USE)
    assert set(bearers(api, "/predictions/")) == {OWN}
    assert len(api.posts) == 1


@pytest.mark.full
@pytest.mark.app("own key only")
def test_where_everybody_brings_a_key_whoever_has_none_practices(person: Person, api: HostedApi) -> None:
    expect(person.page.locator("#account")).to_contain_text("Practice mode: free drawings, no AI.")
    person.can_generate()
    person.generate("a castle without a key")
    person.sees_pictures(1)
    assert submitted_with(api) == []
    person.button("Make it real").click()
    expect(person.key_box).to_be_focused()
    get_one = person.page.get_by_role("link", name="Get a key at WaveSpeed")
    expect(get_one).to_have_attribute("href", "https://wavespeed.ai/accesskey")
    person.sees_text("A picture costs about one cent.")
    person.enter_key(OWN)
    person.sees_text(IN_USE)
    expect(person.page.get_by_text("Practice mode")).to_have_count(0)
    person.generate("your own WaveSpeed key")
    person.sees_pictures(2)
    assert submitted_with(api) == [OWN]
    assert KEY not in bearers(api, "/api/v3/")


@pytest.mark.full
@pytest.mark.app("demo")
def test_on_the_demo_a_key_brings_the_real_thing(person: Person, api: HostedApi) -> None:
    person.sees_text("no AI")
    person.enter_key(OWN)
    person.sees_text(IN_USE)
    person.generate("real")
    person.sees_pictures(1)
    assert submitted_with(api) == [OWN]
    person.button("Forget my key").click()
    person.sees_text("no AI")
    person.generate("a castle")
    person.sees_pictures(2)
    assert submitted_with(api) == [OWN]


@pytest.mark.full
def test_on_a_phone_the_panel_fits_and_its_targets_are_large(on_a_phone: Person) -> None:
    person = on_a_phone
    person.button("Use your own key").tap()
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert person.key_box.evaluate("box => parseFloat(getComputedStyle(box).fontSize)") >= 16
    for target in (person.button("Use your own key"), person.key_box, person.button("Use this key")):
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44
