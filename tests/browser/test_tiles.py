"""What a tile says of its picture: what happened, whether it was charged, what to do; and what it cost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi


@pytest.mark.full
def test_a_picture_that_cannot_be_fetched_has_a_link_and_can_be_looked_for_again(
    person: Person, api: HostedApi
) -> None:
    api.is_stalled = True
    person.generate("wasn't downloaded")
    person.sees("processing", 1)
    (task,) = [task for task in api.tasks.values() if task.body["prompt"] == "wasn't downloaded"]
    nowhere = f"http://127.0.0.1:{api.port}/nowhere/picture.png"
    task.outputs = [nowhere]
    api.finish_all()
    person.sees("failed", 1)
    tile = person.tiles.first
    for sentence in ("Couldn't download", "This was charged.", "check again"):
        expect(tile).to_contain_text(sentence)
    link = tile.get_by_role("link", name="Open on WaveSpeed", exact=True)
    expect(link).to_have_attribute("href", nowhere)
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")
    task.outputs = None
    tile.get_by_role("button", name="Check again").click()
    person.sees_pictures(1)
    expect(link).to_have_count(0)
    assert len(api.posts) == 1


def test_the_price_stands_among_the_facts(person: Person, api: HostedApi) -> None:
    person.generate("what it cost")
    person.sees_pictures(1)
    person.results.get_by_role("button", name="Open: what it cost").click()
    price = person.page.get_by_role("dialog").locator("dl > div").filter(has_text="Price")
    expect(price).to_have_text("Price$0.01")


@pytest.mark.app("space without storage")
def test_a_notice_for_all_stays_and_is_not_drawn_anew(person: Person) -> None:
    notice = person.results.get_by_role("status").get_by_text("Pictures are deleted when this app restarts")
    expect(notice).to_be_visible()
    drawn = notice.element_handle()
    person.generate("under a notice")
    person.sees_pictures(1)
    assert drawn.evaluate("node => node.isConnected && node.offsetHeight > 0")
