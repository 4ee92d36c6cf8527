"""Without a key: the same page on our own server and its demo painter, and the endpoint for programs."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.app_process import AppProcess
from tests.browser.person import Person


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    app = AppProcess(tmp_path_factory.mktemp("demo")).start()
    yield app
    app.stop()


def test_a_newcomer_gets_a_picture_with_one_click(context: BrowserContext, demo: AppProcess) -> None:
    person = Person(context.new_page(), demo.url).open()
    person.sees_text("no AI")
    person.generate("a red fox in the snow at night")
    person.sees_pictures(1)
    assert person.errors == []


def test_there_is_no_speed_to_choose(context: BrowserContext, demo: AppProcess) -> None:
    settings = json.dumps({"prompt": "a castle", "preset": "fast", "num_inference_steps": 4})
    person = Person(context.new_page(), f"{demo.url}/#make={settings}").open()
    expect(person.page.get_by_text("Speed could not be as the link says")).to_be_visible()
    expect(person.prompt).to_have_value("a castle")
    expect(person.page.get_by_role("radio", name="Best", exact=True)).to_have_count(0)
    person.generate()
    person.sees_pictures(1)
    assert person.errors == []


def test_a_prompt_without_a_known_word_is_told_which_there_are(context: BrowserContext, demo: AppProcess) -> None:
    person = Person(context.new_page(), demo.url).open()
    person.generate("qwer asdf")
    person.sees_pictures(1)
    person.sees_text("knows none of these words")


def test_a_killed_app_paints_on_after_its_restart(context: BrowserContext, tmp_path: Path) -> None:
    app = AppProcess(tmp_path).start()
    try:
        person = Person(context.new_page(), app.url).open()
        for side in ("Width", "Height"):  # four large ones take as long as a person here waits
            person.set_number(side, 768)
        person.set_number("Steps", 50)
        person.choose("Pictures", "4")
        person.generate("a castle")
        person.sees("processing", 1)
        app.kill()
        app.start()
        person.sees_pictures(4)
    finally:
        app.stop()


def test_programs_get_the_picture_and_its_details(demo: AppProcess) -> None:
    client = Client(demo.url, verbose=False)
    files, details = client.predict(
        prompt="a castle",
        width=512,
        height=512,
        seed=3,
        loras=[{"path": "nerijs/pixel-art-xl", "scale": 1.0}],
        api_name="/generate",
    )
    client.close()
    with Image.open(files[0]) as picture:
        assert picture.size == (512, 512)
    assert details["seed"] == 3
    assert details["model"] == "stability-ai/sdxl-lora"
    assert details["recipe"].startswith("a castle <lora:pixel-art-xl:1>\nSteps: 28, ")
    assert details["timings"]["inference"] > 0


def test_programs_are_told_the_sentence_a_person_would_see(demo: AppProcess) -> None:
    client = Client(demo.url, verbose=False)
    with pytest.raises(AppError, match="Write a prompt first"):
        client.predict(prompt=" ", api_name="/generate")
    client.close()


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"prompt": "x", "image": "https://example.org/a.png"}, "must be uploaded first"),
        ({"prompt": "x", "refine": "by hand"}, "The refiner is off, an ensemble"),
        ({"prompt": "x", "preset": "fast"}, "No model here takes the fast way"),
        ({"prompt": "x", "preset": "slow"}, "The speed is full or fast"),
        ({"prompt": "x", "prompt_strength": 0}, "Give the picture too"),
        ({"prompt": "x", "width": 99}, "Width goes from 256 to 1536"),
        ({"prompt": "x", "width": "wide"}, "Enter a number here"),
        ({"prompt": "x", "loras": [{"path": "a/b", "scale": 5}]}, "The scale of a LoRA goes from 0 to 4"),
        ({"prompt": "x", "loras": [{"path": "a/b", "weight": 1}]}, "path (text) and scale"),
        ({"prompt": "x", "loras": "a/b"}, "loras is a list"),
        ({"prompt": 5}, "prompt must be text"),
        ({}, "Write a prompt first"),
    ],
)
def test_curl_is_refused_in_words(demo: AppProcess, parameters: dict[str, Any], sentence: str) -> None:
    answer = call_by_curl(demo.url, parameters)
    assert answer[0] == "error"
    assert sentence in answer[1]["error"]


def test_a_name_that_is_none_is_refused_in_words(demo: AppProcess) -> None:
    answer = httpx.post(f"{demo.url}/gradio_api/call/v2/generate", json={"prompt": "x", "steps": 3})
    assert answer.status_code == 422
    assert "num_inference_steps" in answer.json()["error"]


def test_curl_gets_a_picture(demo: AppProcess) -> None:
    event, (files, details) = call_by_curl(demo.url, {"prompt": "a boat", "width": 256.0, "height": 320, "seed": None})
    assert event == "complete"
    assert "Size: 256x320" in details["recipe"]
    picture = httpx.get(files[0]["url"]).content
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (256, 320)


def test_the_endpoint_is_documented(demo: AppProcess) -> None:
    ((name, endpoint),) = httpx.get(f"{demo.url}/gradio_api/info").json()["named_endpoints"].items()
    assert name == "/generate"
    words = {part["parameter_name"]: part["python_type"]["description"] for part in endpoint["parameters"]}
    assert words["width"] == "pixels, 256 to 1536, a multiple of 8"
    assert all(words.values())


def test_a_program_of_another_session_shares_no_board(context: BrowserContext, demo: AppProcess) -> None:
    call_by_curl(demo.url, {"prompt": "made by a program"})
    person = Person(context.new_page(), demo.url).open()
    expect(person.tiles).to_have_count(0)


def call_by_curl(url: str, parameters: dict[str, Any]) -> tuple[str, Any]:
    """Do what `curl` does: post named parameters, then read the event stream to its end."""
    begun = httpx.post(f"{url}/gradio_api/call/v2/generate", json=parameters)
    assert begun.status_code == 200, begun.text
    stream = httpx.get(f"{url}/gradio_api/call/v2/generate/{begun.json()['event_id']}", timeout=60).text
    event, data = stream.strip().splitlines()[-2:]
    return event.removeprefix("event: "), json.loads(data.removeprefix("data: "))
