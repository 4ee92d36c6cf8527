"""A press of cells at different prices: each is asked once, reserved and counted at its own price, all or none."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import pytest

from components import messages
from components.domain.job import JobState
from components.domain.request import GenerationRequest
from components.jobs.submission import JobLimits, Submission
from tests.support.budgets import CENT, WIDE
from tests.support.core import problem_of, running
from tests.support.scripted_api import ALICE, success


def a_cent_a_step(request: httpx.Request) -> httpx.Response:
    steps = json.loads(request.content)["inputs"]["num_inference_steps"]
    return success({"price": steps / 100, "currency": "USD"})


def grid(*steps: int) -> tuple[GenerationRequest, ...]:
    return tuple(GenerationRequest("a cat", seed=1, num_inference_steps=count) for count in steps)


async def press(rig, requests):
    jobs = await rig.jobs.start(Submission(ALICE, "c1", requests))
    return [await rig.ended(job.id) for job in jobs]


async def test_a_grid_over_steps_counts_the_price_of_each_cell(tmp_path, api, clock):
    api.next_prices = [a_cent_a_step] * 9
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        ended = await press(rig, grid(1, 2, 3, 4, 5, 6, 7, 50))
        assert [job.state for job in ended] == [JobState.COMPLETED] * 8
        assert [job.price for job in ended] == [CENT * count for count in (1, 2, 3, 4, 5, 6, 7, 50)]
        assert rig.store.spending_totals("", clock.now()).today == 78 * CENT


async def test_a_grid_whose_sum_does_not_fit_sends_nothing(tmp_path, api, clock):
    api.next_prices = [a_cent_a_step] * 9
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, per_day=77 * CENT)) as rig:
        ended = await press(rig, grid(1, 2, 3, 4, 5, 6, 7, 50))
        assert {problem_of(job) for job in ended} == {messages.press_above_amount(8)}
        assert rig.store.spending_totals("", clock.now()).today == 0
    assert api.posts == []


@pytest.mark.parametrize(("steps", "asked"), [((9, 9, 9, 9), 1), ((1, 2, 1, 2, 3), 3)])
async def test_equal_cells_are_priced_by_one_call(tmp_path, api, clock, steps, asked):
    async with running(tmp_path, api.client(), clock, limits=WIDE, job_limits=JobLimits(25, 200)) as rig:
        await press(rig, tuple(one.with_seed(place) for place, one in enumerate(grid(*steps))))
    assert api.requested["model/price"] == asked


async def test_a_price_that_fails_once_is_asked_again_alone(tmp_path, api, clock):
    api.next_prices = [a_cent_a_step, lambda request: httpx.Response(503), a_cent_a_step]
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        ended = await press(rig, grid(1, 2))
        assert [job.price for job in ended] == [CENT, 2 * CENT]
    assert api.requested["model/price"] == 3
