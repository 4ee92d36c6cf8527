"""Rows of the LoRA table as the browser tests use them."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser.person import Person


def row(person: Person, number: int = 1) -> Locator:
    return person.page.get_by_role("textbox", name=f"LoRA {number}", exact=True)


def under(person: Person, number: int = 1) -> Locator:
    return person.page.locator(f"#lora-check-{number}")


def word(person: Person, text: str, number: int = 1) -> Locator:
    return under(person, number).get_by_role("button", name=text, exact=True)


def paste(person: Person, text: str, number: int = 1) -> None:
    row(person, number).fill(text)
    row(person, number).blur()


def check(person: Person, number: int = 1) -> None:
    person.button(f"Check LoRA {number}").click()
