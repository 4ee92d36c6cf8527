"""Visitor at the page in Chromium, for scenarios of faults one after the other on one open page."""

from __future__ import annotations

import re
import time
from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Dialog, Locator, Page, Route, expect

from tests.browser.person import Person
from tests.faults.faults import MARK
from tests.faults.service import OWN_KEY, Service
from tests.support.v3_service import KEY

TIMEOUT = 20_000.0
"""Milliseconds."""
ENDS = "completed|failed|stopped"
BETWEEN_PRESSES = 0.45
"""Seconds; the page counts two presses closer than 0.4 s as one."""
_KEYS = (KEY, OWN_KEY)
_RAW = re.compile(
    rf"{MARK}|{KEY}|{OWN_KEY}|Traceback|File \"|</?(html|body|h1|title)|\{{\"(code|data)\"|[a-z]\.[A-Z]\w+Error", re.I
)
"""Texts that no page may show: raw bodies, keys, tracebacks, markup."""


class Tile:
    """Tile of one press."""

    def __init__(self, node: Locator) -> None:
        self.node = node
        self.card = node.locator("xpath=ancestor::article")
        """Card of its press, which has the prompt and the notes."""

    def ends(self, state: str, timeout: float = TIMEOUT) -> Tile:
        """Wait until it is in a state; fail at once in another final state. `timeout` in milliseconds."""
        reached = re.compile(f"^({state}|{ENDS})$")
        expect(self.node).to_have_attribute("data-state", reached, timeout=timeout)
        assert self.node.get_attribute("data-state") == state, self.text
        return self

    def says(self, *meanings: str) -> Tile:
        """Wait until its text matches every regular expression, case ignored."""
        for meaning in meanings:
            expect(self.card).to_contain_text(re.compile(meaning, re.I), timeout=TIMEOUT)
        return self

    def does_not_say(self, meaning: str) -> Tile:
        """Check that its text does not match a regular expression now."""
        assert not re.search(meaning, self.text, re.I), self.text
        return self

    def shows(self, pictures: int = 1) -> Tile:
        """Wait until it is completed and shows so many loaded images."""
        self.ends("completed")
        images = self.node.locator("img")
        expect(images).to_have_count(pictures, timeout=TIMEOUT)
        for number in range(pictures):
            images.nth(number).scroll_into_view_if_needed()
            loaded = "image => image.complete && image.naturalWidth > 0"
            self.node.page.wait_for_function(loaded, arg=images.nth(number).element_handle())
        return self

    def press(self, name: str) -> None:
        """Click one of its buttons."""
        self.card.get_by_role("button", name=name).click()

    @property
    def text(self) -> str:
        """Return the text of its card now."""
        return self.card.inner_text()


class Visitor(Person):
    """Person who requests small images, each with its own prompt."""

    def __init__(self, page: Page, url: str) -> None:
        super().__init__(page, url)
        self._pressed = 0.0
        self.is_shared = False
        """Whether other tests press on this page next, which shows that no control is stuck."""
        self.dialogs: list[str] = []
        page.on("dialog", self._dismiss)

    def open(self) -> Visitor:
        """Open the page and wait until it is ready."""
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

    def submit(self, prompt: str) -> Tile:
        """Press Generate for a prompt, and return the tile that appears."""
        before = self.tiles_of(prompt).count()
        self.press_for(prompt)
        expect(self.tiles_of(prompt)).to_have_count(before + 1)
        return self.tile(prompt)

    def use_key(self, key: str) -> None:
        """Enter an own key and wait until it pays."""
        self.enter_key(key)
        self.sees_match("with your key ")

    def press_for(self, prompt: str) -> None:
        """Press Generate for a prompt, not too soon after the last press."""
        self.prompt.fill(prompt)
        with self.a_press():
            self.generate_button.click()

    def is_refused_by_the_page(self, prompt: str, *meanings: str) -> None:
        """Press Generate for a prompt: the page says why the host's account does not pay, and shows no tile for it."""
        self.press_for(prompt)
        for meaning in meanings:
            expect(self.page.locator("#banner")).to_contain_text(re.compile(meaning, re.I), timeout=TIMEOUT)
        expect(self.tiles_of(prompt)).to_have_count(0)

    def is_said_to_be_unsent(self, prompt: str, *meanings: str) -> None:
        """Press Generate: the page, or the tile where the price was known before, says why nothing was sent."""
        self.press_for(prompt)
        told = self.page.locator("#banner").or_(self.cards.filter(has=self.page.get_by_text(prompt, exact=True)))
        for meaning in meanings:
            expect(told.filter(has_text=re.compile(meaning, re.I))).to_be_visible(timeout=TIMEOUT)

    @contextmanager
    def unaware(self) -> Generator[None]:
        """Context in which the page does not learn that nothing can be made, as it looks only now and then.

        It begins once the page no longer says so of the service that another test before has turned off.
        """
        expect(self.generate_button).to_be_enabled(timeout=TIMEOUT)
        look = re.compile(r"/component_server/")

        def hold(route: Route) -> None:
            if '"fn_name":"estimate"' in (route.request.post_data or ""):
                route.abort()
            else:
                route.fallback()

        self.page.route(look, hold)
        try:
            yield
        finally:
            self.page.unroute(look, hold)

    @contextmanager
    def a_press(self) -> Generator[None]:
        """Context in which to press Generate: waits until the page counts a press as a new one."""
        time.sleep(max(0.0, self._pressed + BETWEEN_PRESSES - time.monotonic()))
        yield
        self._pressed = time.monotonic()

    def tiles_of(self, prompt: str) -> Locator:
        """Return the tiles of a prompt."""
        return self.cards.filter(has=self.page.get_by_text(prompt, exact=True)).locator("[data-job]")

    def tile(self, prompt: str) -> Tile:
        """Return the newest tile of a prompt, also after a reload."""
        return Tile(self.tiles_of(prompt).first)

    def sees_match(self, *meanings: str) -> None:
        """Wait until the page shows a match of every regular expression, case ignored."""
        for meaning in meanings:
            expect(self.page.get_by_text(re.compile(meaning, re.I)).first).to_be_visible(timeout=TIMEOUT)

    def sees_nothing_raw(self) -> None:
        """Check that neither the page's text nor its source contains raw bodies, keys or tracebacks."""
        text = self.page.locator("body").inner_text()
        found = _RAW.search(text)
        assert not found, text[max(0, found.start() - 200) : found.end() + 200]
        source = self.page.content()
        assert not [secret for secret in (*_KEYS, MARK) if secret in source]

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def can_go_on(self, service: Service, prompt: str) -> None:
        """Check that no control is stuck: once the service has recovered, another press makes another image."""
        self.sees_nothing_raw()
        service.recover()
        if self.is_shared:
            return
        again = f"{prompt}, once more"
        self.submit(again).ends("completed")
        assert len(service.posts_of(again)) == 1
