"""What a person does on the page, by the names a person reads or hears."""

from __future__ import annotations

import re
import time
from collections import Counter

from playwright.sync_api import FilePayload, Locator, Page, expect

SECONDS = 1000.0
PATIENCE = 30 * SECONDS
DOUBLE_PRESS = 0.4
"""Seconds within which the page takes a second press of Generate for the same one: `assets/ui/press/guard.js`."""
DRAFT = """text => Object.entries(localStorage)
  .some(([key, value]) => key.startsWith("playground-draft") && value.includes(text))"""

PRESSED_OR_ASKED = """tiles => document.querySelector("dialog.ask[open]")
  || document.querySelectorAll("[data-job]").length > tiles"""


class Person:
    """Somebody with one tab open."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.errors: list[str] = []
        self._pressed = -DOUBLE_PRESS
        self._known = Counter[str]()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.set_default_timeout(PATIENCE)

    def open(self) -> Person:
        """Open the page and wait until it can be used."""
        self.page.goto(self.url)
        self.generate_button.wait_for()
        self.results.wait_for()
        self.unfold()
        return self

    def unfold(self) -> None:
        """Open the groups of settings that are closed, where the settings are in sight."""
        heads = self.page.locator(".fold-head button[aria-expanded=false]:visible")
        while heads.count():
            heads.first.press("Enter")

    def open_settings(self) -> Locator:
        """Open the sheet of the settings on a narrow page, and all groups in it; returns the sheet."""
        self.button("Settings").click()
        self.unfold()
        return self.page.get_by_role("dialog", name="Settings")

    def tidy_up(self) -> Person:
        """Close what is open and reset the form: a first visit but for the pictures, which `sees` no longer counts."""
        self._pressed = time.monotonic()
        self.close_dialogs()
        self.page.evaluate("document.querySelectorAll('details[open]').forEach((one) => { one.open = false; })")
        if (remove := self.button("Remove picture")).is_visible():
            remove.click()
            expect(remove).to_be_hidden()
        self.button("Reset to defaults").click()
        expect(self.prompt).to_have_value("")
        self._known = Counter(self.tiles.evaluate_all("tiles => tiles.map((tile) => tile.dataset.state)"))
        return self

    def close_dialogs(self) -> Person:
        """Close them by the key that closes the one on top."""
        while self.page.locator("dialog[open]").count():
            self.page.keyboard.press("Escape")
        return self

    @property
    def prompt(self) -> Locator:
        return self.page.get_by_role("textbox", name="Prompt", exact=True)

    @property
    def generate_button(self) -> Locator:
        return self.page.get_by_role("button", name="Generate")

    @property
    def banner(self) -> Locator:
        """Return the reason above Generate why it cannot make a picture now."""
        return self.page.locator("#banner")

    def cannot_generate(self, reason: str) -> None:
        """Wait until Generate is off, and says why to the eye and to a screen reader."""
        expect(self.banner).to_contain_text(reason, timeout=PATIENCE)
        expect(self.banner).to_be_in_viewport()
        expect(self.generate_button).to_be_disabled()
        expect(self.generate_button).to_have_accessible_description(re.compile(re.escape(reason)))

    def can_generate(self) -> None:
        """Wait until Generate is on and nothing is said to be in its way."""
        expect(self.banner).to_be_hidden(timeout=PATIENCE)
        expect(self.generate_button).to_be_enabled()

    @property
    def results(self) -> Locator:
        return self.page.get_by_role("region", name="Results")

    @property
    def tiles(self) -> Locator:
        return self.results.locator("[data-job]")

    @property
    def cards(self) -> Locator:
        """The presses, each with its prompt, the newest first."""
        return self.results.get_by_role("article")

    @property
    def key_box(self) -> Locator:
        return self.page.get_by_label("Your WaveSpeed key", exact=True)

    def button(self, name: str) -> Locator:
        """Return a button by its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def enter_key(self, key: str) -> None:
        """Open the box for a key where it is not open yet, type one and have it used."""
        if not self.key_box.is_visible():
            self.page.locator("#account .disclose").click()
        self.key_box.fill(key)
        self.button("Use this key").click()

    def number(self, name: str) -> Locator:
        """Return the number box of a slider."""
        return self.page.get_by_label(f"number input for {name}", exact=True)

    def set_number(self, name: str, value: float) -> None:
        """Type into a slider's number box and leave it."""
        box = self.number(name)
        box.fill(str(value))
        box.blur()

    def choose(self, group: str, name: str) -> None:
        """Choose one of a group of names, by its label as a mouse does."""
        del group
        self.page.locator("label").filter(has=self.page.get_by_role("radio", name=name, exact=True)).click()

    def generate(self, prompt: str | None = None) -> None:
        """Type a prompt and press Generate, late enough after the last press to be another one."""
        if prompt is not None:
            self.prompt.fill(prompt)
        time.sleep(max(0.0, self._pressed + 1.2 * DOUBLE_PRESS - time.monotonic()))
        self.generate_button.click()
        self._pressed = time.monotonic()

    def make(self, prompt: str, seed: int, steps: int = 20) -> None:
        """Generate one picture and wait until it is finished."""
        self.set_number("Seed", seed)
        self.set_number("Steps", steps)
        count, tiles = self.in_state("completed").count(), self.tiles.count()
        self.generate(prompt)
        self.page.wait_for_function(PRESSED_OR_ASKED, arg=tiles)
        if (again := self.button("Make it anyway")).is_visible():  # a test before has made this very picture
            again.click()
        expect(self.in_state("completed")).to_have_count(count + 1)

    def open_picture(self, prompt: str) -> Locator:
        """Open the newest picture of a prompt; returns the large view with all its actions."""
        self.results.get_by_role("button", name=f"Open: {prompt}").first.click()
        return self.unfold_actions(self.page.get_by_role("dialog", name="Picture", exact=True))

    def unfold_actions(self, view: Locator) -> Locator:
        """Show the actions of a large view that its bar does not show, and return the view."""
        more = view.get_by_role("button", name="More", exact=True)
        if more.get_attribute("aria-expanded") == "false":
            more.click()
        return view

    def draft_holds(self, text: str) -> None:
        """Wait until the browser has stored the form with this text in it."""
        self.page.wait_for_function(DRAFT, arg=text)

    def start_from(self, name: str, content: bytes) -> None:
        """Choose a picture file to start from."""
        file = FilePayload(name=name, mimeType="image/png", buffer=content)
        self.page.get_by_label("Starting picture", exact=True).set_input_files([file])

    def edit(self, mode: str) -> None:
        """Choose what to do with the picture to start from."""
        self.choose("What to do with it", mode)

    def in_state(self, state: str) -> Locator:
        """Return the tiles in a state."""
        return self.results.locator(f"[data-job][data-state={state}]")

    def has_tiles(self, count: int) -> None:
        """Wait until there are that many tiles, besides those of before `tidy_up`."""
        expect(self.tiles).to_have_count(self._known.total() + count)

    def sees(self, state: str, count: int) -> None:
        """Wait until that many tiles are in a state, besides those of before `tidy_up`."""
        expect(self.in_state(state)).to_have_count(self._known[state] + count, timeout=PATIENCE)

    def sees_pictures(self, count: int) -> None:
        """Wait until that many pictures are painted on the screen, not only named; it counts as `sees` does."""
        self.sees("completed", count)
        pictures = self.in_state("completed").locator("img")
        expect(pictures).to_have_count(self._known["completed"] + count)
        for number in range(count):
            pictures.nth(number).scroll_into_view_if_needed()
            self.page.wait_for_function(
                "image => image.complete && image.naturalWidth > 0", arg=pictures.nth(number).element_handle()
            )

    def sees_text(self, text: str) -> None:
        """Wait until some words stand on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)
