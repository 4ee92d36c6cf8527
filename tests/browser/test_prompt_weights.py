"""Weights of words in a prompt, pasted from other programs: said where the model may not read them, and taken out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person

WEIGHTED = {
    # As pasted prompts of A1111, ComfyUI, compel and NovelAI have them: AUTOMATIC1111/stable-diffusion-webui (wiki,
    # Features), damian0815/compel (Syntax), NovelAI (docs, Strengthening).
    "a (red:1.3) fox": "a red fox",
    "(masterpiece), (best quality), a fox": "masterpiece, best quality, a fox",
    "((masterpiece)), a fox": "masterpiece, a fox",
    "(((masterpiece, best quality))), a fox": "masterpiece, best quality, a fox",
    "((red:1.2) fox:1.4), snow": "red fox, snow",
    "(a (red) fox, snow :1.1)": "a red fox, snow",
    "a [blurry] fox": "a blurry fox",
    "[[text]], a fox": "text, a fox",
    "a [cat:dog:0.5] in snow": "a cat, dog in snow",
    "a [cat|dog] in snow": "a cat, dog in snow",
    "a fox [in snow:10]": "a fox in snow",
    "a fox [in snow::0.7]": "a fox in snow",
    "a fox BREAK in the snow": "a fox, in the snow",
    "a fox,\nBREAK\nsnow": "a fox,\nsnow",
    "{{masterpiece}}, a fox": "masterpiece, a fox",
    "{{{best quality}}}, {snow}": "best quality, snow",
    "(red:1.2)(fox:1.1), (blue:1.3)-eyed": "red fox, blue-eyed",
    "(worst quality:1.4), (low quality:1.4), ((monochrome))": "worst quality, low quality, monochrome",
    "a cute fox ( red : 1.3 )": "a cute fox red",
    "a fox (snow: -0.5), hat (blue)": "a fox snow, hat blue",
    "1.3::red fox::, snow": "red fox, snow",
    "a (red)1.3 fox": "a red fox",
    "a (red)++ fox": "a red fox",
    "(saber \\(fate\\):1.2), armor": "saber (fate), armor",
    "<lora:owner/name:0.8> (red:1.3) fox": "<lora:owner/name:0.8> red fox",
    "(1girl, age 20:1.25)": "1girl, age 20",
    "(red:1.3) fox :)": "red fox :)",
    "(red:1.3 fox, (snow:1.2)": "(red:1.3 fox, snow",
}
PLAIN = [
    "a red fox in the snow, warm light",
    "a photo (35mm), a fox (red) in snow",
    "a poster (16:9) of a fox at 10:30",
    "a smiling fox :) with a hat :(",
    "saber \\(fate\\), armor",
    "a sign that says BREAK THE RULES",
    "BREAKFAST with a fox, C++ code on a screen",
    "<lora:owner/name:0.8> a fox",
    "a set {of, braces}",
    "",
]


def test_marks_of_weights_are_found_and_taken_out(scripts: Page) -> None:
    """Each text in both directions; the marks that stay are none."""
    run = """async (texts) => {
        const { weightMark, withoutWeights } = await import('/prompt/weight_marks.js');
        return texts.map((text) => [Boolean(weightMark(text)), withoutWeights(text)]);
    }"""
    texts = [*WEIGHTED, *PLAIN]
    found = dict(zip(texts, scripts.evaluate(run, texts), strict=True))
    assert {text: found[text] for text in WEIGHTED} == {text: [True, plain] for text, plain in WEIGHTED.items()}
    assert [text for text in PLAIN if found[text][0]] == []
    brackets = ["(" * 4000, "(a" * 2000 + ")" * 2000, "[" * 4000, "(a:" * 1500]
    worst = [*brackets, " " * 4000 + ",", ", " * 2000, "1." * 2000]
    timed = f"""async (texts) => {{
        const from = performance.now();
        await ({run})(texts);
        return performance.now() - from;
    }}"""
    took = scripts.evaluate(timed, worst)
    assert took < 2000


@pytest.mark.app("hosted")
def test_the_note_offers_to_take_them_out(regular: Person) -> None:
    note = regular.page.locator("#words .prompt-weights")
    regular.prompt.fill("a (red:1.3) fox")
    expect(note).to_contain_text("(red:1.3)")
    note.get_by_role("button").click()
    expect(regular.prompt).to_have_value(re.compile("^a red fox$"))
    expect(note).to_be_empty()
