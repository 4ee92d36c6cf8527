"""Why nothing can be made with the host's key: said before a press and once, with what can be done, and then gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, ViewportSize, expect

from components import messages
from tests.browser.person import PATIENCE, Person
from tests.support.app_process import AppProcess
from tests.support.v3_service import KEY, HostedApi

OWN = "wsk-a-visitors-own-key-1a2b"
PHONE: ViewportSize = {"width": 390, "height": 844}
SPACE = {"SPACE_ID": "someone/space", "PLAYGROUND_ACCESS": "everyone"}
SHIFT = """new Promise((resolve) => new PerformanceObserver((list, all) => {
  all.disconnect();
  resolve(list.getEntries().filter(({hadRecentInput}) => !hadRecentInput)
    .flatMap(({sources}) => sources).filter(({node}) => node?.closest?.("#action")).length);
}).observe({type: "layout-shift", buffered: true}) ?? setTimeout(() => resolve(0), 500))"""


@pytest.fixture(scope="module")
def space_api() -> Iterator[HostedApi]:
    api = HostedApi().start()
    yield api
    api.stop()


@pytest.fixture(scope="module")
def space(space_api: HostedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """Space whose host pays for two pictures an hour of each visitor."""
    app = AppProcess.hosted(tmp_path_factory.mktemp("space"), space_api, **SPACE, PLAYGROUND_PICTURES_PER_HOUR="2")
    yield app.start()
    app.kill()


@pytest.fixture
def guest(context: BrowserContext, space: AppProcess) -> Iterator[Person]:
    """Visitor for whom the host pays."""
    guest = Person(context.new_page(), space.url).open()
    yield guest
    assert guest.errors == []


def line(person: Person):
    return person.page.locator("#action .spent")


@pytest.mark.app("stopped")
def test_paused_spending_turns_generate_off_before_any_press(person: Person, api: HostedApi) -> None:
    person.cannot_generate(messages.STOPPED_BY_HOST.happened)
    person.page.keyboard.press("ControlOrMeta+Enter")
    person.generate_button.click(force=True)
    person.has_tiles(0)
    assert api.posts == []
    person.page.set_viewport_size(PHONE)
    head = person.page.locator("#account .who").bounding_box()
    assert head and head["height"] < 50, "what pays for nothing leaves no empty line"


@pytest.mark.full
def test_whoever_does_not_pay_sees_what_is_left_and_no_dollar(guest: Person) -> None:
    expect(line(guest)).to_have_text("Free for you, 2 left this hour")
    guest.generate("a cat")
    guest.sees("completed", 1)
    expect(line(guest)).to_have_text("Free for you, 1 left this hour", timeout=PATIENCE)
    expect(guest.generate_button).to_have_text("Generate")
    guest.choose("Pictures", "4")
    guest.cannot_generate(messages.press_above_left(4, 1).happened)
    guest.choose("Pictures", "1")
    guest.can_generate()
    assert "$" not in guest.page.inner_text("body")


@pytest.mark.full
def test_a_used_up_hour_turns_generate_off_with_a_time_and_an_own_key_turns_it_on(
    guest: Person, space_api: HostedApi
) -> None:
    space_api.keys.add(OWN)
    for count in (1, 2):
        guest.generate(f"a cat {count}")
        guest.sees("completed", count)
    guest.cannot_generate("You've made your 2 free pictures for this hour. More ")
    guest.page.reload()
    guest.cannot_generate("You've made your 2 free pictures for this hour. More ")
    guest.page.keyboard.press("ControlOrMeta+Enter")
    guest.generate_button.click(force=True)
    assert guest.page.evaluate(SHIFT) == 0, "the banner moves nothing of the dock"
    guest.has_tiles(2)
    guest.banner.get_by_role("button", name="Use your own key").click()
    guest.enter_key(OWN)
    guest.can_generate()
    expect(guest.generate_button).to_have_text("Generate · $0.01")


@pytest.mark.full
def test_a_press_that_the_hosts_key_refuses_offers_an_own_key_at_once(guest: Person, space_api: HostedApi) -> None:
    guest.can_generate()
    space_api.keys.remove(KEY)
    guest.generate("a cat")
    expect(guest.banner).to_contain_text(messages.HOST_KEY_REFUSED.happened)
    assert guest.banner.get_by_role("button", name="Use your own key").is_visible()
    space_api.keys.add(KEY)
    guest.can_generate()


@pytest.mark.full
def test_a_refused_key_is_said_to_the_visitor_the_log_and_the_host_and_gone_when_it_is_mended(
    guest: Person, space: AppProcess, space_api: HostedApi, context: BrowserContext
) -> None:
    guest.can_generate()
    space_api.keys.remove(KEY)
    space.stop()
    space.start()
    assert "WAVESPEED_API_KEY was rejected" in space.log.read_text()
    guest.page.reload()
    guest.cannot_generate(messages.HOST_KEY_REFUSED.happened)
    guest.has_tiles(0)
    host = context.new_page()
    token = space.log.read_text().rpartition("/playground/host#")[2].split()[0]
    host.goto(f"{space.url}/playground/host#{token}")
    expect(host.get_by_role("heading", name="Your key was rejected")).to_be_visible()
    space_api.keys.add(KEY)
    guest.can_generate()
    expect(host.get_by_text("Your key was rejected")).to_be_hidden(timeout=PATIENCE)


@pytest.mark.full
def test_a_stop_at_the_press_is_no_tile_and_going_on_is_seen(
    guest: Person, space: AppProcess, context: BrowserContext
) -> None:
    guest.can_generate()
    host = context.new_page()
    host.goto(f"{space.url}/playground/host#{space.log.read_text().rpartition('/playground/host#')[2].split()[0]}")
    host.get_by_role("button", name="Pause spending").click()
    host.get_by_text("Spending is paused").wait_for()
    guest.generate("too late")
    guest.cannot_generate(messages.STOPPED_BY_HOST.happened)
    guest.has_tiles(0)
    host.get_by_role("button", name="Resume spending").click()
    guest.can_generate()
