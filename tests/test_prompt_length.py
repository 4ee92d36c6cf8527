"""What is said of a prompt's length, and what the script counts on."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path

import pytest

from components import messages
from components.tokens import count
from components.ui import prompt_length as length

SCRIPT = (Path(__file__).resolve().parents[1] / "assets" / "js" / "prompt_length.js").read_text()
ROOM = "cat " * 75


def said(sentence):
    return messages.in_full(sentence, is_free=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", None),
        ("cat " * 64, None),
        ("cat " * 65, messages.nearly_full(65, 75)),
        (ROOM, messages.nearly_full(75, 75)),
        (ROOM + ",", messages.nearly_full(75, 75)),
        (ROOM + "dog at night", messages.overfull(78, 75, "dog at night")),
        (ROOM + "dog, dog\ndog", messages.overfull(79, 75, "dog, dog dog")),
        (ROOM + "dog, " * 40, messages.overfull(155, 75, "dog, " * 15 + "dog…")),
        (
            ROOM + "x" * 10 + "狐" * 100,
            messages.overfull(count(ROOM + "x" * 10 + "狐" * 100), 75, "x" * 10 + "狐" * 70 + "…"),
        ),
    ],
)
def test_a_sentence_comes_near_the_end_of_the_room_and_beyond(text, told):
    assert length.told_of(text) == told


async def test_both_texts_are_answered_for_and_tags_are_left_out_of_the_prompt():
    ask = {"prompt": ROOM + "<lora:owner/name:0.8>", "negative_prompt": ROOM + "blurry"}
    answer = await length.prompt_length(ask)
    assert answer["prompt"] == said(messages.nearly_full(75, 75))
    assert answer["negative_prompt"] == said(messages.overfull(76, 75, "blurry"))


async def test_without_tags_a_prompt_is_counted_as_it_is_sent():
    words = "a , , " * 30
    assert (await length.prompt_length({"prompt": words + "dog"}))["prompt"] == said(length.told_of(words + "dog"))


@pytest.mark.parametrize("ask", [None, [], {}, {"prompt": 7, "negative_prompt": None}, {"prompt": "a cat"}])
async def test_of_what_is_no_text_or_short_nothing_is_said(ask):
    assert await length.prompt_length(ask) == {"prompt": "", "negative_prompt": ""}


async def test_a_pasted_book_is_counted_beside_the_loop(monkeypatch):
    threads = []
    monkeypatch.setattr(length, "_said", lambda values: threads.append(threading.current_thread()) or {})
    await asyncio.wait_for(length.prompt_length({"prompt": "a"}), 5)
    assert threads[0] is not threading.main_thread()


def test_the_script_asks_from_as_many_tokens_as_something_is_said_of():
    found = re.search(r"NEAR = (\d+);", SCRIPT)
    assert found
    assert int(found[1]) == length.NEAR
