"""The history as a person opens it, and finds something in it."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser.person import Person


def history(person: Person) -> Locator:
    """Open the history; returns its dialog."""
    person.button("History").click()
    return person.page.get_by_role("dialog", name="History")


def tiles(view: Locator) -> Locator:
    """Return the pictures that are found."""
    return view.get_by_role("list", name="Results").locator("[data-job]")


def search(view: Locator, words: str) -> None:
    """Search for words of the prompts."""
    view.get_by_role("searchbox", name="Search prompts").fill(words)


def comes_back(person: Person) -> None:
    """Let a tab ask for what changed, as it does when it is shown again."""
    person.page.bring_to_front()
    person.page.evaluate("dispatchEvent(new Event('online'))")
