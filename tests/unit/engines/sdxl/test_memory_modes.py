"""The mode by the memory that is free, for real SDXL's sizes in half precision."""

from __future__ import annotations

import pytest

from components.engines.sdxl.model.memory import IN_BLOCKS, IN_LAYERS, MODES, mode_for

GIB = 1 << 30
SDXL = [round(size * GIB) for size in (4.78, 0.23, 1.29, 0.16)]
BLOCKS = [round(size * GIB) for size in (3.03, 0.23, 1.29)]
"""Measured on the real configuration, see tests/sdxl/test_placement.py."""
WHOLE, OFFLOADED = MODES[0], MODES[-1]


@pytest.mark.parametrize(
    ("free", "mode"),
    [
        (24, WHOLE),
        (10, WHOLE),
        (9, OFFLOADED),
        (6, OFFLOADED),
        (5.5, IN_BLOCKS),
        (4.1, IN_BLOCKS),
        (4, IN_LAYERS),
        (3, IN_LAYERS),
        (None, WHOLE),
    ],
)
def test_the_mode_is_the_fastest_that_fits(free, mode):
    assert mode_for(None if free is None else round(free * GIB), SDXL, BLOCKS) == mode


def test_a_refiner_beside_a_base_needs_as_much_again():
    refiner = [round(4.21 * GIB)]
    assert mode_for(8 * GIB, refiner, ()) == WHOLE
    assert mode_for(6 * GIB, refiner, ()) == OFFLOADED
