"""Somebody who meets the faults of the service, one after the other, on one open page."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Dialog, Locator, Page, expect

from tests.browser.person import Person
from tests.faults.faults import MARK
from tests.faults.service import OWN_KEY, Service
from tests.hosted_api import KEY

PATIENCE = 8_000.0
"""Milliseconds."""
BETWEEN_PRESSES = 0.45
"""Seconds: two presses closer than 0.4 s are one."""
_KEYS = (KEY, OWN_KEY)
_RAW = re.compile(
    rf"{MARK}|{KEY}|{OWN_KEY}|Traceback|File \"|</?(html|body|h1|title)|\{{\"(code|data)\"|[a-z]\.[A-Z]\w+Error", re.I
)
"""What stands on no page: raw bodies, keys, tracebacks, markup."""


class Tile:
    """The tile of one press."""

    def __init__(self, node: Locator) -> None:
        self.node = node

    def ends(self, state: str, patience: float = PATIENCE) -> Tile:
        """Wait until it is in a state."""
        expect(self.node).to_have_attribute("data-state", state, timeout=patience)
        return self

    def says(self, *meanings: str) -> Tile:
        """Wait until it says all of that: regular expressions, case ignored."""
        for meaning in meanings:
            expect(self.node).to_contain_text(re.compile(meaning, re.I), timeout=PATIENCE)
        return self

    def does_not_say(self, meaning: str) -> Tile:
        """Hold it against what it must not say, now."""
        assert not re.search(meaning, self.text, re.I), self.text
        return self

    def shows(self, pictures: int = 1) -> Tile:
        """Wait until that many pictures of it are painted on the screen."""
        self.ends("completed")
        images = self.node.locator("img")
        expect(images).to_have_count(pictures, timeout=PATIENCE)
        for number in range(pictures):
            images.nth(number).scroll_into_view_if_needed()
            loaded = "image => image.complete && image.naturalWidth > 0"
            self.node.page.wait_for_function(loaded, arg=images.nth(number).element_handle())
        return self

    def press(self, name: str) -> None:
        """Press one of its buttons."""
        self.node.get_by_role("button", name=name).click()

    @property
    def text(self) -> str:
        """Return what it says now."""
        return self.node.inner_text()


class Visitor(Person):
    """Opens the page once and asks for small pictures, each by a prompt of its own."""

    def __init__(self, page: Page, url: str) -> None:
        super().__init__(page, url)
        self._pressed = 0.0
        self.dialogs: list[str] = []
        page.on("dialog", self._dismiss)

    def open(self) -> Visitor:
        """Open the page and wait until it can be used."""
        super().open()
        return self

    def open_for_small_pictures(self) -> Visitor:
        """Open the page and set the smallest size."""
        self.open().set_small_pictures()
        return self

    def set_small_pictures(self) -> None:
        """Set the smallest size, as after a reload."""
        self.set_number("Width", 256)
        self.set_number("Height", 256)

    def asks(self, prompt: str) -> Tile:
        """Press Generate for a prompt, and return the tile that appears."""
        before = self.tiles_of(prompt).count()
        self.press_for(prompt)
        expect(self.tiles_of(prompt)).to_have_count(before + 1)
        return self.tile(prompt)

    @property
    def key_box(self) -> Locator:
        """Return the box for a key of one's own."""
        return self.page.get_by_label("Your WaveSpeed key")

    def brings_key(self, key: str) -> None:
        """Enter a key of one's own."""
        if not self.key_box.is_visible():
            self.page.get_by_role("button", name="Use your own key").click()
        self.key_box.fill(key)
        self.page.get_by_role("button", name="Use this key").click()
        self.is_told("your key .* pays")

    def press_for(self, prompt: str) -> None:
        """Press Generate for a prompt, not sooner than a press counts."""
        self.leave_time_between_presses()
        self.generate(prompt)
        self._pressed = time.monotonic()

    def leave_time_between_presses(self) -> None:
        """Wait until the last press is long enough ago."""
        time.sleep(max(0.0, self._pressed + BETWEEN_PRESSES - time.monotonic()))

    def tiles_of(self, prompt: str) -> Locator:
        """Return the tiles of a prompt."""
        said = self.page.get_by_text(prompt, exact=True)
        return self.tiles.filter(has=said)

    def tile(self, prompt: str) -> Tile:
        """Return the newest tile of a prompt, also after a reload."""
        return Tile(self.tiles_of(prompt).first)

    def is_told(self, *meanings: str) -> None:
        """Wait until the page says all of that, wherever."""
        for meaning in meanings:
            expect(self.page.get_by_text(re.compile(meaning, re.I)).first).to_be_visible(timeout=PATIENCE)

    def sees_nothing_raw(self) -> None:
        """Hold what the page says, and its whole source, against what nobody may see."""
        said = self.page.locator("body").inner_text()
        found = _RAW.search(said)
        assert not found, said[max(0, found.start() - 200) : found.end() + 200]
        source = self.page.content()
        assert not [text for text in (*_KEYS, MARK) if text in source]

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def can_go_on(self, service: Service, prompt: str) -> None:
        """See that no control is stuck: with the service well, another press makes another picture."""
        self.sees_nothing_raw()
        service.well()
        again = f"{prompt}, once more"
        self.asks(again).ends("completed")
        assert len(service.posts_of(again)) == 1
