"""What is said of a prompt's length, and what the script counts on."""

from __future__ import annotations

import asyncio
import re
import threading

import pytest

from components import messages
from components.prompts.tokens import count_tokens
from components.ui.message_json import message_json
from components.ui.panels import prompt_length
from tests.support.paths import ASSETS

SCRIPT = (ASSETS / "ui" / "prompt" / "length.js").read_text()
ROOM = "cat " * 75


def said(message):
    return message_json(message, is_free=True)


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
            messages.overfull(count_tokens(ROOM + "x" * 10 + "狐" * 100), 75, "x" * 10 + "狐" * 70 + "…"),
        ),
    ],
)
def test_a_sentence_comes_near_the_end_of_the_room_and_beyond(text, told):
    assert prompt_length.length_message(text) == told


async def test_both_texts_are_answered_for_and_tags_are_left_out_of_the_prompt():
    ask = {"prompt": ROOM + "<lora:owner/name:0.8>", "negative_prompt": ROOM + "blurry"}
    answer = await prompt_length.prompt_length(ask)
    assert answer["prompt"] == said(messages.nearly_full(75, 75))
    assert answer["negative_prompt"] == said(messages.overfull(76, 75, "blurry"))


async def test_without_tags_a_prompt_is_counted_as_it_is_sent():
    words = "a , , " * 30
    assert (await prompt_length.prompt_length({"prompt": words + "dog"}))["prompt"] == said(
        prompt_length.length_message(words + "dog")
    )


@pytest.mark.parametrize("ask", [None, [], {}, {"prompt": 7, "negative_prompt": None}, {"prompt": "a cat"}])
async def test_of_what_is_no_text_or_short_nothing_is_said(ask):
    assert await prompt_length.prompt_length(ask) == {"prompt": None, "negative_prompt": None}


async def test_a_pasted_book_is_counted_beside_the_loop(monkeypatch):
    threads = []
    monkeypatch.setattr(
        prompt_length, "_messages_json", lambda values: threads.append(threading.current_thread()) or {}
    )
    await asyncio.wait_for(prompt_length.prompt_length({"prompt": "a"}), 5)
    assert threads[0] is not threading.main_thread()


def test_the_script_asks_from_as_many_tokens_as_something_is_said_of():
    found = re.search(r"NEARLY_FULL = (\d+);", SCRIPT)
    assert found
    assert int(found[1]) == prompt_length.NEARLY_FULL
