"""First paint: the ideas for prompts, the head's line of practice mode, and what it leaves out."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from components.messages.catalogue import languages, text
from components.ui.opening import Opening
from tests.tools.repaint_samples import examples


class Elements(HTMLParser):
    """Attributes of the elements by their first class, in the order of the page; the text of all."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, list[dict[str, str | None]]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        for name in (values.get("class") or "").split():
            self.found.setdefault(name, []).append(values)

    def handle_data(self, data: str) -> None:
        self.words += data


def opened(
    language: str = "en", *, is_priced: bool = False, is_practice: bool = False, needs_key: bool = False
) -> Elements:
    opening = Opening("A <title>", is_priced=is_priced, is_practice=is_practice, needs_key=needs_key)
    return Elements(opening.html(language).partition("<script>")[0])


def test_a_card_holds_what_its_example_fills_in():
    cards = opened().found["example"]
    assert [json.loads(str(card["data-fields"])) for card in cards] == examples()


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_ideas_are_in_the_language_of_the_page(language: str):
    shown = opened(language)
    for example in examples():
        title = text(f"example.{example['id']}.title", language=language)
        assert title in shown.words
    labels = [card["aria-label"] for card in shown.found["example"]]
    use = text("form.use_example", {"title": text("example.fox.title", language=language)}, language)
    assert labels[0] == f"{use}. {examples()[0]['prompt']}"
    assert text("form.examples", language=language) in shown.words


def test_a_long_prompt_is_clipped_on_its_card_and_whole_in_what_it_fills_in(monkeypatch: pytest.MonkeyPatch):
    example: dict[str, object] = {**examples()[0], "prompt": "a fox & " * 40}
    monkeypatch.setattr("components.ui.opening.assets.text", with_examples([example]))
    shown = opened()
    assert "a fox & " * 15 + "…" in shown.words
    assert "a fox & " * 16 not in shown.words
    assert json.loads(str(shown.found["example"][0]["data-fields"])) == example


def with_examples(found: list[dict[str, object]]):
    from components.ui import assets  # noqa: PLC0415 - the function that is replaced

    original = assets.text
    return lambda name: json.dumps(found) if name == "examples/examples.json" else original(name)


def test_samples_say_who_drew_them_but_where_all_pictures_are_drawn_so():
    assert "hidden" not in opened().found["sample-note"][0]
    assert "hidden" in opened(is_practice=True).found["sample-note"][0]


def test_the_line_of_practice_mode_is_there_in_practice_mode_alone():
    line = text("backend.demo", language="de")
    assert line in opened("de", is_practice=True).words
    assert line not in opened("de").words


def test_generate_has_room_for_a_price_where_there_is_one():
    assert "priced" in opened(is_priced=True).found
    assert "priced" not in opened().found


def test_below_an_open_box_for_a_key_no_ideas_are_shown():
    assert "high" in opened(needs_key=True).found
    assert "high" not in opened().found


def test_the_pictures_in_sight_at_every_width_are_loaded_first():
    pictures = [values for tag, values in opened().tags if tag == "img"]
    assert [one.get("fetchpriority") for one in pictures] == ["high"] * 4 + [None, None]


def test_every_text_is_there_once():
    words = opened().words
    keys = ("form.examples_hint", "field.prompt.help", "shared.demo_samples")
    assert [words.count(text(key)) for key in keys] == [1, 1, 1]
