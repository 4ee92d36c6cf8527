"""The arithmetic of steps, checked against diffusers' own rules as they were measured."""

from __future__ import annotations

import pytest

from components.domain.refiner_steps import split_steps
from components.engines.sdxl.pipeline import schedule


def leading(steps: int) -> list[float]:
    """SDXL's own timesteps."""
    return [float(place * (1000 // steps) + 1) for place in reversed(range(steps))]


@pytest.mark.parametrize(
    ("steps", "share", "base"),
    [
        (20, 0.8, 16),
        (25, 0.8, 20),
        (30, 0.8, 23),
        (40, 0.8, 32),
        (50, 0.8, 40),
        (10, 0.8, 8),
        (5, 0.8, 4),
        (4, 0.8, 3),
        (3, 0.8, 2),
        (2, 0.8, 1),
        (10, 0.95, 9),
    ],
)
def test_the_handover_as_it_was_measured(steps, share, base):
    end = schedule.split_timestep(leading(steps), share)
    assert end == share
    assert schedule.steps_before(leading(steps), share) == base


@pytest.mark.parametrize("steps", [2, 3, 4, 5, 7, 10, 20, 28, 50])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.02, 0.1, 0.5, 0.9, 0.97, 0.999, 1.0])
def test_each_side_has_a_step(steps, share):
    end = schedule.split_timestep(leading(steps), share)
    assert end is not None
    assert 0 < end < 1, "diffusers ignores the ends"
    assert 1 <= schedule.steps_before(leading(steps), end) <= steps - 1


def test_one_step_cannot_be_shared():
    assert schedule.split_timestep(leading(1), 0.8) is None


def test_a_cut_is_moved_only_as_far_as_needed():
    moments = leading(10)
    assert schedule.steps_before(moments, schedule.split_timestep(moments, 0.0) or 0) == 1
    assert schedule.steps_before(moments, schedule.split_timestep(moments, 1.0) or 0) == 9
    assert schedule.steps_before(moments[-4:], schedule.split_timestep(moments[-4:], 0.2) or 0) == 1


@pytest.mark.parametrize("steps", [1, 2, 10, 28, 50])
@pytest.mark.parametrize("strength", [0.001, 0.01, 0.03, 0.07, 0.1, 0.29, 0.3, 0.5, 0.99, 1.0])
def test_a_strength_runs_one_step_at_least(steps, strength):
    asked = schedule.steps_for_strength(steps, strength)
    assert asked is not None
    assert asked >= steps
    assert schedule.steps_run(asked, strength) >= 1
    if int(steps * strength) >= 1:
        assert asked == steps


@pytest.mark.parametrize("strength", [0.0, -1.0, 0.0001, 1e-12])
def test_no_strength_changes_nothing(strength):
    assert schedule.steps_for_strength(50, strength) is None


@pytest.mark.parametrize("exactly", range(1, 51))
def test_the_second_pass_runs_exactly_so_many(exactly):
    asked = schedule.steps_to_run(exactly)
    assert schedule.steps_run(asked, schedule.REFINER_STRENGTH) == exactly
    assert schedule.steps_run(asked - 1, schedule.REFINER_STRENGTH) < exactly


@pytest.mark.parametrize("steps", [2, 3, 5, 10, 28, 30, 50])
def test_the_page_tells_the_shares_that_are_painted(steps):
    moments = [float(1000 // steps * number + 1) for number in reversed(range(steps))]
    for share in (part / 20 for part in range(21)):
        end = schedule.split_timestep(moments, share)
        assert end is not None
        base = schedule.steps_before(moments, end)
        assert split_steps(steps, share, each=True) == (base, steps - base)
