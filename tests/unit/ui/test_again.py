"""A press that repeats an earlier job: its settings in full, with its seed or a new one, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components import messages
from components.api.client import Endpoint
from components.domain.batch import MAX_IMAGES
from components.domain.request import GenerationRequest, LoraWeight, SourceImage
from components.errors import InvalidRequest
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.again import requests_again
from tests.support.core import host_config
from tests.support.scripted_api import ALICE, BASE, BOB, KEY
from tests.support.stored_jobs import job

IMAGE = SourceImage("0.png", "0" * 64, 512, 768)
REQUEST = GenerationRequest(
    "a fox", "blurry", 512, 768, seed=7, loras=(LoraWeight("a/b", 0.5),), image=IMAGE, mask=IMAGE, prompt_strength=0.4
)


@pytest.fixture
def jobs(tmp_path):
    backend, store = Backend.demo(Endpoint(BASE, KEY)), Store(tmp_path)
    store.save_job(replace(job("c-1"), visitor=ALICE, request=REQUEST, ended=2.0))
    yield Playground(backend, store, host_config(backend)).jobs
    store.close()


async def asked(jobs: Any, visitor: str = ALICE, **wanted: Any) -> tuple[GenerationRequest, ...]:
    found = await requests_again({"job": "c-1", **wanted}, visitor, jobs)
    assert found
    return found[0]


async def test_the_same_again_is_the_same_to_the_seed(jobs):
    assert await asked(jobs, seed="same") == (REQUEST,)


async def test_variations_differ_in_their_seeds_alone(jobs):
    made = await asked(jobs, seed="new", pictures=3)
    assert [one.with_seed(7) for one in made] == [REQUEST] * 3
    assert len({one.seed for one in made} - {7}) >= 2
    assert all(one.seed >= 0 for one in made)


@pytest.mark.parametrize("pictures", [None, "4", 2.0, True])
async def test_without_a_number_it_is_one(jobs, pictures):
    assert len(await asked(jobs, seed="new", pictures=pictures)) == 1


async def test_it_is_no_way_around_the_limit_of_a_press(jobs):
    with pytest.raises(InvalidRequest):
        await asked(jobs, seed="new", pictures=MAX_IMAGES + 1)


@pytest.mark.parametrize(("visitor", "name"), [(BOB, "c-1"), (ALICE, "c-2"), (ALICE, None)])
async def test_another_s_job_and_one_that_is_gone_are_not_repeated(jobs, visitor, name):
    with pytest.raises(InvalidRequest) as refused:
        await requests_again({"job": name, "seed": "new"}, visitor, jobs)
    assert refused.value.message == messages.PICTURE_NOT_HERE


@pytest.mark.parametrize("value", [None, "c-1", [], {}])
async def test_a_press_of_the_form_is_none(jobs, value):
    assert await requests_again(value, ALICE, jobs) is None
