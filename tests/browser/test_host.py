"""The host's page in a real browser: opened by the printed link, drawn, its switch turned, closed to others."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.person import PATIENCE, Person
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi

pytestmark = pytest.mark.app("host's page")


class Host:
    """Whoever has the page for the host open; nothing may fail in its scripts."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.errors = page, list[str]()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)
        page.goto(address)

    def _hear(self, message) -> None:
        if message.type == "error" and "403" not in message.text and "ERR_" not in message.text:
            self.errors.append(message.text)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)

    @property
    def switch(self):
        return self.page.locator("#turn")


@pytest.fixture
def host(context: BrowserContext, app: AppProcess) -> Iterator[Host]:
    host = Host(context.new_page(), app.host_link())
    yield host
    assert host.errors == []


@pytest.mark.full
def test_the_link_opens_the_page_and_leaves_the_address_bar(host: Host, app: AppProcess) -> None:
    host.sees("Spending is on")
    token = app.host_link().partition("#")[2]
    assert host.page.url == f"{app.url}/playground/host"
    assert token not in host.page.content()
    assert app.log.read_text().count(token) == 1, "it is printed once"
    host.page.reload()
    host.sees("Spending is on")
    expect(host.switch).to_have_text("Pause spending")


@pytest.mark.full
def test_the_token_goes_to_no_address_and_no_referer(context: BrowserContext, app: AppProcess) -> None:
    token, asked = app.host_link().partition("#")[2], list[tuple[str, str]]()
    context.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    host = Host(context.new_page(), app.host_link())
    host.sees("Spending is on")
    host.page.get_by_role("link", name="Back to the playground").click()
    Person(host.page, app.url).generate_button.wait_for()
    assert (f"{app.url}/playground/host", "") in asked
    assert (f"{app.url}/", f"{app.url}/playground/host") in asked
    assert not [part for request in asked for part in request if token in part]


@pytest.mark.full
def test_what_is_spent_is_shown_and_the_switch_stops_it(
    person: Person, host: Host, app: AppProcess, api: HostedApi
) -> None:
    person.generate("before the switch")
    person.sees_pictures(1)
    host.page.reload()
    host.sees(re.compile("Browser [0-9a-f]{8}"))
    host.sees("of $5.00")
    host.switch.click()
    host.sees("Spending is paused")
    person.generate("after the switch")
    person.sees_text("The owner has paused free pictures.")
    assert [post["prompt"] for post in api.posts] == ["before the switch"]
    host.page.get_by_role("button", name="Resume spending").click()
    host.sees("Spending is on")
    person.generate("after it goes on")
    person.sees("completed", 2)
    assert [post["prompt"] for post in api.posts] == ["before the switch", "after it goes on"]


@pytest.mark.full
def test_an_account_that_is_slowed_down_looks_like_a_level(person: Person, host: Host, api: HostedApi) -> None:
    person.generate("accepted")
    person.sees_pictures(1)
    api.next_submits = [lambda: (429, {"retry-after": "0"}, b'{"code": 429}')]
    person.generate("turned away once")
    person.sees_pictures(2)
    host.page.reload()
    host.sees("WaveSpeed slows this page down")
    host.sees("Topping up $100.00 makes it Silver: 500 pictures a minute.")


@pytest.mark.full
def test_a_picture_that_is_in_no_history_can_be_opened(host: Host) -> None:
    def with_forgotten(route: Route) -> None:
        report = route.fetch().json()
        tasks = [{"made": 1_795_953_600, "cost": 0.01, "link": "https://files.test/a.png"}]
        tasks.append({"made": 1_795_953_500, "cost": 0.02, "link": ""})
        route.fulfill(json=report | {"forgotten": {"count": 2, "tasks": tasks}})

    host.sees("Spending is on")
    expect(host.page.get_by_text("Found after a crash")).to_be_hidden()
    host.page.route("**/report", with_forgotten)
    host.page.reload()
    host.sees("This page lost track of 2 pictures")
    link = host.page.get_by_role("link", name="Open picture")
    assert (link.get_attribute("href"), link.get_attribute("rel")) == (
        "https://files.test/a.png",
        "noopener noreferrer",
    )
    expect(host.page.locator("#forgotten-tasks tbody tr")).to_have_text([re.compile("[$]0.01"), re.compile("[$]0.02")])


def test_what_our_own_sdxl_computes_on_stands_there_alone(host: Host) -> None:
    """On a stand-in: the report of a machine with cards, on a page without money."""
    card = {"name": "Tesla T4", "precision": "float16", "free": 9.5, "total": 14.7, "lanes": 1}
    report: dict[str, object] = {"machine": None}
    host.sees("Spending is on")
    expect(host.page.get_by_text("What makes the pictures")).to_be_hidden()
    host.page.route("**/playground/host/report", lambda route: route.fulfill(json=report))
    host.page.route(
        "**/playground/host",
        lambda route: route.fulfill(body=route.fetch().text().replace('is-paid="yes"', 'is-paid="no"')),
    )
    host.page.reload()
    host.sees("Not known yet.")
    expect(host.page.get_by_text("Spending is on")).to_be_hidden()
    report["machine"] = {
        "cards": [card, card | {"name": "NVIDIA H100 80GB HBM3", "lanes": 2}],
        "not_ready": ["cuda:2"],
        "command": "pip install torch",
        "setting": "SDXL_DEVICE=all",
    }
    host.page.reload()
    host.sees("2 devices make the pictures side by side.")
    host.sees("Not ready: cuda:2.")
    host.sees("Run this to use it: pip install torch")
    host.sees("To use them all, set SDXL_DEVICE=all")
    rows = host.page.get_by_role("table", name="What makes the pictures").get_by_role("row")
    expect(rows.nth(1)).to_have_text("Tesla T4float169.5 of 14.7 GiB1")
    expect(rows.nth(2)).to_contain_text("NVIDIA H100 80GB HBM3")
    for width in (360, 1280):
        host.page.set_viewport_size({"width": width, "height": 844})
        assert host.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.full
