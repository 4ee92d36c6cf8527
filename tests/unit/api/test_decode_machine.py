"""What our own server says that it computes on, read without trusting any of it."""

from __future__ import annotations

import pytest

from components.api.decode_machine import decode_machine
from components.domain.machine import Card, Machine

LINE = "NVIDIA GeForce RTX 4090, float16, 24 GiB"
CARD = {"name": "NVIDIA GeForce RTX 4090", "precision": "float16", "free": 9, "total": 24, "lanes": 2}


def test_a_machine_is_read_with_its_cards():
    said = {"description": LINE, "command": "pip install torch", "cards": [CARD], "not_ready": ["cuda:1"]}
    said |= {"setting": "SDXL_DEVICE=all"}
    card = Card("NVIDIA GeForce RTX 4090", "float16", 9, 24, 2)
    assert decode_machine(said) == Machine(LINE, "pip install torch", (card,), ("cuda:1",), "SDXL_DEVICE=all")
    assert decode_machine({"description": LINE}) == Machine(LINE)


@pytest.mark.parametrize(
    "said", [None, "cuda", [], {}, *({"description": one} for one in (5, "two\nlines", "x" * 201, ""))]
)
def test_without_a_line_there_is_none(said):
    assert decode_machine(said) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "two\nlines"},
        {"precision": 16},
        {"free": -1},
        {"free": True},
        {"total": 1e9},
        {"total": 1 << 60},
        {"lanes": None},
    ],
)
def test_a_card_that_is_not_described_as_a_whole_is_left_out(wrong):
    said = {"description": LINE, "cards": [CARD | wrong, CARD, 5], "not_ready": ["a\nb", 5, "cuda:3"]}
    machine = decode_machine(said)
    assert machine is not None
    assert (len(machine.cards), machine.not_ready) == (1, ("cuda:3",))


def test_more_cards_than_a_machine_has_are_not_read():
    machine = decode_machine({"description": LINE, "cards": [CARD] * 1000})
    assert machine is not None
    assert len(machine.cards) == 64
