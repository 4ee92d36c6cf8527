"""What a tile says of its picture: what happened, whether it was charged, what to do; and what it cost."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import Page, expect

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
    for sentence in ("Couldn't download", "This was charged.", "Check again"):
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


@pytest.mark.full
def test_the_cost_stands_among_the_facts_once_the_bill_says_it(person: Person, api: HostedApi) -> None:
    api.length = lambda body: 600.0
    person.generate("what it cost")
    person.sees("processing", 1)
    (task,) = [task for task in api.tasks.values() if task.body["prompt"] == "what it cost"]
    task.price = Fraction("0.008")
    api.finish_all()
    person.sees_pictures(1)
    drawn = person.results.get_by_role("img", name="what it cost").element_handle()
    price = person.open_picture("what it cost").locator("dl > div").filter(has_text="Price")
    expect(price).to_have_text("PriceCharged $0.008")
    assert drawn.evaluate("image => image.isConnected"), "a bill loads no picture again"
    person.close_dialogs()
    expect(person.page.get_by_text("Spent this session: $0.008 (1 picture)")).to_be_visible()


@pytest.mark.full
def test_a_tile_without_a_picture_says_what_the_bill_says(person: Person, api: HostedApi) -> None:
    api.is_stalled, api.bill.refund_delay = True, lambda task: 0.0 if task.body["prompt"] == "refunded" else 10_000.0
    for number, prompt in enumerate(("refunded", "charged"), 1):
        person.generate(prompt)
        person.sees("processing", 1)
        (task,) = [task for task in api.tasks.values() if task.body["prompt"] == prompt]
        task.status_by_hand = "failed"
        person.sees("failed", number)
    charged, refunded = person.tiles.nth(0), person.tiles.nth(1)
    details = refunded.get_by_text("Details")
    details.click()
    expect(refunded).to_contain_text("This was refunded.")
    expect(charged).to_contain_text("This was charged: $0.01. A refund may still come.")
    expect(refunded.get_by_text("Task ID")).to_be_visible()
    expect(details).to_be_focused()


FILE, LINK = "playground/pictures/a.jxl?original", "https://files.test/a.png"


@pytest.mark.parametrize(
    ("files", "links", "labels"),
    [
        ([], [], []),
        ([FILE], [], ["Download the picture"]),
        ([FILE, FILE], [LINK], ["Open on WaveSpeed", "Download picture 1", "Download picture 2"]),
    ],
)
def test_a_picture_that_the_page_cannot_show_is_a_download(
    scripts: Page, files: list[str], links: list[str], labels: list[str]
) -> None:
    row = {"id": "a", "state": "failed", "links": links, "pictures": [], "files": files}
    drawn, is_hidden = scripts.evaluate(
        """async (row) => {
          const { Tile } = await import("/gallery/tile.js");
          const { links } = new Tile(row, {});
          const parts = [...links.children].map((a) => [a.textContent, a.href, a.hasAttribute("download")]);
          return [parts, links.hidden];
        }""",
        row,
    )
    assert [label for label, *_ in drawn] == labels
    for label, address, is_download in drawn:
        assert is_download is label.startswith("Download")
        assert address.endswith(FILE if is_download else LINK)
    assert is_hidden is not bool(labels)


BILL = {"outcome": "charged", "micros": 5_000, "refunded": 0, "is_final": True}
LESS = BILL | {"micros": 4_000, "refunded": 1_000, "is_final": False}
NOTHING = BILL | {"micros": 0}
NOT_KNOWN = {"outcome": "not_known", "micros": None, "refunded": None, "is_final": True}


@pytest.mark.parametrize(
    ("bill", "micros", "fact", "sentence", "spent"),
    [
        (None, 10_000, "About $0.01", "", 10_000),
        (None, None, "", "", 0),
        (NOT_KNOWN, 10_000, "About $0.01", "", 10_000),
        (NOT_KNOWN, None, "", "", 0),
        (BILL, 10_000, "Charged $0.005", "This was charged: $0.005.", 5_000),
        (BILL | {"micros": 7}, 10, "Charged $0.000007", "This was charged: $0.000007.", 7),
        (
            BILL | {"is_final": False},
            10_000,
            "Charged $0.005. A refund may still come.",
            "This was charged: $0.005. A refund may still come.",
            5_000,
        ),
        (LESS, 10_000, "Charged $0.004 after a refund", "This was charged: $0.004 after a refund.", 4_000),
        (NOTHING | {"outcome": "refunded", "refunded": 5_000}, 10_000, "Refunded", "This was refunded.", 0),
        (NOTHING | {"outcome": "not_charged"}, 10_000, "Not charged", "Nothing was charged.", 0),
    ],
)
def test_a_bill_in_words(
    scripts: Page, bill: dict[str, Any] | None, micros: int | None, fact: str, sentence: str, spent: int
) -> None:
    row = {"bill": bill, "micros": micros, "state": "completed"}
    told = scripts.evaluate(
        """async (row) => {
          const { chargeOf, costOf, spentOn } = await import("/shared/bill.js");
          return [costOf(row), chargeOf(row), spentOn(row)];
        }""",
        row,
    )
    assert told == [fact, sentence, spent]


@pytest.mark.full
@pytest.mark.app("space without storage")
def test_a_notice_for_all_stays_and_is_not_drawn_anew(person: Person) -> None:
    notice = person.results.get_by_role("status").get_by_text("Pictures are deleted when this app restarts")
    expect(notice).to_be_visible()
    drawn = notice.element_handle()
    person.generate("under a notice")
    person.sees_pictures(1)
    assert drawn.evaluate("node => node.isConnected && node.offsetHeight > 0")
