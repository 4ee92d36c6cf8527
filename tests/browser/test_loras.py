"""LoRA rows: any pasted form, the check before spending, trigger words, tags out of the prompt."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from components import messages
from tests.browser.lora_rows import check, paste, row, under, word
from tests.browser.person import Person
from tests.support.full_run import cases
from tests.support.v3_service import HostedApi

pytestmark = pytest.mark.app("fake sites")


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


@pytest.mark.full
def test_what_was_pasted_takes_its_usual_form_when_the_box_is_left(person: Person, api: HostedApi) -> None:
    paste(person, " https://huggingface.co/owner/pixels/tree/main ")
    expect(row(person)).to_have_value("owner/pixels")
    expect(under(person)).to_contain_text("Hugging Face · owner/pixels")
    paste(person, "<lora:owner/toys:0.4>")
    expect(row(person)).to_have_value("owner/toys")
    expect(person.number("LoRA 1 scale")).to_have_value("0.4")
    person.generate("a cat")
    person.sees_pictures(1)
    assert api.posts[0]["loras"] == [{"path": "owner/toys", "scale": 0.4}]


def test_a_token_in_a_link_is_kept_nowhere(person: Person, api: HostedApi) -> None:
    paste(person, "https://civitai.com/api/download/models/456?token=canary")
    expect(row(person)).to_have_value("https://civitai.com/api/download/models/456")
    person.generate("a cat")
    person.sees_pictures(1)
    assert "canary" not in str(api.posts)


@pytest.mark.parametrize(
    ("pasted", "told"),
    cases(
        [
            ("urn:air:flux1:lora:civitai:1@2", messages.lora_for_another("FLUX")),
            ("https://huggingface.co/spaces/owner/name", messages.LORA_NO_MODEL_PAGE),
            ("pixel-art", messages.LORA_BARE_NAME),
            ("<lora:owner/name:-1>", messages.LORA_NEGATIVE),
        ],
        1,
    ),
)
def test_what_cannot_work_is_told_at_the_row_at_once(person: Person, pasted: str, told: messages.Message) -> None:
    paste(person, pasted)
    person.sees_text(told.happened)
    expect(row(person)).to_have_accessible_description(re.compile(re.escape(told.happened)))
    expect(row(person)).not_to_be_focused()
    row(person).fill("owner/pixels")
    expect(person.page.get_by_text(told.happened)).to_have_count(0)


@pytest.mark.full
def test_a_check_says_in_words_whether_it_fits(person: Person) -> None:
    paste(person, "owner/pixels")
    check(person)
    expect(under(person)).to_contain_text("Compatible Works with SDXL (rank 16)")
    paste(person, "owner/old")
    check(person)
    expect(under(person)).to_contain_text("Not compatible This LoRA is for Stable Diffusion 1.5")
    paste(person, "https://example.org/x.safetensors")
    check(person)
    expect(under(person)).to_contain_text("Can't tell Couldn't reach the site to check this.")


@pytest.mark.full
def test_a_lora_that_cannot_be_checked_can_be_used(person: Person, api: HostedApi) -> None:
    paste(person, "https://example.org/x.safetensors")
    check(person)
    expect(under(person)).to_contain_text("Can't tell")
    person.generate("a cat")
    person.sees_pictures(1)
    assert api.posts[0]["loras"][0]["path"] == "https://example.org/x.safetensors"


def test_trigger_words_go_in_and_out_of_the_prompt_by_keyboard(person: Person) -> None:
    person.prompt.fill("a cat")
    paste(person, "owner/pixels")
    check(person)
    expect(word(person, "pixel art")).to_have_attribute("aria-pressed", "false")
    word(person, "pixel art").focus()
    person.page.keyboard.press("Enter")
    expect(person.prompt).to_have_value("a cat, pixel art")
    expect(word(person, "pixel art")).to_have_attribute("aria-pressed", "true")
    expect(word(person, "pixel art")).to_be_focused()
    person.page.keyboard.press("Space")
    expect(person.prompt).to_have_value("a cat")
    expect(word(person, "pixel art")).to_have_attribute("aria-pressed", "false")
    person.prompt.fill("PIXEL ART of a cat")
    expect(word(person, "pixel art")).to_have_attribute("aria-pressed", "true")


def test_what_is_known_moves_with_its_row_and_its_words_may_go_with_it(person: Person) -> None:
    person.button("Add LoRA").click()
    paste(person, "owner/pixels", 1)
    check(person, 1)
    word(person, "8 bit", 1).click()
    paste(person, "owner/toys", 2)
    check(person, 2)
    word(person, "toy face", 2).click()
    person.button("Remove LoRA 1").click()
    expect(row(person, 1)).to_have_value("owner/toys")
    expect(under(person, 1)).to_contain_text("Hugging Face · owner/toys")
    expect(word(person, "toy face", 1)).to_have_attribute("aria-pressed", "true")
    expect(word(person, "8 bit", 1)).to_have_count(0)
    person.sees_text("Still in your prompt: 8 bit.")
    person.button("Remove from prompt").click()
    expect(person.prompt).to_have_value("toy face")
    expect(person.prompt).to_be_focused()
    expect(person.button("Remove from prompt")).to_have_count(0)


def test_a_tag_in_the_prompt_becomes_a_row_when_the_box_is_left(person: Person, api: HostedApi) -> None:
    paste(person, "owner/toys", 1)
    person.prompt.fill("a cat <lora:owner/pixels:0.6>, at night")
    person.prompt.blur()
    expect(row(person, 2)).to_have_value("owner/pixels")
    expect(person.number("LoRA 2 scale")).to_have_value("0.6")
    expect(person.prompt).to_have_value("a cat, at night")
    person.sees_text("Moved from your prompt to LoRAs: owner/pixels.")
    person.generate()
    person.sees_pictures(1)
    assert [lora["path"] for lora in api.posts[0]["loras"]] == ["owner/toys", "owner/pixels"]


@pytest.mark.full
def test_a_tag_works_when_generate_is_pressed_from_within_the_prompt(person: Person, api: HostedApi) -> None:
    person.prompt.fill("a cat <lora:owner/pixels:0.6>")
    person.prompt.press("Control+Enter")
    person.sees_pictures(1)
    assert (api.posts[0]["prompt"], api.posts[0]["loras"]) == ("a cat", [{"path": "owner/pixels", "scale": 0.6}])
    expect(row(person)).to_have_value("owner/pixels")
    expect(person.prompt).to_have_value("a cat")


@pytest.mark.full
def test_a_name_that_is_not_known_is_told_at_its_row(person: Person) -> None:
    person.prompt.fill("a cat <lora:some_file:0.6>")
    person.prompt.blur()
    expect(row(person)).to_have_value("some_file")
    person.sees_text(messages.LORA_BARE_NAME.happened)


def test_a_tag_that_cannot_move_is_told_at_the_prompt(person: Person) -> None:
    person.prompt.fill("a cat <lora:owner/pixels:-0.6>")
    person.prompt.blur()
    person.sees_text(messages.LORA_NEGATIVE.happened)
    person.prompt.fill("a" + "".join(f" <lora:owner/n{number}:1>" for number in range(5)))
    person.prompt.blur()
    person.sees_text(messages.too_many_loras(4).happened)
    expect(person.prompt).to_have_value(re.compile("lora:owner/n4"))


@pytest.mark.full
def test_on_a_phone_nothing_is_cut_off(on_a_phone: Person) -> None:
    person = on_a_phone
    person.open_settings()
    paste(person, "https://huggingface.co/owner/pixels")
    check(person)
    expect(under(person)).to_contain_text("Compatible")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in (person.button("Check LoRA 1"), word(person, "pixel art")):
        box = control.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
