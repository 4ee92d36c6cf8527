"""On a Space: who must sign in is told so, and whoever signs in may take along what this browser made before."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator

import pytest
from itsdangerous import TimestampSigner
from playwright.sync_api import Browser, BrowserContext, expect

from tests.app_process import AppProcess
from tests.browser.person import PATIENCE, Person
from tests.hosted_api import HostedApi

OWN = "wsk-a-visitors-own-key-1a2b"
SECRET = "the-space-s-own-secret"
SPACE = {
    "SPACE_ID": "host/space",
    "SYSTEM": "spaces",  # Gradio's word for it
    "OAUTH_CLIENT_ID": "an-id",
    "OAUTH_CLIENT_SECRET": SECRET,
    "OAUTH_SCOPES": "openid profile",
    "OPENID_PROVIDER_URL": "http://127.0.0.1:9",
}
SIGN_IN = "This page is paid for by its host, who asks people to sign in."


@pytest.fixture(scope="module")
def space(api: HostedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    app = AppProcess.hosted(tmp_path_factory.mktemp("space"), api, **SPACE).start()
    yield app
    app.stop()


@pytest.fixture
def newcomer(context: BrowserContext, space: AppProcess, api: HostedApi) -> Iterator[Person]:
    """Somebody on the Space who has not signed in, with a picture paid by a key of their own."""
    api.keys.add(OWN)
    person = Person(context.new_page(), space.url).open()
    person.enter_key(OWN)
    person.sees_text("1a2b pays.")
    person.generate("before signing in")
    person.sees_pictures(1)
    person.button("Forget my key").click()
    person.sees_text(SIGN_IN)
    yield person
    assert person.errors == []


def sign_in(person: Person, user: str) -> None:
    """Come back from Hugging Face: with a cookie that the app signed, as Gradio does it."""
    info = {"expires_at": time.time() + 3600, "access_token": "x", "userinfo": {"preferred_username": user}}
    signer = TimestampSigner(hashlib.sha256(f"{SECRET}-v4".encode()).hexdigest())
    value = signer.sign(base64.b64encode(json.dumps({"oauth_info": info}).encode())).decode()
    person.page.context.add_cookies([{"name": "session", "value": value, "url": person.url}])
    person.page.reload()
    person.sees_text(f"Signed in as {user}.")


def test_whoever_must_sign_in_is_told_and_may_bring_a_key_instead(
    context: BrowserContext, space: AppProcess, api: HostedApi
) -> None:
    person = Person(context.new_page(), space.url).open()
    expect(person.page.locator("#account").get_by_text(SIGN_IN)).to_be_in_viewport(timeout=PATIENCE)
    expect(person.page.get_by_role("button", name="Sign in with Hugging Face")).to_be_in_viewport()
    expect(person.key_box).to_be_hidden()
    person.generate("for nothing")
    expect(person.results.get_by_text(SIGN_IN)).to_be_visible(timeout=PATIENCE)
    expect(person.tiles).to_have_count(0)
    assert api.posts == []
    sign_in(person, "alice")
    expect(person.page.get_by_text(SIGN_IN)).to_have_count(0)
    person.generate("signed in")
    person.sees_pictures(1)


def test_pictures_from_before_are_taken_along_when_wished(newcomer: Person, browser: Browser) -> None:
    sign_in(newcomer, "bob")
    expect(newcomer.tiles).to_have_count(0)
    newcomer.sees_text("1 picture was made in this browser before you signed in.")
    newcomer.button("Take them along").click()
    newcomer.sees_pictures(1)
    expect(newcomer.button("Take them along")).to_be_hidden()
    with browser.new_context() as elsewhere:
        same = Person(elsewhere.new_page(), newcomer.url).open()
        sign_in(same, "bob")
        same.sees_pictures(1)
        expect(same.tiles.first).to_contain_text("before signing in")


def test_pictures_that_are_left_are_not_asked_about_again(newcomer: Person) -> None:
    sign_in(newcomer, "carol")
    newcomer.button("Leave them here").click()
    expect(newcomer.button("Take them along")).to_be_hidden()
    newcomer.page.reload()
    newcomer.sees_text("Signed in as carol.")
    newcomer.page.wait_for_timeout(300)
    expect(newcomer.button("Take them along")).to_be_hidden()
    newcomer.page.context.clear_cookies()
    newcomer.page.reload()
    newcomer.sees_pictures(1)