def test_it_looks_again_by_itself(context: BrowserContext, app: AppProcess, person: Person) -> None:
    page = context.new_page()
    page.clock.install()
    host = Host(page, app.host_link())
    host.sees("Spending is on")
    pictures = page.locator("tbody td").first
    before = int(pictures.inner_text() or 0) if pictures.count() else 0
    person.generate("somebody else's picture")
    person.sees_pictures(1)
    page.clock.fast_forward(10_000)
    expect(page.locator("tbody tr th", has_text="Browser").first).to_be_visible()
    total = "[...document.querySelectorAll('tbody td:first-of-type')].reduce((sum, td) => sum + +td.textContent, 0)"
    page.wait_for_function(f"{total} > {before}")
    assert host.errors == []


def test_without_the_link_it_says_whom_it_is_for_and_shows_nothing(context: BrowserContext, app: AppProcess) -> None:
    for address in (f"{app.url}/playground/host", f"{app.url}/playground/host#{'0' * 64}"):
        host = Host(context.new_page(), address)
        host.sees("This page is for the owner only: open it with the link")
        expect(host.page.locator("#report")).to_be_hidden()
        expect(host.page.locator("#sign-in")).to_be_hidden()
        assert "$" not in host.page.locator("main").inner_text()
        assert host.errors == []


def test_the_right_link_after_a_wrong_one_in_the_same_tab(context: BrowserContext, app: AppProcess) -> None:
    host = Host(context.new_page(), f"{app.url}/playground/host#{'0' * 64}")
    host.sees("This page is for the owner only")
    host.page.evaluate("token => { location.hash = token }", app.host_link().partition("#")[2])
    host.sees("Spending is on")
    assert "#" not in host.page.url
    expect(host.page.get_by_text("This page is for the owner only")).to_be_hidden()


def test_it_says_so_while_the_app_does_not_answer(host: Host) -> None:
    host.sees("Spending is on")

    def fail(route: Route) -> None:
        route.abort()

    host.page.route("**/playground/host/*", fail)
    host.switch.click()
    host.sees("Couldn't change this: the app didn't answer.")
    expect(host.switch).to_have_text("Pause spending")
    host.page.unroute("**/playground/host/*", fail)
    host.switch.click()
    host.sees("Spending is paused")
    expect(host.page.locator("#trouble")).to_be_hidden()
    host.switch.click()
    host.sees("Spending is on")


def test_it_works_where_the_browser_keeps_nothing(context: BrowserContext, app: AppProcess) -> None:
    page = context.new_page()
    page.add_init_script("Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('blocked') } })")
    host = Host(page, app.host_link())
    host.sees("Spending is on")
    assert host.errors == []


def test_each_day_is_compared_with_what_the_service_billed(host: Host) -> None:
    host.sees("Spending is on")
    day = {"start": 1_764_374_400, "pictures": 12, "expected": 12.0, "billed": 15.5, "difference": 3.5}
    days = [day | {"unbilled": 2}, day | {"start": 1_764_288_000, "difference": -0.0015, "unbilled": 1}]
    changes = {"days": days, "deviation": {"direction": "more", "expected": 24.0, "billed": 31.0}}

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json=response.json() | changes)

    host.page.route("**/playground/host/report", answer)
    host.page.reload()
    table = host.page.get_by_role("table", name="What the service billed")
    expect(table.get_by_role("row")).to_have_text(
        [
            "Day (UTC) Pictures Expected Billed Difference",
            "Nov 2912$12.00$15.50+$3.50",
            "Nov 2812$12.00$15.50-$0.0015",
        ]
    )
    host.sees("The service billed $31.00 in these days, more than the $24.00 expected.")
    host.sees("3 pictures have no bill yet; they count as expected.")
    host.page.set_viewport_size({"width": 360, "height": 844})
    assert host.page.evaluate("document.documentElement.scrollWidth") <= 360
    changes |= {"days": [], "deviation": None}
    host.page.reload()
    host.sees("Spending is on")
    expect(table).to_be_hidden()


@pytest.mark.full
def test_it_fits_the_screen(host: Host) -> None:
    host.sees("Spending is on")
    for scheme, background in (("light", "rgb(247, 247, 248)"), ("dark", "rgb(11, 13, 18)")):
        host.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (360, 390, 768, 1280):
            host.page.set_viewport_size({"width": width, "height": 844})
            assert host.page.evaluate("document.documentElement.scrollWidth") <= width, (scheme, width)
        assert host.page.evaluate("getComputedStyle(document.body).backgroundColor") == background


@pytest.mark.full
@pytest.mark.app("stopped")
def test_a_stop_from_the_settings_cannot_be_undone_here(host: Host) -> None:
    host.sees("Spending is paused")
    host.sees("PLAYGROUND_STOP is set where the app was started.")
    expect(host.switch).to_be_disabled()
