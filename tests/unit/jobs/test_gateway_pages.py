"""Gateway pages in the life of a job: they say nothing about its task, its key, its price or its upload."""

from __future__ import annotations

import pytest

from components import messages
from components.budget.limits import BudgetLimits
from components.domain.job import JobState
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied
from tests.support.addresses import HERE
from tests.support.core import problem_of, problems_seen, running
from tests.support.own_keys import ALICE_KEY, token_of
from tests.support.scripted_api import ALICE, page, picture_bytes

STATUSES = (200, 401, 403, 404, 413, 503)


@pytest.fixture
async def own(tmp_path, api, clock):
    """The core with visitors' own keys."""
    api.keys.add(ALICE_KEY)
    async with running(tmp_path, api.client(), clock, own=api.client) as rig:
        yield rig


@pytest.mark.parametrize("status", STATUSES)
async def test_a_look_goes_on_and_keeps_the_key(own, api, status):
    token = await token_of(own)
    api.next_polls = [page(status)] * 40
    end = await own.picture(token=token)
    assert (end.state, end.problem, len(api.posts)) == (JobState.COMPLETED, None, 1)
    assert own.accounts.target_of(token)


@pytest.mark.parametrize("status", [401, 404])
async def test_a_look_that_goes_on_says_why_on_its_tile(rig, api, status):
    await rig.jobs.changes(ALICE, "", 0, 0)
    api.next_polls = [page(status)] * 4
    await rig.click()
    assert messages.PAGE_IN_PLACE_OF_API in await problems_seen(rig)


@pytest.mark.parametrize("status", STATUSES)
async def test_a_submit_is_looked_for_and_never_sent_again_and_keeps_the_key(own, api, status):
    token = await token_of(own)

    def made(request):
        api.owners[api.make()["id"]] = ALICE_KEY
        return page(status)(request)

    api.next_submits = [made]
    end = await own.picture(token=token)
    assert (end.state, end.refused_field, len(api.posts)) == (JobState.COMPLETED, "", 1)
    assert own.accounts.target_of(token)


@pytest.mark.parametrize("status", [401, 404])
async def test_a_list_of_pages_only_is_no_reason_to_send_again(rig, api, status):
    api.next_submits = [page(status)]
    api.next_lists = [page(status)] * 2
    end = await rig.picture()
    assert (end.state, problem_of(end), len(api.posts)) == (JobState.UNKNOWN, messages.NOT_FOUND, 1)


@pytest.mark.parametrize("status", [401, 404, 405, 413])
async def test_an_upload_is_tried_again_and_its_image_is_never_sent_inline(own, api, status):
    token = await token_of(own)
    image = own.store.add_source(ALICE, picture_bytes(size=(256, 256)), (256, 256), 1.0)
    request = GenerationRequest("a cat", width=256, height=256, image=image)
    api.next_uploads = [page(status)] * 3
    end = await own.picture(request=request, token=token)
    assert (end.state, problem_of(end), end.refused_field) == (JobState.FAILED, messages.NOT_UPLOADED, "")
    assert (len(api.uploads), len(api.posts)) == (3, 0)
    api.next_uploads = [page(status)] * 2
    assert (await own.picture("c2", request=request, token=token)).state is JobState.COMPLETED


@pytest.mark.parametrize("calls", ["next_prices", "next_balances"])
@pytest.mark.parametrize("status", [401, 404, 405])
async def test_without_a_price_or_a_balance_nothing_is_spent_at_home_either(tmp_path, api, clock, calls, status):
    async with running(tmp_path, api.client(), clock, limits=BudgetLimits(is_local=True)) as rig:
        setattr(api, calls, [page(status)] * 3)
        end = await rig.picture()
    told = {"next_prices": messages.PRICE_UNAVAILABLE, "next_balances": messages.BALANCE_UNAVAILABLE}
    assert (end.state, problem_of(end), len(api.posts)) == (JobState.FAILED, told[calls], 0)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_key_is_neither_taken_nor_called_wrong_unchecked(own, api, status):
    api.next_balances = [page(status)]
    with pytest.raises(BudgetDenied) as refused:
        await own.accounts.use_key(Person(ALICE), ALICE_KEY, HERE)
    assert refused.value.message == messages.KEY_NOT_CHECKED
