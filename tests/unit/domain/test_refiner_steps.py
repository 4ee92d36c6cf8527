"""Figures measured on diffusers itself, see the source in components/domain/refiner_steps.py."""

from __future__ import annotations

import pytest

from components.domain.refiner_steps import split_steps


@pytest.mark.parametrize(
    ("steps", "handover", "shared"),
    [
        (20, 0.8, (16, 4)),
        (25, 0.8, (20, 5)),
        (30, 0.8, (23, 7)),
        (40, 0.8, (32, 8)),
        (50, 0.8, (40, 10)),
        (10, 0.8, (8, 2)),
        (5, 0.8, (4, 1)),
        (4, 0.8, (3, 1)),
        (3, 0.8, (2, 1)),
        (2, 0.8, (1, 1)),
        (1, 0.8, (0, 1)),
        (10, 0.95, (9, 1)),
        (5, 0.1, (0, 5)),
        (28, 1.0, (28, 0)),
    ],
)
def test_the_steps_are_shared_as_the_pipelines_do(steps, handover, shared):
    assert split_steps(steps, handover) == shared


@pytest.mark.parametrize(
    ("steps", "handover", "shared"),
    [(20, 0.8, (16, 4)), (5, 0.1, (1, 4)), (28, 1.0, (27, 1)), (28, 0.0, (1, 27)), (2, 1.0, (1, 1)), (1, 0.8, (1, 0))],
)
def test_our_own_engine_gives_each_a_step(steps, handover, shared):
    assert split_steps(steps, handover, each=True) == shared
