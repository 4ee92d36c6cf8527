"""A busy service is waited for in order and in sight; what waits can be taken back, what is being made be stopped."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi

SLOW_DOWN = b'{"code": 429, "message": "too many requests", "data": null}'
WATCH_TEXTS = """name => { window.seen = [];
    new MutationObserver(() => {
        const here = [...document.querySelectorAll('[data-job] ' + name)].filter(node => node.offsetParent);
        for (const { textContent } of here) if (!window.seen.includes(textContent)) window.seen.push(textContent);
    }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true}) }"""


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def be_busy(api: HostedApi, seconds: int, times: int = 1) -> None:
    """Turn the next submits away, asking to wait."""
    headers = {"content-type": "application/json", "retry-after": str(seconds)}
    api.next_submits += [lambda: (429, headers, SLOW_DOWN)] * times


def take_back(tile: Locator) -> Locator:
    return tile.get_by_role("button", name="Cancel")


@pytest.mark.full
def test_the_seconds_to_the_next_try_are_counted_and_one_task_is_made(person: Person, api: HostedApi) -> None:
    tasks = len(api.tasks)
    person.page.evaluate(WATCH_TEXTS, ".status")
    be_busy(api, 4)
    person.generate("counted")
    person.sees_text("The service is busy. Sending in 3 s")
    person.sees_pictures(1)
    seen = person.page.evaluate("seen")
    counted = [int(found[1]) for text in seen if (found := re.search(r"Sending in (\d+) s", text))]
    assert counted == sorted(counted, reverse=True)
    assert counted[-2:] == [2, 1]
    assert len(api.posts) == 2
    assert api.submit_times[1] - api.submit_times[0] >= 4
    assert len(api.tasks) == tasks + 1


@pytest.mark.full
def test_a_line_shows_its_places_and_each_can_be_taken_back(person: Person, api: HostedApi) -> None:
    be_busy(api, 4, times=3)
    person.choose("Pictures", "3")
    person.generate("in line")
    first, second, third = (person.tiles.nth(number) for number in range(3))
    expect(first).to_contain_text("The service is busy. Sending in")
    expect(second).to_contain_text("Queued, 1 ahead")
    expect(third).to_contain_text("Queued, 2 ahead")
    sent = len(api.posts)
    take_back(second).click()
    expect(second).to_have_attribute("data-state", "stopped")
    expect(second).to_contain_text("You canceled this before it was sent.")
    expect(second).to_contain_text("Nothing was charged.")
    expect(third).to_contain_text("Queued, 1 ahead")
    take_back(first).click()
    expect(third).to_contain_text("Sending in")
    take_back(third).click()
    person.sees("stopped", 3)
    api.next_submits.clear()
    person.choose("Pictures", "1")
    person.generate("after them")  # waits until the service may be asked again, as the three would have
    person.sees("completed", 1)
    assert [post["prompt"] for post in api.posts[sent:]] == ["after them"]
    person.sees("stopped", 3)


@pytest.mark.full
def test_what_waits_still_waits_after_a_reload(person: Person, api: HostedApi) -> None:
    be_busy(api, 5)
    person.generate("reloaded in line")
    person.sees_text("Sending in")
    person.page.reload()
    person.sees_text("Sending in")
    expect(take_back(person.tiles.first)).to_be_visible()
    person.sees_pictures(1)
    assert len(api.posts) == 2


def test_a_job_that_is_sent_at_once_offers_nothing_to_take_back(person: Person, api: HostedApi) -> None:
    api.length = lambda body: 1.5
    person.page.evaluate(WATCH_TEXTS, "button")
    person.generate("quick")
    person.sees_pictures(1)
    assert person.page.evaluate("seen.filter(text => text.startsWith('Tak'))") == []


@pytest.mark.full
def test_while_it_is_being_sent_it_cannot_be_taken_back(person: Person, api: HostedApi) -> None:
    be_busy(api, 3)
    api.next_submits.append(lambda: time.sleep(2) or (200, {}, b"<html>"))  # type: ignore[func-returns-value]
    person.generate("on its way")
    button = take_back(person.tiles.first)
    expect(button).to_be_enabled()
    expect(button).to_be_disabled(timeout=6000)
    person.sees("unknown", 1)
    expect(button).to_have_count(0)


def button(tile: Locator, name: str) -> Locator:
    return tile.get_by_role("button", name=name, exact=True)


def deletions(api: HostedApi) -> int:
    return len([path for _, path, _ in api.requests if path.endswith("/delete")])


@pytest.mark.full
def test_a_paid_picture_is_stopped_by_a_second_press_alone(person: Person, api: HostedApi) -> None:
    api.length, api.stop_delay = lambda body: 600.0, 600.0
    person.generate("to be stopped")
    tile = person.tiles.first
    button(tile, "Stop").dblclick()
    expect(tile).to_contain_text("This may still be charged. Stop anyway?")
    button(tile, "Keep going").click()
    expect(button(tile, "Stop")).to_be_focused()
    person.page.keyboard.press("Enter")
    expect(button(tile, "Stop anyway")).to_be_focused()
    assert deletions(api) == 0
    person.page.keyboard.press("Enter")
    expect(tile.get_by_text("Asked to stop. If the picture still arrives, you'll get it.")).to_be_focused()
    expect(tile.get_by_role("button")).to_have_count(0)
    (task,) = [task for task in api.tasks.values() if task.body["prompt"] == "to be stopped"]
    task.stops_at = time.monotonic()
    expect(tile).to_have_attribute("data-state", "stopped")
    expect(tile).to_contain_text("You asked the service to stop this.")
    expect(tile.locator(":focus")).to_be_visible()
    expect(tile).to_contain_text("This was refunded.")
    assert deletions(api) == 1


@pytest.mark.full
def test_what_could_not_be_stopped_says_so_and_its_picture_still_arrives(person: Person, api: HostedApi) -> None:
    api.length, api.stop_delay, api.can_delete = lambda body: 600.0, 600.0, False
    person.generate("not stopped")
    tile = person.tiles.first
    button(tile, "Stop").click()
    button(tile, "Stop anyway").click()
    expect(tile).to_contain_text("Couldn't stop this. It may already be done.")
    expect(button(tile, "Stop")).to_be_focused()
    api.can_delete = True
    button(tile, "Stop").click()
    button(tile, "Stop anyway").click()
    expect(tile.get_by_text("Asked to stop.")).to_be_focused()
    api.finish_all()
    person.sees_pictures(1)
    expect(tile.get_by_role("button", name="Open: not stopped")).to_be_focused()


def test_what_costs_nothing_is_stopped_at_once(scripts: Page) -> None:
    scripts.evaluate(
        """async () => {
          const { StopControl } = await import("/gallery/stop_control.js");
          const control = new StopControl(() => new Promise(() => { window.stops = (window.stops ?? 0) + 1; }));
          control.update({ is_stop_charged: false, is_stop_requested: false }, true);
          document.body.replaceChildren(control.node);
        }"""
    )
    button(scripts.locator("body"), "Stop").click()
    expect(scripts.get_by_text("Stopping…")).to_be_focused()
    expect(scripts.get_by_role("button")).to_have_count(0)
    assert scripts.evaluate("stops") == 1
