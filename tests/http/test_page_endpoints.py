"""Requests of programs and altered pages to the running app: `/generate`, and presses the page never sends."""

from __future__ import annotations

import io
import secrets
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.client import Job
from gradio_client.exceptions import AppError
from gradio_client.snippet import generate_python_snippet
from PIL import Image

from components import messages
from components.messages.message import message_of
from tests.http.raw_client import RawClient
from tests.support.app_process import AppProcess
from tests.support.curl import call_generate
from tests.support.v3_service import HostedApi
from tests.support.waiting import wait_until


def test_programs_get_the_picture_and_its_details(demo: AppProcess) -> None:
    client = Client(demo.url, verbose=False)
    job = client.submit(
        prompt="a castle",
        width=512,
        height=512,
        seed=3,
        loras=[{"path": "nerijs/pixel-art-xl", "scale": 1.0}],
        api_name="/generate",
    )
    seen: list[tuple[int | None, int | None, str | None]] = []
    wait_until(lambda: _follow(job, seen), lambda: seen, seconds=30, pause=0.01)
    files, details = job.result()
    client.close()
    assert (28, "steps") in {(length, unit) for _, length, unit in seen}
    with Image.open(files[0]) as picture:
        assert picture.size == (512, 512)
    assert details["seed"] == 3
    assert details["model"] == "demo painter"
    assert details["recipe"].startswith("a castle <lora:pixel-art-xl:1>\nNegative prompt:\nSteps: 28, ")
    assert details["timings"]["inference"] > 0


def _follow(job: Job, seen: list[tuple[int | None, int | None, str | None]]) -> bool:
    """Note the steps in a job's status, and return whether it is done."""
    seen += [(one.index, one.length, one.unit) for one in job.status().progress_data or ()]
    return job.done()


def test_the_snippet_of_the_api_page_runs_as_it_is_copied(demo: AppProcess) -> None:
    parameters = httpx.get(f"{demo.url}/gradio_api/info").json()["named_endpoints"]["/generate"]["parameters"]
    names: dict[str, Any] = {}
    exec(generate_python_snippet("/generate", parameters, demo.url), names)
    assert names["result"][1]["recipe"].startswith("a red fox in the snow\n")


def test_programs_are_told_the_sentence_a_person_would_see(demo: AppProcess) -> None:
    client = Client(demo.url, verbose=False)
    with pytest.raises(AppError, match="Write a prompt first"):
        client.predict(prompt=" ", api_name="/generate")
    client.close()


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"prompt": "x", "image": "https://example.org/a.png"}, "must be uploaded first"),
        ({"prompt": "x", "refine": "by hand"}, "That refiner mode doesn't exist"),
        ({"prompt": "x", "preset": "fast"}, "No model here supports Fast mode"),
        ({"prompt": "x", "preset": "slow"}, "That speed doesn't exist"),
        ({"prompt": "x", "prompt_strength": 0}, "Add a picture too"),
        ({"prompt": "x", "width": 99}, "Width must be between 256 and 1,536"),
        ({"prompt": "x", "width": "wide"}, "Enter a number here"),
        ({"prompt": "x", "loras": [{"path": "a/b", "scale": 5}]}, "LoRA scale must be between 0 and 4"),
        ({"prompt": "x", "loras": [{"path": "a/b", "weight": 1}]}, "path (text) and scale"),
        ({"prompt": "x", "loras": "a/b"}, "loras is a list"),
        ({"prompt": 5}, "prompt must be text"),
        ({"prompt": ""}, "Write a prompt first"),
    ],
)
def test_curl_is_refused_in_words(demo: AppProcess, parameters: dict[str, Any], sentence: str) -> None:
    answer = call_generate(demo.url, parameters)
    assert answer[0] == "error"
    assert sentence in answer[1]["error"]


def test_a_name_that_is_none_and_a_call_without_a_prompt_are_refused_in_words(demo: AppProcess) -> None:
    for parameters in ({"prompt": "x", "steps": 3}, {}):
        answer = httpx.post(f"{demo.url}/gradio_api/call/v2/generate", json=parameters)
        assert answer.status_code == 422
        assert "num_inference_steps" in answer.json()["error"]
        assert ", prompt always:" in answer.json()["error"]


def test_curl_gets_a_picture(demo: AppProcess) -> None:
    event, (files, details) = call_generate(
        demo.url, {"prompt": "a boat", "width": 256.0, "height": 320, "seed": None}
    )
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
    (required,) = [part["parameter_name"] for part in endpoint["parameters"] if not part["parameter_has_default"]]
    description = httpx.get(f"{demo.url}/gradio_api/openapi.json").json()
    body = description["paths"]["/gradio_api/call/v2/generate"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["required"] == [required] == ["prompt"]
    assert body["schema"]["properties"]["width"] == {
        "type": "integer",
        "minimum": 256,
        "maximum": 1536,
        "multipleOf": 8,
    }


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("width", 99, "width"),
        ("height", 2000, "height"),
        ("width", 1001, "width"),
        ("guidance_scale", 0.5, "guidance_scale"),
        ("num_inference_steps", 51, "num_inference_steps"),
        ("num_inference_steps", 2.5, "num_inference_steps"),
        ("seed", 2147483648, "seed"),
        ("pictures", 5, "pictures"),
        ("lora_1_scale", 4.5, "lora_1_scale"),
        ("width", None, "width"),
        ("width", "wide", "width"),
    ],
)
def test_a_press_with_a_value_out_of_range_is_refused_at_its_field(
    client: RawClient, api: HostedApi, name: str, value: object, field: str
) -> None:
    posts = len(api.posts)
    element = "field-" + name.replace("_", "-")
    values = {"field-prompt": "x", "field-lora-1": "owner/name", element: value}
    (refusal,) = client.press(secrets.token_hex(16), **values)["refused"]
    assert refusal["field"] == field
    assert message_of({**refusal["message"], "charge": "none"}).happened.endswith(".")
    assert len(api.posts) == posts


def test_a_press_without_the_page_s_script_is_refused_in_words(client: RawClient, api: HostedApi) -> None:
    posts = len(api.posts)
    data = client.values(secrets.token_hex(16), visitor="no visitor of ours")
    client.join(data).raise_for_status()
    stream = client.http.get(f"/gradio_api/queue/data?session_hash={client.session}").text
    assert messages.in_full(messages.PAGE_NOT_READY, is_free=True) in stream
    assert len(api.posts) == posts
