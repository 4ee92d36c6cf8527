"""Keys of the prompts: former texts come back, words get a weight; and the list of all keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person

UP, DOWN = 1, -1
WEIGHED = [
    # The text with what is selected between two bars, or one at the caret; the direction; the text after it.
    ("a red f|ox", UP, "a red (f|ox:1.1)"),
    ("a red (f|ox:1.1)", UP, "a red (f|ox:1.2)"),
    ("a red (f|ox:1.1)", DOWN, "a red f|ox"),
    ("a red f|ox", DOWN, "a red (f|ox:0.9)"),
    ("a red (f|ox:0.9)", UP, "a red f|ox"),
    ("a |red fox| in snow", UP, "a (|red fox|:1.1) in snow"),
    ("a (|red fox|:1.1) in snow", UP, "a (|red fox|:1.2) in snow"),
    ("a |(red fox:1.2)| in snow", DOWN, "a (|red fox|:1.1) in snow"),
    ("a |red fox |in snow", UP, "a (|red fox|:1.1) in snow"),
    ("a (red |fox|:1.2)", UP, "a (red (|fox|:1.1):1.2)"),
    ("((fox:1.2) in sn|ow:1.3)", UP, "((fox:1.2) in sn|ow:1.4)"),
    ("a (fox:1.1)|", UP, "a (fox|:1.2)"),
    ("a (f|ox)", DOWN, "a f|ox"),
    ("a well-l|it room", UP, "a (well-l|it:1.1) room"),
    ("rotes Füch|slein", UP, "rotes (Füch|slein:1.1)"),
    ("(fox:0.95|)", UP, "(fox|:1.05)"),
    ("saber \\(fa|te\\)", UP, "saber \\((fa|te:1.1)\\)"),
]
AS_IT_IS = ["a | , b", "<lora:own|er/name:0.8> a fox", "a fox) |and (a| cat", "|", "|   |"]
AT_THE_END = [("(fox|:2)", UP), ("(fox|:0.1)", DOWN)]
WEIGH = """async (cases) => {
    const { weighed } = await import('/prompt/weigh.js');
    const bars = ({ text, start, end }) => start === end
        ? `${text.slice(0, start)}|${text.slice(start)}`
        : `${text.slice(0, start)}|${text.slice(start, end)}|${text.slice(end)}`;
    return cases.map(([marked, direction]) => {
        const [before, inside, after] = [marked.split("|")[0], ...marked.split("|").slice(1), ""];
        const isCaret = marked.split("|").length === 2;
        const text = marked.replaceAll("|", "");
        const end = isCaret ? before.length : before.length + inside.length;
        const next = weighed({ text, start: before.length, end }, direction);
        return next && bars(next);
    });
}"""


def test_the_weight_of_a_word_or_a_selection_goes_up_and_down(scripts: Page) -> None:
    cases = [[marked, direction] for marked, direction, _ in WEIGHED]
    assert scripts.evaluate(WEIGH, cases) == [after for *_, after in WEIGHED]
    assert scripts.evaluate(WEIGH, [[marked, UP] for marked in AS_IT_IS]) == [None] * len(AS_IT_IS)
    assert scripts.evaluate(WEIGH, AT_THE_END) == [marked for marked, _ in AT_THE_END]


WALK = """async ([former, steps]) => {
    const { Walk } = await import('/prompt/former.js');
    const walk = new Walk();
    let shown = "being typed";
    return steps.map((step) => (shown = typeof step === "string" ? step : walk.step(shown, step, () => former)));
}"""
FORMER = [
    {"prompt": "a cat", "created": 1},
    {"prompt": "a fox", "created": 3},
    {"prompt": " a cat ", "created": 2},
    {"prompt": "", "created": 4},
    {"prompt": "being typed", "created": 5},
]


def test_a_walk_goes_back_in_time_and_ends_at_what_was_being_typed(scripts: Page) -> None:
    steps = [UP, UP, UP, DOWN, DOWN, DOWN]
    shown = ["a fox", "a cat", "a cat", "a fox", "being typed", "being typed"]
    assert scripts.evaluate(WALK, [FORMER, steps]) == shown
    # What is typed into a former prompt begins another walk, from itself.
    steps = [UP, UP, "a cat in a box", UP, DOWN]
    assert scripts.evaluate(WALK, [FORMER, steps])[-2:] == ["being typed", "a cat in a box"]
    assert scripts.evaluate(WALK, [[], [UP, DOWN]]) == ["being typed", "being typed"]


def test_a_typed_text_stands_once_and_there_are_thirty(scripts: Page) -> None:
    run = """async () => {
        const { withTyped } = await import('/prompt/former.js');
        const add = (list, prompt, created) => withTyped(list, { prompt, created });
        const typed = ["a", "a fox", "a cat", "a fox in the snow"].reduce(add, []);
        const many = Array.from({ length: 40 }, (_, number) => `${number} foxes`).reduce(add, []);
        return [typed.map(({ prompt }) => prompt), many.length];
    }"""
    assert scripts.evaluate(run) == [["a fox in the snow", "a cat"], 30]


@pytest.mark.full
@pytest.mark.app("demo")
def test_keys_bring_former_prompts_back_change_weights_and_list_themselves(person: Person) -> None:
    page, box = person.page, person.prompt
    person.generate("a red fox")
    person.sees_pictures(1)
    box.fill("a blue whale")
    page.get_by_role("textbox", name="Negative prompt").focus()
    box.fill("being typed")
    for key, shown in (
        ("Alt+ArrowUp", "a blue whale"),
        ("Alt+ArrowUp", "a red fox"),
        ("Alt+ArrowDown", "a blue whale"),
        ("Alt+ArrowDown", "being typed"),
    ):
        box.press(key)
        expect(box).to_have_value(shown)
    box.press("Control+ArrowUp")
    box.press("End")
    box.press("?")  # typed, as any other sign
    expect(box).to_have_value("being typed?")  # this model is not known to read weights
    box.evaluate("(box) => box.closest('#field-prompt').classList.add('reads-weights')")
    box.press("Backspace")
    box.press("Control+ArrowUp")
    expect(box).to_have_value("being (typed:1.1)")
    box.press("Control+ArrowDown")
    expect(box).to_have_value("being typed")
    person.button("Keys").click()
    keys = page.get_by_role("dialog", name="Keyboard")
    expect(keys).to_contain_text("Ctrl + ↑ / Ctrl + ↓")
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.keyboard.press("?")  # the focus is at the button again
    expect(keys).to_contain_text("Alt + ↑ / Alt + ↓")
