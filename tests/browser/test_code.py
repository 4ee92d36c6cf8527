"""The code of a request as a person takes it from the page, and what it does when it is run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from components import messages
from components.api.code_samples import SampleHosts, code_samples
from components.domain.request import GenerationRequest
from tests.browser.person import Person
from tests.support.sample_requests import ALL, EVERY, SERVICES, body_of
from tests.support.v3_service import KEY, HostedApi
from tests.support.v3_task import png

TABS = ("curl", "Python, wavespeed", "Python, this page", "JavaScript", "JavaScript, this page")
WORDS = 'it\'s "a" fox\n$(touch ran) `touch ran` </script> 🦊 \u202e שועל'


pytestmark = pytest.mark.app("pictures")


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def dialog_of(person: Person) -> Locator:
    person.button("Show code").click()
    dialog = person.page.get_by_role("dialog", name="Code for these settings")
    dialog.wait_for()
    return dialog


def code_in(dialog: Locator, tab: str) -> str:
    dialog.get_by_role("tab", name=tab, exact=True).click()
    return dialog.get_by_role("tabpanel", name=tab, exact=True).locator("code").inner_text()


def run(command: list[str], folder: Path, **env: str) -> str:
    """Run what was copied, as whoever copied it, with the key in its environment; return what it says."""
    env = dict(os.environ) | {"WAVESPEED_API_KEY": KEY, "HOME": str(folder), "GRADIO_ANALYTICS_ENABLED": "False"} | env
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not (folder / "ran").exists()
    return done.stdout


@pytest.mark.full
def test_each_of_the_four_sends_what_generate_sends(person: Person, api: HostedApi, tmp_path: Path) -> None:
    person.prompt.fill(WORDS)
    person.page.get_by_role("textbox", name="Negative prompt").fill("text")
    person.set_number("Width", 832)
    person.set_number("Seed", 7)
    person.page.get_by_role("textbox", name="LoRA 1", exact=True).fill("nerijs/pixel-art-xl")
    person.button("Style").click()
    person.button("Watercolor").click()
    person.page.keyboard.press("Escape")
    person.generate()
    person.sees("completed", 1)
    dialog = dialog_of(person)
    code = {tab: code_in(dialog, tab) for tab in TABS}
    for name, text in code.items():
        assert KEY not in text, f"{name} holds the host's key"
    (tmp_path / "curl.sh").write_text(code["curl"])
    assert json.loads(run(["bash", "curl.sh"], tmp_path))["code"] == 200
    for name in ("Python, wavespeed", "Python, this page"):
        (tmp_path / "sample.py").write_text(code[name])
        assert run([sys.executable, "sample.py"], tmp_path)
    sent, *others = api.posts
    assert len(others) == 3
    assert all(other == sent for other in others)
    assert sent["seed"] == 7
    assert "watercolor" in sent["prompt"]
    assert WORDS in sent["prompt"]


def in_a_page(page: Page, text: str) -> list[Any]:
    """Run a script inside a page, before a service that is a fake."""
    page.set_content(
        """<script>
        window.process = { env: { WAVESPEED_API_KEY: "of whoever runs it" } };
        window.asked = [];
        window.setTimeout = (then) => queueMicrotask(then);
        window.fetch = async (address, { method, body, headers }) => {
          asked.push([method ?? "GET", address, headers.Authorization, body && JSON.parse(body)]);
          const status = asked.length < 3 ? "processing" : "completed";
          return { json: async () => ({ code: 200, data: { id: "task-1", status, outputs: ["a"] } }) };
        };
        </script>"""
        f"<script type=module>{text}\nwindow.isDone = true;</script>"
    )
    page.wait_for_function("() => window.isDone")
    return page.evaluate("() => window.asked")


def test_javascript_sends_the_very_body_whatever_the_words_are(context: BrowserContext) -> None:
    page, said = context.new_page(), list[str]()
    page.on("pageerror", lambda error: said.append(str(error)))
    for generation, model in EVERY:
        asked = in_a_page(page, code_samples(generation, model, SERVICES)["javascript"])
        submit = f"{SERVICES.base_url}/api/v3/{model.id}"
        look = f"{SERVICES.base_url}/api/v3/predictions/task-1/result"
        body = body_of(generation, model, "https://example.com/picture.png", "https://example.com/mask.png")
        assert asked[0] == ["POST", submit, "Bearer of whoever runs it", body]
        assert [one[:2] for one in asked[1:]] == [["GET", look]] * 2
        assert said == []


def test_javascript_says_what_failed(context: BrowserContext) -> None:
    page, said = context.new_page(), list[str]()
    page.on("pageerror", lambda error: said.append(error.message))
    text = code_samples(GenerationRequest("a fox"), ALL, SampleHosts("http://x", ""))["javascript"]
    fake = "async () => ({ json: async () => ({ code: 401, message: 'no such key', data: null }) })"
    with page.expect_event("pageerror"):
        setup = f"<script>window.process = {{ env: {{}} }}; window.fetch = {fake}</script>"
        page.set_content(f"{setup}<script type=module>{text}</script>")
    assert said == ["no such key"]


@pytest.mark.full
def test_a_picture_and_its_mask_are_named_and_stay_here(person: Person) -> None:
    person.prompt.fill("a fox")
    person.start_from("secret.png", png(1024, 1024, 1))
    person.page.get_by_text("Exact strength and fit").click()
    person.set_number("Prompt strength", 0.6)
    dialog = dialog_of(person)
    for tab in TABS:
        text = code_in(dialog, tab)
        assert "IMAGE" in text
        assert "MASK" not in text
        assert "secret" not in text
        assert re.search(r"\b(prompt_)?strength\b.{1,3}0\.6\b", text)


@pytest.mark.full
def test_by_keyboard(person: Person) -> None:
    person.prompt.fill("a fox")
    person.button("Show code").focus()
    person.page.keyboard.press("Enter")
    tabs = [person.page.get_by_role("tab", name=name, exact=True) for name in TABS]
    expect(tabs[0]).to_be_focused()
    expect(person.page.get_by_role("tabpanel")).to_have_count(1)
    for key, at in (("ArrowRight", 1), ("ArrowLeft", 0), ("ArrowLeft", 4), ("Home", 0), ("End", 4), ("ArrowRight", 0)):
        person.page.keyboard.press(key)
        expect(tabs[at]).to_be_focused()
        expect(tabs[at]).to_have_attribute("aria-selected", "true")
        expect(person.page.get_by_role("tabpanel", name=TABS[at], exact=True)).to_be_visible()
        expect(person.page.get_by_role("tabpanel")).to_have_count(1)
    person.page.keyboard.press("Escape")
    expect(person.page.get_by_role("dialog")).to_have_count(0)
    expect(person.button("Show code")).to_be_focused()


@pytest.mark.full
def test_what_is_copied_is_what_is_shown(person: Person) -> None:
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.prompt.fill(WORDS)
    dialog = dialog_of(person)
    for tab in TABS:
        shown = code_in(dialog, tab)
        dialog.get_by_role("button", name=f"Copy code: {tab.lower()}").click()
        expect(dialog.get_by_role("button", name="Copied", exact=True)).to_be_visible()
        assert person.page.evaluate("() => navigator.clipboard.readText()") == shown


def test_what_keeps_it_from_being_sent_is_said_at_its_field(person: Person, api: HostedApi) -> None:
    person.button("Show code").click()
    person.sees_text(messages.NO_PROMPT.happened)
    expect(person.prompt).to_be_focused()
    expect(person.page.get_by_role("dialog")).to_have_count(0)
    person.prompt.fill("a fox")
    dialog_of(person)
    expect(person.page.get_by_text(messages.NO_PROMPT.happened)).to_have_count(0)
    assert api.posts == []


def test_several_pictures_are_several_requests(person: Person) -> None:
    person.prompt.fill("a fox")
    person.choose("Pictures", "3")
    dialog = dialog_of(person)
    expect(dialog.get_by_role("tabpanel")).to_contain_text(messages.code_of_several(3).happened)
    assert '"seed": -1' in code_in(dialog, "curl")


@pytest.mark.full
def test_of_an_opened_picture_with_its_own_seed(person: Person, api: HostedApi) -> None:
    person.generate("a fox")
    person.sees_pictures(1)
    person.prompt.fill("something else by now")
    viewer = person.open_picture("a fox")
    viewer.get_by_role("button", name="Show code").click()
    dialog = person.page.get_by_role("dialog", name="Code for these settings")
    text = code_in(dialog, "curl")
    assert json.loads(text[text.index("{") : text.rindex("}'") + 1]) == api.posts[0]
    person.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(viewer).to_be_visible()


@pytest.mark.full
def test_on_a_phone_it_fits(on_a_phone: Person) -> None:
    person = on_a_phone
    person.prompt.fill("a very long word: " + "o" * 900)
    person.open_settings()
    person.button("Show code").tap()
    dialog = person.page.get_by_role("dialog", name="Code for these settings")
    done = dialog.get_by_role("button", name="Close")
    box = done.bounding_box()
    assert box and box["height"] >= 44 and box["y"] + box["height"] <= 844
    assert person.page.evaluate("() => document.querySelector('dialog.code').scrollWidth <= 390")
    done.tap()
    expect(dialog).to_have_count(0)


@pytest.mark.full
@pytest.mark.app("demo")
def test_the_demo_says_that_the_code_asks_another(person: Person, api: HostedApi, tmp_path: Path) -> None:
    person.prompt.fill("a fox")
    dialog = dialog_of(person)
    assert f"{api.base_url}/api/v3/stability-ai/sdxl-lora" in code_in(dialog, "curl")
    expect(dialog).to_contain_text(messages.CODE_FOR_THE_SERVICE.happened)
    (tmp_path / "sample.py").write_text(code_in(dialog, "Python, this page"))
    expect(dialog.get_by_role("tabpanel")).not_to_contain_text(messages.CODE_FOR_THE_SERVICE.happened)
    assert "'seed'" in run([sys.executable, "sample.py"], tmp_path)
    assert api.posts == []
    person.page.keyboard.press("Escape")
    person.choose("Refiner", "Polish afterward")
    dialog = dialog_of(person)
    assert '"refine": "base_image_refiner"' in code_in(dialog, "curl")
    expect(dialog).to_contain_text(messages.CODE_NOT_TAKEN_THERE.happened)


@pytest.mark.full
@pytest.mark.app("own key only")
def test_where_programs_are_refused_it_is_said(person: Person) -> None:
    person.prompt.fill("a fox")
    dialog = dialog_of(person)
    expect(dialog.get_by_role("tabpanel")).not_to_contain_text(messages.OWN_KEY_ONLY_PROGRAM.happened)
    dialog.get_by_role("tab", name="Python, this page").click()
    expect(dialog.get_by_role("tabpanel")).to_contain_text(messages.OWN_KEY_ONLY_PROGRAM.happened)
