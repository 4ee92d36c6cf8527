"""Limits of a body: bytes by route, and values, which are counted before they are looked at."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest

from components.domain.fields import MAX_LORAS, PROMPT_LIMIT
from components.domain.lora_path import MAX_URL_LENGTH
from components.ui.http.payload import MAX_VALUES, InvalidPayload, parse
from components.ui.routes.archive import MAX_JOBS
from tests.support.posted import ASK, JOIN, post

MEGABYTE = 1024 * 1024


def filled(part: bytes) -> bytes:
    """Return a body of about a megabyte, a list of one value again and again."""
    return b'{"data": [' + part * (MEGABYTE // len(part) - 20) + b"0]}"


@pytest.mark.parametrize("part", [b"[],", b"{},", b"1,", b'"",', b"[[[[]]]],", b'{"":{}},'])
def test_c14_a_body_of_many_values_is_refused_in_a_moment(part):
    begun = process_time()
    with pytest.raises(InvalidPayload, match="too many values"):
        parse(filled(part))
    assert process_time() - begun < 0.05


@pytest.mark.parametrize("part", [[], {}, 1, "", {"a": {}}])
def test_c14_values_are_counted_wherever_they_are(part):
    parse(json.dumps({"data": [part] * 1000}).encode())
    with pytest.raises(InvalidPayload, match="too many values"):
        parse(json.dumps({"data": [[part] * 100 for _ in range(MAX_VALUES // 100)]}).encode())


@pytest.mark.parametrize("sign", [",", "[", "{", "\U0001f431", "\n", "\u0001"])
async def test_c14_the_largest_form_passes(http, sign):
    texts = {"prompt": sign * PROMPT_LIMIT, "negative_prompt": sign * PROMPT_LIMIT}
    loras = [{"path": sign * MAX_URL_LENGTH, "scale": 1, "on": True}] * MAX_LORAS
    form = {**texts, "loras": loras, "axes": [{"field": "words", "values": sign * 2000}] * 2}
    raw = json.dumps(ASK | {"data": form}, ensure_ascii=False).encode()
    assert (await post(http, "component_server", raw)).content == raw
    pressed = json.dumps(JOIN | {"data": [{"grid": form["axes"]}, *texts.values()]}, ensure_ascii=False).encode()
    assert (await post(http, "queue/join", pressed)).content == pressed
    jobs = json.dumps(ASK | {"data": {"jobs": ["0" * 40] * MAX_JOBS}}).encode()
    assert (await post(http, "component_server", jobs)).content == jobs


@pytest.mark.parametrize(
    ("path", "body", "most"),
    [
        ("component_server", ASK, 256 * 1024),
        ("component_server/", ASK, 256 * 1024),
        ("cancel", {"session_hash": "abc", "event_id": "x", "fn_index": 4}, 16 * 1024),
        ("reset", {"event_id": "x"}, 16 * 1024),
        ("queue/join", JOIN, MEGABYTE),
        ("call/generate", {"data": ["a", 1]}, MEGABYTE),
    ],
)
async def test_c14_a_route_takes_what_its_largest_body_has(http, path: str, body: dict[str, Any], most: int):
    raw = json.dumps(body).encode()
    assert (await post(http, path, raw.ljust(most))).status_code == 200
    refused = await post(http, path, raw.ljust(most + 1))
    assert (refused.status_code, refused.json()) == (413, {"error": f"This address takes up to {most:,} bytes."})
