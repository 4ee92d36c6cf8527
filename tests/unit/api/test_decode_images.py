"""Images inside an answer: previews while a task runs, and outputs as base64."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.api.decode import PREVIEW_LIMIT, STAGE_LIMIT, decode_inline_image, decode_task
from components.domain.task import TaskUpdate
from components.messages.message import literal
from tests.support.recorded import TASK, answer

# --- previews ---

JPEG = b"\xff\xd8\xff\xe0 a small picture"


def shown(preview: object, stage: object = None) -> TaskUpdate:
    return decode_task(answer({"id": TASK, "status": "processing", "x-preview": preview, "x-stage": stage}), TASK)


def jpeg_uri(content: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"


def test_a_preview_of_our_own_server_is_passed_on():
    assert shown(jpeg_uri(JPEG)).preview == jpeg_uri(JPEG)
    assert decode_task(answer({"id": TASK, "status": "processing"}), TASK).preview == ""


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "https://elsewhere.test/a.jpg",
        "javascript:alert(1)",
        "data:text/html;base64,/9j/",
        "data:image/svg+xml;base64,/9j/",
        'data:image/jpeg;base64,/9j/" onerror="x',
        "data:image/jpeg;base64,",
        jpeg_uri(b"<svg>"),
        jpeg_uri(JPEG + bytes(PREVIEW_LIMIT)),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_anything_else_is_no_preview(value):
    assert shown(value).preview == ""


def test_a_stage_is_a_short_text():
    assert shown("", " Downloading the model, 34% ").stage == literal("Downloading the model, 34%")
    assert shown("", 34).stage is None
    assert shown("", "x" * 500).stage == literal("x" * STAGE_LIMIT)


# --- inline pictures ---


@given(st.binary(max_size=200), st.booleans(), st.integers(0, 20))
def test_an_inline_picture_is_read_in_every_usual_form(content, is_uri, width):
    text = base64.b64encode(content).decode()
    if width:
        text = "\r\n".join(text[place : place + width] for place in range(0, len(text), width))
    assert decode_inline_image(("data:image/png;base64," if is_uri else "") + text) == content
    assert decode_inline_image(text.rstrip("=")) == content


@given(st.text())
def test_no_text_but_base64_is_a_picture(text):
    with contextlib.suppress(ValueError):
        decode_inline_image(text)
