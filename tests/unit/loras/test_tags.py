"""`<lora:name:weight>` in a prompt, on the page and from programs; the names of the shelf."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components import messages
from components.api.client import Endpoint
from components.domain.fields import PROMPT_LIMIT
from components.domain.request import GenerationRequest, LoraWeight
from components.errors import InvalidRequest
from components.loras.starter_set import STARTER_FILE, starter_ids, starter_names, starter_trigger_words
from components.loras.tags import merged, take_tags
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.programs.picture_calls import settings_request
from tests.support.core import host_config
from tests.support.scripted_api import BASE, KEY, MODEL


@pytest.fixture
def playground() -> Playground:
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    return Playground(backend, Store(Path("/dev/null/nowhere")), host_config(backend))


@pytest.mark.parametrize(
    ("prompt", "rest", "loras"),
    [
        ("a cat", "a cat", ()),
        (" a  cat, ", " a  cat, ", ()),
        ("a cat <lora:o/n:0.8>", "a cat", (LoraWeight("o/n", 0.8),)),
        ("<lora:o/n:1> a cat, <LORA:p/q>, at night", "a cat, at night", (LoraWeight("o/n", 1), LoraWeight("p/q", 1))),
        ("a<lora:o/n:0.5><lora:o/n:0.9>b", "ab", (LoraWeight("o/n", 0.5),)),
        ("<lora:https://example.org/x.safetensors:2>x", "x", (LoraWeight("https://example.org/x.safetensors", 2),)),
        ("a <b> c < lora", "a <b> c < lora", ()),
    ],
)
def test_tags_leave_the_prompt(playground: Playground, prompt: str, rest: str, loras: tuple[LoraWeight, ...]) -> None:
    assert take_tags(prompt, playground.lora_checker.resolve) == (rest, loras)


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("<lora:pixel-art-without-owner:1>", messages.LORA_BARE_NAME),
        ("<lora:o/n:-1>", messages.LORA_NEGATIVE),
        ("<lora:o/n:much>", messages.LORA_TAG_UNREADABLE),
        ("<lora:>", messages.LORA_BARE_NAME),
    ],
)
def test_a_tag_that_cannot_work_is_told_at_the_prompt(playground: Playground, tag: str, told: object) -> None:
    with pytest.raises(InvalidRequest) as refused:
        take_tags(f"a cat {tag}", playground.lora_checker.resolve)
    assert (refused.value.field, refused.value.message) == ("prompt", told)


def test_a_row_has_its_say_before_a_tag() -> None:
    rows = (LoraWeight("o/n", 0.3),)
    assert merged(rows, [LoraWeight("o/n", 1), LoraWeight("p/q", 1)]) == (rows[0], LoraWeight("p/q", 1))


def of_program(playground: Playground, loras: object, prompt: str = "a cat") -> GenerationRequest:
    return settings_request(playground, {"prompt": prompt, "loras": loras})


def test_a_program_may_paste_what_a_person_may(playground: Playground) -> None:
    pasted = [
        {"path": " https://huggingface.co/o/n ", "scale": 0.5},
        {"path": "urn:air:sdxl:lora:civitai:1@2"},
        {"path": "<lora:p/q:0.7>"},
    ]
    request = of_program(playground, pasted, "a cat <lora:r/s:2>")
    civitai = "https://civitai.com/api/download/models/2"
    weights = {"o/n": 0.5, civitai: 1.0, "p/q": 0.7, "r/s": 2.0}
    assert {lora.path: lora.scale for lora in request.loras} == weights
    assert request.prompt == "a cat"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("urn:air:flux1:lora:civitai:1@2", messages.lora_for_another("FLUX")),
        ("https://civitai.com/models/1", messages.LORA_WHICH_VERSION),
        ("pixel-art", messages.LORA_BARE_NAME),
    ],
)
def test_a_program_is_refused_in_the_same_words(playground: Playground, path: str, told: object) -> None:
    with pytest.raises(InvalidRequest) as refused:
        of_program(playground, [{"path": path}])
    assert (refused.value.field, refused.value.message) == ("loras", told)


def test_more_tags_than_rows_are_refused(playground: Playground) -> None:
    tags = "".join(f"<lora:o/n{number}:1>" for number in range(5))
    with pytest.raises(InvalidRequest) as refused:
        playground.backend.family.choose(of_program(playground, None, f"a cat {tags}"))
    assert refused.value.message == messages.too_many_loras(4)


def test_names_of_the_shelf(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf.json"
    assert starter_names(shelf) == {}
    shelf.write_text(
        json.dumps([{"path": "nerijs/pixel-art-xl", "title": "Pixel Art"}, {"title": 7}, "x", {"path": 7}])
    )
    assert starter_names(shelf) == {"pixel-art-xl": "nerijs/pixel-art-xl", "pixel art": "nerijs/pixel-art-xl"}
    for text in ("not json", "{}", "7"):
        shelf.write_text(text)
        assert starter_names(shelf) == {}
    assert STARTER_FILE.parts[-3:] == ("assets", "loras", "starter.json")
    assert starter_names()["pixel art xl"] == "nerijs/pixel-art-xl"


def test_ids_of_the_shelf(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf.json"
    assert starter_ids(shelf) == {}
    shelf.write_text(json.dumps([{"path": "o/one", "id": "one"}, {"path": "o/two"}, {"path": "o/three", "id": 7}]))
    assert starter_ids(shelf) == {"o/one": "one"}
    assert starter_ids()["nerijs/pixel-art-xl"] == "pixel-art-xl"


def test_words_of_the_shelf(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf.json"
    assert starter_trigger_words(shelf) == {}
    told: list[object] = [
        {"path": "o/one", "trigger_words": [" pixel art ", 7, "", None, "8 bit"]},
        {"path": "o/none", "trigger_words": []},
        {"path": "o/text", "trigger_words": "pixel art"},
        {"path": "o/silent"},
        {"path": 7, "trigger_words": ["x"]},
        "x",
    ]
    shelf.write_text(json.dumps(told))
    assert starter_trigger_words(shelf) == {"o/one": ("pixel art", "8 bit")}
    for text in ("not json", "{}", "7"):
        shelf.write_text(text)
        assert starter_trigger_words(shelf) == {}
    assert starter_trigger_words()["nerijs/pixel-art-xl"] == ("pixel art",)
    assert "ostris/crayon_style_lora_sdxl" not in starter_trigger_words()


def test_c01_a_prompt_has_few_tags_and_what_is_too_long_is_not_read(playground: Playground) -> None:
    same = take_tags("<lora:o/n:1>" * 500, playground.lora_checker.resolve)[1]
    assert same == (LoraWeight("o/n", 1),)
    for values in (
        {"prompt": "".join(f"<lora:o/n{number}:1>" for number in range(17))},
        {"prompt": "a cat", "loras": [{"path": "o/n"}] * 5},
    ):
        with pytest.raises(InvalidRequest) as refused:
            settings_request(playground, values)
        assert refused.value.message == messages.too_many_loras(4)
    with pytest.raises(InvalidRequest) as refused:
        settings_request(playground, {"prompt": "<lora:a name:1>" + " " * PROMPT_LIMIT})
    assert refused.value.message == messages.too_long("prompt", PROMPT_LIMIT)
