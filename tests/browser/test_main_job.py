"""The main job: type a prompt, watch the task, get the picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.person import Person
from tests.support.v3_service import KEY, HostedApi
from tests.support.v3_task import png

STATES = """tile => { const states = [];
  new MutationObserver(() => states.push(tile.dataset.state)).observe(tile, { attributeFilter: ["data-state"] });
  return states; }"""
"""States of a tile from now on."""


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def test_every_field_reaches_the_api_with_its_type(person: Person, api: HostedApi) -> None:
    person.prompt.fill("a red fox")
    person.page.get_by_role("textbox", name="Negative prompt", exact=True).fill("blurry")
    person.set_number("Width", 512)
    person.set_number("Height", 768)
    person.set_number("Guidance", 7.5)
    person.set_number("Steps", 12)
    person.set_number("Seed", 42)
    person.page.get_by_role("textbox", name="LoRA 1", exact=True).fill("nerijs/pixel-art-xl")
    person.set_number("LoRA 1 scale", 0.8)
    person.generate()
    person.sees_pictures(1)
    assert api.posts == [
        {
            "prompt": "a red fox",
            "negative_prompt": "blurry",
            "size": "512*768",
            "guidance_scale": 7.5,
            "num_inference_steps": 12,
            "seed": 42,
            "loras": [{"path": "nerijs/pixel-art-xl", "scale": 0.8}],
            "enable_base64_output": False,
        }
    ]
    assert all(type(api.posts[0][name]) is int for name in ("num_inference_steps", "seed"))
    submits = [headers for _, path, headers in api.requests if path.endswith("sdxl-lora")]
    assert [headers["authorization"] for headers in submits] == [f"Bearer {KEY}"]


def test_the_tile_is_there_at_once_and_goes_through_its_states(newcomer: Person, api: HostedApi) -> None:
    person = newcomer
    api.is_stalled, api.queued = True, 1.5
    person.page.evaluate(
        """() => { window.states = [];
        new MutationObserver(() => { const tile = document.querySelector('[data-job]');
          const state = tile && tile.dataset.state;
          if (state && window.states.at(-1) !== state) window.states.push(state);
        }).observe(document.body, {subtree: true, childList: true, attributes: true}) }"""
    )
    person.generate("a tile")
    expect(person.tiles).to_have_count(1, timeout=1000)
    person.sees("processing", 1)
    person.sees_text("Painting… 2 s")
    api.finish_all()
    person.sees_pictures(1)
    assert person.page.evaluate("window.states") == ["waiting", "created", "processing", "completed"]
    assert len(api.posts) == 1


@pytest.mark.full
def test_original_is_the_picture_byte_for_byte(person: Person, api: HostedApi) -> None:
    person.set_number("Seed", 7)
    person.generate("bytes")
    person.sees_pictures(1)
    person.open_picture("bytes")
    with person.page.expect_download() as download:
        person.page.get_by_role("dialog").get_by_role("link", name="Original file").click()
    assert Path(download.value.path()).read_bytes() == png(1024, 1024, 7)


@pytest.mark.full
def test_pictures_sent_inline_are_shown_too(person: Person, api: HostedApi) -> None:
    api.base64 = True
    person.generate("inline")
    person.sees_pictures(1)


@pytest.mark.full
def test_several_at_once_have_consecutive_seeds(person: Person, api: HostedApi) -> None:
    person.set_number("Seed", 2147483646)
    person.choose("Pictures", "4")
    person.generate("four")
    person.sees_pictures(4)
    assert sorted(post["seed"] for post in api.posts) == [0, 1, 2147483646, 2147483647]
    expect(person.results).to_contain_text("continued from 0")


@pytest.mark.full
def test_a_random_seed_is_drawn_here_and_shown(person: Person, api: HostedApi) -> None:
    person.page.get_by_role("button", name="Random seed").click()
    expect(person.number("Seed")).to_have_value("")
    person.generate("dice")
    person.sees_pictures(1)
    seed = api.posts[0]["seed"]
    assert 0 <= seed <= 2147483647
    expect(person.open_picture("dice")).to_contain_text(str(seed))


@pytest.mark.full
def test_tasks_end_in_any_order_and_the_newest_stands_first(person: Person, api: HostedApi) -> None:
    api.length = lambda body: 2.0 if body["prompt"] == "slow" else 0.05
    person.generate("slow")
    person.generate("quick")
    person.sees("completed", 1)
    assert person.tiles.nth(0).get_attribute("data-state") == "completed"
    expect(person.cards.nth(0)).to_contain_text("quick")
    expect(person.cards.nth(1)).to_contain_text("slow")
    person.sees_pictures(2)


def test_a_failure_is_told_in_plain_words(person: Person, api: HostedApi) -> None:
    api.is_stalled = True
    person.generate("fails")
    person.sees("processing", 1)
    (task,) = [task for task in api.tasks.values() if task.body["prompt"] == "fails"]
    task.error, task.status_by_hand = "out of paint", "failed"
    person.sees("failed", 1)
    expect(person.tiles.first).to_contain_text("The service couldn't make this picture.")
    expect(person.tiles.first).to_contain_text("out of paint")
    expect(person.tiles.first).to_contain_text("refunded")


@pytest.mark.full
def test_a_receipt_that_comes_late_takes_no_tile_back(person: Person, api: HostedApi) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    person.page.route("**/gradio_api/queue/data*", hold)
    person.generate("quicker than its receipt")
    person.sees("completed", 1)
    states = person.in_state("completed").first.evaluate_handle(STATES)
    with person.page.expect_response("**/gradio_api/queue/data*"):
        held[0].continue_()
    person.page.unroute("**/gradio_api/queue/data*")
    person.generate("the next")  # its receipt comes after the late one
    person.sees_pictures(2)
    person.has_tiles(2)
    assert states.json_value() == [], "the bill would bring the picture back a moment later"


def test_a_setting_the_service_refuses_is_told_at_its_field(person: Person, api: HostedApi) -> None:
    refusal = {"code": 1401, "message": "num_inference_steps is too high for this account"}
    api.next_submits.append(lambda: (400, {"content-type": "application/json"}, json.dumps(refusal).encode()))
    person.generate("refused")
    person.sees("failed", 1)
    expect(person.number("Steps")).to_be_focused()
    expect(person.page.locator("#field-num-inference-steps")).to_contain_text("too high for this account")
