"""Signing in on a simulated Space, in a real browser: who pays for whom, and whose pictures are on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from components import messages
from tests.browser.apps import SharedApps
from tests.browser.person import PATIENCE, Person
from tests.browser.tab import LAPTOP, Tab
from tests.support.hf_space import OWNER, Space
from tests.support.v3_service import KEY, HostedApi

OWN_KEY = "wsk-a-visitor-s-own-key-0123456789"


class Guest(Person):
    """Somebody in front of the Space's page."""

    space: Space

    @property
    def account(self):
        return self.page.locator("#account")

    def sign_in(self, user: str) -> Guest:
        """Press the button, be sent to the provider and back."""
        self.space.provider.user = user
        self.page.get_by_role("button", name="Sign in with Hugging Face").click()
        return self.is_known_as(user)

    def is_known_as(self, user: str) -> Guest:
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible(timeout=PATIENCE)
        expect(self.account).to_contain_text(f"Signed in as {user}.", timeout=PATIENCE)
        assert self.page.url == f"{self.url}/"
        return self

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_role("button", name="Sign in with Hugging Face")).to_be_visible(timeout=PATIENCE)

    def use_own_key(self, key: str) -> None:
        box = self.page.get_by_label("Your WaveSpeed key")
        if not box.is_visible():
            self.page.get_by_role("button", name="Use your own key").first.click()
        box.fill(key)
        self.page.get_by_role("button", name="Use this key").click()
        self.sees_text("...6789")


NewGuest = Callable[[], Guest]


