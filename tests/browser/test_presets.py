"""Presets: settings under a name, kept in the browser, applied with an undo, and taken along as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.person import Person

FORMAT = {"format": "sdxl-playground-presets", "version": 1}
READ = """async (text) => {
    const { presetsIn } = await import('/presets/list.js');
    return presetsIn(text, ({ width }) => ({ width: Math.min(width, 1536) }));
}"""


def preset(name: Any, width: int = 512) -> dict[str, Any]:
    return {"name": name, "settings": {"width": width, "key": "secret"}}


def test_a_file_is_read_through_the_check_and_what_is_no_preset_is_left_out(scripts: Page) -> None:
    odd = [None, 1, "x", {}, {"name": "no settings"}, {"name": "a list", "settings": []}, preset(""), preset(7)]
    good = [preset("One"), preset("  Two \n words "), preset("x" * 99, 9999), preset("ONE", 640)]
    found = scripts.evaluate(READ, json.dumps({**FORMAT, "presets": [*odd, *good]}))
    assert [(one["name"], one["settings"]) for one in found] == [
        ("ONE", {"width": 640}),
        ("Two words", {"width": 512}),
        ("x" * 60, {"width": 1536}),
    ]


FOREIGN: list[Any] = [
    None,
    [],
    "text",
    {"presets": []},
    {**FORMAT, "presets": {}},
    {**FORMAT, "version": 2, "presets": []},
    {"format": "another", "version": 1, "presets": []},
]


def test_a_foreign_or_broken_file_holds_no_presets(scripts: Page) -> None:
    for text in ("", "{", "\x89PNG", *map(json.dumps, FOREIGN)):
        assert scripts.evaluate(READ, text) is None, text


MERGED = """async ([own, added]) => {
    const { merged } = await import('/presets/list.js');
    return merged(own, added).map(({ name, settings }) => [name, settings.width]);
}"""


def test_merged_presets_of_one_name_are_replaced_at_their_place(scripts: Page) -> None:
    own, added = [preset("A", 1), preset("B", 2)], [preset("C", 3), preset("a", 4), preset("c", 5)]
    assert scripts.evaluate(MERGED, [own, added]) == [["a", 4], ["B", 2], ["c", 5]]


TWO_TABS = """async ([before, own, next]) => {
    const { applied, difference } = await import('/presets/list.js');
    const after = applied(own, difference(before, next));
    const undone = applied(after, difference(next, before));
    return [after, undone].map((list) => list.map(({ name, settings }) => [name, settings.width]));
}"""


def test_a_change_and_its_undo_leave_what_another_tab_has_saved(scripts: Page) -> None:
    before = [preset("A", 1), preset("B", 2)]
    own = [preset("A", 1), preset("B", 2), preset("theirs", 9)]
    for after in (
        [preset("Z", 1), preset("B", 2)],
        [preset("B", 2)],
        [preset("A", 5), preset("B", 2), preset("C", 3)],
    ):
        expected = [[one["name"], one["settings"]["width"]] for one in after]
        changed, undone = scripts.evaluate(TWO_TABS, [before, own, after])
        assert changed == [*expected, ["theirs", 9]]
        assert undone == [["A", 1], ["B", 2], ["theirs", 9]]


KEEP = """async ([count, length]) => {
    const { keep, storedPresets } = await import('/presets/list.js');
    localStorage.clear();
    const settings = { prompt: "x".repeat(length) };
    const problem = keep(Array.from({ length: count }, (_, number) => ({ name: String(number), settings })));
    return [problem, storedPresets().length];
}"""


def test_number_and_size_of_what_is_kept_are_bounded(scripts: Page) -> None:
    assert scripts.evaluate(KEEP, [100, 10]) == ["", 100]
    assert scripts.evaluate(KEEP, [101, 10]) == ["too_many", 0]
    assert scripts.evaluate(KEEP, [50, 10_000]) == ["too_large", 0]


def opened(person: Person) -> Locator:
    person.button("Presets").click()
    return person.page.get_by_role("dialog", name="Presets")


def save(dialog: Locator, name: str) -> None:
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Name", exact=True).press("Enter")
    expect(dialog.get_by_role("status")).to_contain_text(f"Saved: {name}")


def choose_file(dialog: Locator, content: str) -> None:
    file = FilePayload(name="presets.json", mimeType="application/json", buffer=content.encode())
    dialog.locator("input[type=file]").set_input_files([file])


@pytest.mark.app("demo")
def test_presets_are_saved_applied_undone_renamed_deleted_and_taken_along(person: Person) -> None:
    page = person.page
    person.prompt.fill("a fox")
    person.set_number("Steps", 12)
    dialog = opened(person)
    save(dialog, "Twelve")
    dialog.get_by_label("Include the prompt").check()
    save(dialog, "Twelve with a fox")
    page.keyboard.press("Escape")

    person.prompt.fill("a cat")
    person.set_number("Steps", 30)
    opened(person).get_by_role("button", name="Twelve 1024").click()
    expect(person.number("Steps")).to_have_value("12")
    expect(person.prompt).to_have_value("a cat")
    person.sees_text("Preset loaded: Twelve. Press Generate.")
    person.button("Undo").click()
    expect(person.number("Steps")).to_have_value("30")
    person.sees_text("Your earlier settings are back.")
    opened(person).get_by_role("button", name="Twelve with a fox “a fox”").click()
    expect(person.prompt).to_have_value("a fox")

    page.reload()
    person.results.wait_for()
    dialog = opened(person)
    dialog.get_by_role("button", name="Rename: Twelve", exact=True).click()
    page.keyboard.type("Quick")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Delete: Twelve with a fox").click()
    rows = dialog.get_by_role("listitem")
    expect(rows).to_have_count(1)
    dialog.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Export").click()
    content = Path(download.value.path()).read_text(encoding="utf-8")
    assert [one["name"] for one in json.loads(content)["presets"]] == ["Quick", "Twelve with a fox"]

    choose_file(dialog, "{}")
    expect(dialog.get_by_role("status")).to_contain_text("This file holds no presets of this page.")
    wide = {**FORMAT, "presets": [{"name": "Wide", "settings": {"width": 99999, "steps": 7}}]}
    choose_file(dialog, json.dumps(wide))
    dialog.get_by_role("button", name="Keep mine too").click()
    expect(rows).to_have_count(3)
    choose_file(dialog, content)
    dialog.get_by_role("button", name="Replace mine").click()
    expect(rows).to_have_count(2)
    dialog.get_by_role("button", name="Undo").click()
    dialog.get_by_role("button", name="Wide", exact=True).click()
    expect(person.number("Width")).to_have_value("1536")
    expect(person.number("Steps")).to_have_value("28")
