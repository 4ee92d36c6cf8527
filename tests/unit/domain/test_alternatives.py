"""Alternatives in a prompt: which texts stand for several, and the grid over them."""

from __future__ import annotations

from typing import Any

import pytest

from components import messages
from components.domain.alternatives import count_of, expanded
from components.domain.batch import MAX_CELLS, cells, count, read_axes
from components.domain.request import GenerationRequest
from components.domain.schema import OWN_SERVER_SCHEMA
from components.errors import InvalidRequest


def axis(text: Any) -> Any:
    return read_axes([{"field": "alternatives", "values": text}])


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("a {red|blue} fox", ("a red fox", "a blue fox")),
        ("{a|b} {1|2}", ("a 1", "a 2", "b 1", "b 2")),
        ("a {big |}cat", ("a big cat", "a cat")),
        ("{a|a|b}", ("a", "b")),
        ("{a|aa}{aa|a}", ("aaa", "aa", "aaaa")),
        *((plain, (plain,)) for plain in ("", "a fox", "{a}", "a|b", "{a|b", "a|b}", "}{", "{a|{b|c}}", "{{a|b}}")),
        ("{a|{b|c}} {d|e}", ("{a|{b|c}} d", "{a|{b|c}} e")),
    ],
)
def test_a_text_stands_for_each_choice(text: str, prompts: tuple[str, ...]) -> None:
    assert expanded(text) == prompts
    assert count_of(text) >= len(prompts)


def test_a_grid_has_one_seed_and_the_styles_around_each_prompt() -> None:
    axes = axis("a {red|blue} fox")
    assert count(axes) == 2
    requests = cells(GenerationRequest("cinematic, a {red|blue} fox, sharp"), axes, OWN_SERVER_SCHEMA)
    assert [one.prompt for one in requests] == ["cinematic, a red fox, sharp", "cinematic, a blue fox, sharp"]
    assert requests[0].seed == requests[1].seed >= 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{a|b}" * 5, messages.too_many_cells(MAX_CELLS)),
        ("{" + "|".join(map(str, range(26))) + "}", messages.too_many_cells(MAX_CELLS)),
        ("a fox", messages.VALUES_NOT_READ),
        (None, messages.NO_SUCH_AXIS),
    ],
)
def test_too_many_and_none_are_refused(text: Any, message: messages.Message) -> None:
    with pytest.raises(InvalidRequest) as caught:
        axis(text)
    assert caught.value.message == message


def test_it_is_a_grid_by_itself() -> None:
    with pytest.raises(InvalidRequest):
        read_axes([{"field": "alternatives", "values": "{a|b}"}, {"field": "seed", "values": "1, 2"}])
