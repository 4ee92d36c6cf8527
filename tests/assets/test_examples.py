"""The examples of an empty page: each fills in what the form takes, and none of them locks the seed."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from components.domain.fields import field_of
from components.loras.link import parse_lora
from tests.tools.repaint_samples import EXAMPLES, examples

MOST_BYTES = 40_000
NUMBERS = ("width", "height", "guidance_scale", "num_inference_steps")


@pytest.fixture(params=examples(), ids=lambda one: one["id"])
def example(request: pytest.FixtureRequest) -> dict[str, Any]:
    return request.param


def test_there_are_six() -> None:
    assert len({one["id"] for one in examples()}) == len(examples()) == 6


def test_its_seed_is_random(example: dict[str, Any]) -> None:
    """A seed that stays in the form makes the same picture again at the next press, paid again."""
    assert "seed" not in example


def test_it_fills_in_what_the_form_takes(example: dict[str, Any]) -> None:
    assert set(example) == {"id", "prompt", "negative_prompt", *NUMBERS, "loras", "picture", "picture_seed"}
    assert all(field_of(name).holds(example[name]) for name in NUMBERS)
    assert all(parse_lora(one["path"]).path == one["path"] for one in example["loras"])


def test_its_picture_is_there_and_small(example: dict[str, Any]) -> None:
    assert 0 < (EXAMPLES / example["picture"]).stat().st_size < MOST_BYTES


def test_its_picture_has_its_shape(example: dict[str, Any]) -> None:
    with Image.open(EXAMPLES / example["picture"]) as picture:
        width, height = picture.size
    assert width / height == pytest.approx(example["width"] / example["height"], rel=0.02)