@pytest.fixture(scope="module")
def space(shared_apps: SharedApps, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    space = Space(tmp_path_factory.mktemp("space"), shared_apps.api("hosted")).start()
    yield space
    space.stop()


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> Iterator[list[Tab]]:
    """Browsers of two guests, who trust the proxy's certificate."""
    contexts = [browser.new_context(**LAPTOP, ignore_https_errors=True) for _ in range(2)]
    yield [Tab(context) for context in contexts]
    for context in contexts:
        context.close()


@pytest.fixture
def new_guest(tabs: list[Tab], space: Space) -> Iterator[NewGuest]:
    """Each guest has a browser of their own; nothing may fail in its scripts."""
    guests = list[Guest]()

    def new() -> Guest:
        guest = Guest(tabs[len(guests)].cleared(space.url), space.url)
        guest.space = space
        guests.append(guest)
        guest.open()
        return guest

    yield new
    assert [error for guest in guests for error in guest.errors] == []


@pytest.fixture
def guest(new_guest: NewGuest) -> Guest:
    return new_guest()


@pytest.mark.full
def test_a_stranger_is_told_and_nothing_is_asked_of_the_service(guest: Guest, api: HostedApi) -> None:
    guest.cannot_generate(messages.SIGN_IN.happened)
    expect(guest.tiles).to_have_count(0)
    assert api.posts == []
    assert [path for _, path, _ in api.requests if not path.endswith(("/price", "/balance"))] == []


@pytest.mark.full
def test_who_is_signed_in_paints_with_the_host_s_key(guest: Guest, api: HostedApi) -> None:
    guest.sign_in("alice")
    expect(guest.account).to_contain_text("Free for you: the owner of this page pays.")
    guest.generate("alice's picture")
    guest.sees_pictures(1)
    assert [post["prompt"] for post in api.posts] == ["alice's picture"]
    (submit,) = [headers for _, path, headers in api.requests if path.endswith("sdxl-lora")]
    assert submit["authorization"] == f"Bearer {KEY}"


@pytest.mark.full
def test_signing_out_shows_the_pictures_of_the_browser(guest: Guest) -> None:
    guest.sign_in("dora")
    guest.generate("dora's picture")
    guest.sees_pictures(1)
    guest.sign_out()
    guest.cannot_generate(messages.SIGN_IN.happened)
    expect(guest.tiles).to_have_count(0)
    guest.sign_in("dora")
    guest.sees_pictures(1)


@pytest.fixture
def painter(guest: Guest, api: HostedApi) -> Iterator[Guest]:
    """Somebody who painted with a key of their own before signing in."""
    api.keys.add(OWN_KEY)
    guest.use_own_key(OWN_KEY)
    guest.generate("before signing in")
    guest.sees_pictures(1)
    yield guest
    api.keys.discard(OWN_KEY)


@pytest.mark.full
def test_the_pictures_of_this_browser_come_along_after_asking(painter: Guest) -> None:
    painter.sign_in("erin")
    painter.sees_text("1 picture was made in this browser before you signed in.")
    expect(painter.tiles).to_have_count(0)
    painter.page.get_by_role("button", name="Add them to your account").click()
    painter.sees_pictures(1)
    expect(painter.page.get_by_role("button", name="Add them to your account")).to_be_hidden()
    painter.sign_out()
    expect(painter.account).not_to_contain_text("Signed in")
    expect(painter.tiles).to_have_count(0)


@pytest.mark.full
def test_the_pictures_of_this_browser_stay_when_they_are_left(painter: Guest, new_guest: NewGuest) -> None:
    painter.sign_in("fred")
    painter.page.get_by_role("button", name="Keep them in this browser").click()
    expect(painter.page.get_by_role("button", name="Keep them in this browser")).to_be_hidden()
    painter.page.reload()
    painter.is_known_as("fred")
    expect(painter.page.get_by_role("button", name="Add them to your account")).to_be_hidden()
    expect(painter.tiles).to_have_count(0)
    painter.sign_out()
    painter.sees_pictures(1)


def presets(guest: Guest) -> Locator:
    guest.button("Presets").press("Enter")
    return guest.page.get_by_role("dialog", name="Presets")


def save_preset(guest: Guest, name: str) -> Locator:
    dialog = presets(guest)
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Name", exact=True).press("Enter")
    expect(dialog.get_by_role("status")).to_contain_text(f"Saved: {name}")
    return dialog


@pytest.mark.full
def test_presets_are_the_account_s_and_those_of_the_browser_are_added_after_asking_once(new_guest: NewGuest) -> None:
    guest, phone = new_guest(), new_guest()
    save_preset(guest, "From before")
    guest.close_dialogs()
    guest.sign_in("kira")
    dialog = presets(guest)
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    expect(dialog).to_contain_text("They stay with your account.")
    dialog.get_by_role("button", name="Add to your account").click()
    expect(dialog.get_by_role("status")).to_contain_text("1 preset imported.")
    expect(dialog.get_by_role("listitem")).to_have_count(1)

    expect(save_preset(phone.sign_in("kira"), "From the phone").get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Delete: From before").click()
    expect(dialog.get_by_role("listitem")).to_contain_text("From the phone")
    guest.close_dialogs()
    expect(presets(guest).get_by_role("listitem")).to_contain_text("From the phone")
    expect(dialog.get_by_role("status")).to_have_count(0)
    guest.close_dialogs()
    guest.sign_out()
    expect(presets(guest).get_by_role("listitem")).to_contain_text("From before")


@pytest.mark.full
def test_what_is_under_way_comes_along_too(guest: Guest, api: HostedApi) -> None:
    api.keys.add(OWN_KEY)
    api.is_stalled = True
    guest.use_own_key(OWN_KEY)
    guest.generate("under way while signing in")
    guest.sees("processing", 1)
    guest.sign_in("gina")
    guest.page.get_by_role("button", name="Add them to your account").click()
    guest.sees("processing", 1)
    api.finish_all()
    guest.sees_pictures(1)
    assert len(api.posts) == 1
    api.keys.discard(OWN_KEY)


@pytest.mark.full
def test_signing_in_through_a_form_of_the_provider(guest: Guest) -> None:
    guest.space.provider.needs_consent, guest.space.provider.user = True, "hana"
    try:
        guest.page.get_by_role("button", name="Sign in with Hugging Face").click()
        guest.page.get_by_role("button", name="Authorize").click()
        guest.is_known_as("hana")
    finally:
        guest.space.provider.needs_consent = False


@pytest.mark.full
def test_the_owner_signs_in_on_the_host_s_page_and_sees_who_spent(new_guest: NewGuest, api: HostedApi) -> None:
    spender, owner = new_guest().sign_in("ines"), new_guest()
    spender.generate("paid by the host")
    spender.sees_pictures(1)
    owner.page.goto(f"{owner.url}/playground/host")
    owner.sees_text("This page is for the owner only: sign in as the Space's owner")
    owner.space.provider.user = OWNER
    owner.page.get_by_role("link", name="Sign in with Hugging Face").click()
    owner.sees_text("Everyone who is signed in with Hugging Face.")
    line = owner.page.get_by_role("row", name="ines")
    expect(line).to_contain_text("$0.01")
    owner.page.get_by_role("button", name="Pause spending").click()
    owner.sees_text("Spending is paused")
    api.posts.clear()
    spender.generate("after the switch")
    spender.sees_text(messages.STOPPED_BY_HOST.happened)
    assert api.posts == []
    owner.page.get_by_role("button", name="Resume spending").click()
    owner.sees_text("Spending is on")
