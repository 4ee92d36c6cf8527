"""The line of what an engine computes on."""

from __future__ import annotations

import pytest

from components.engines.protocol import Card, Machine

GIB = 1 << 30
H100 = Card("NVIDIA H100 80GB HBM3", "float16", 70 * GIB, 79 * GIB)
T4 = Card("Tesla T4", "float16", 2 * GIB, 15 * GIB)


@pytest.mark.parametrize(
    ("cards", "line"),
    [
        ((T4,), "Tesla T4, float16, 15 GiB"),
        ((H100, H100), "2 × NVIDIA H100 80GB HBM3, float16, 79 GiB"),
        ((H100, T4, H100), "2 × NVIDIA H100 80GB HBM3, float16, 79 GiB; Tesla T4, float16, 15 GiB"),
        ((Card("cpu", "float32", 0, 24 * GIB, lanes=4),), "cpu, float32, 24 GiB"),
    ],
)
def test_equal_cards_are_counted(cards, line):
    assert Machine(cards).description == line
