"""A request's own pictures on their way to the service."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from dataclasses import replace

import httpx
import pytest
from PIL import Image

from components import messages
from components.domain.job import JobState
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.messages.message import Charge
from tests.support.addresses import HERE
from tests.support.core import problem_of, running
from tests.support.scripted_api import ALICE, BASE, BOB, OWN_KEY, picture_bytes, raises, refuses, success

SIZE = (256, 256)
IMAGE = picture_bytes(size=SIZE)
MASK = picture_bytes(size=(256, 257))[:-12] + picture_bytes(size=SIZE)[-12:]


@pytest.fixture
async def rig(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock) as rig:
        yield rig


def request_for(rig, visitor=ALICE, *, masked=False) -> GenerationRequest:
    image = rig.store.add_source(visitor, IMAGE, SIZE, 1.0)
    mask = rig.store.add_source(visitor, MASK, SIZE, 1.0) if masked else None
    return GenerationRequest("a cat", width=256, height=256, image=image, mask=mask)


def bodies(api) -> list[dict]:
    return [json.loads(post.content) for post in api.posts]


async def test_a_picture_goes_up_once_and_its_address_is_in_every_submit(rig, api):
    jobs = await rig.click("c1", 3, request=request_for(rig))
    await asyncio.gather(*(rig.ended(job.id) for job in jobs))
    await rig.picture("c2", request=request_for(rig))
    assert len(api.uploads) == 1
    assert IMAGE in api.uploads[0].content
    assert {body["image"] for body in bodies(api)} == {"https://media.test/1.png"}
    assert {body["prompt_strength"] for body in bodies(api)} == {0.8}
    assert len(api.posts) == 4


async def test_a_mask_goes_up_beside_its_picture(rig, api):
    await rig.picture(request=request_for(rig, masked=True))
    assert len(api.uploads) == 2
    assert bodies(api)[0]["mask_image"] == "https://media.test/2.png"


async def test_an_upload_is_believed_for_six_days_and_no_longer(rig, api, clock):
    await rig.picture("c1", request=request_for(rig))
    clock.advance(5 * 24 * 3600)
    await rig.picture("c2", request=request_for(rig))
    assert len(api.uploads) == 1
    clock.advance(2 * 24 * 3600)
    await rig.picture("c3", request=request_for(rig))
    assert len(api.uploads) == 2


async def test_another_visitor_s_same_picture_is_not_sent_up_again(rig, api):
    await rig.picture("c1", request=request_for(rig))
    await rig.picture("c2", visitor=BOB, request=request_for(rig, BOB))
    assert len(api.uploads) == 1


@pytest.mark.parametrize(
    "trouble",
    [raises(httpx.ReadTimeout), refuses(503), lambda r: success({"download_url": ""})],
    ids=["no answer", "503", "no link"],
)
async def test_an_upload_may_be_tried_again_as_it_costs_nothing(rig, api, trouble):
    api.next_uploads = [trouble, trouble]
    assert (await rig.picture(request=request_for(rig))).state is JobState.COMPLETED
    assert len(api.uploads) == 3
    assert len(api.posts) == 1


async def test_without_its_picture_a_request_is_never_sent(rig, api):
    api.next_uploads = [refuses(503)] * 3
    job = await rig.picture(request=request_for(rig))
    assert (job.state, problem_of(job)) == (JobState.FAILED, messages.NOT_UPLOADED)
    assert problem_of(job).charge is Charge.NONE
    assert not api.posts


async def test_an_address_inside_this_network_is_not_taken_for_an_upload_s(rig, api):
    api.next_uploads = [lambda r: success({"download_url": "http://10.0.0.7/x.png"})] * 3
    assert problem_of(await rig.picture(request=request_for(rig))) == messages.NOT_UPLOADED
    assert not api.posts


async def test_a_picture_that_is_gone_is_said(rig, api):
    ask = request_for(rig)
    rig.store.drop_sources(before=9e12)
    assert problem_of(await rig.picture(request=ask)) == messages.SOURCE_GONE
    assert not api.uploads
    assert not api.posts


async def test_a_busy_service_is_waited_for(rig, api):
    api.next_uploads = [refuses(429, retry_after="7")]
    assert (await rig.picture(request=request_for(rig))).state is JobState.COMPLETED
    assert len(api.posts) == 1


async def test_a_service_that_cannot_be_reached_is_tried_again_and_said(rig, api):
    api.next_uploads = [raises(httpx.ConnectError)] * 9
    job = await rig.picture(request=request_for(rig))
    assert problem_of(job) == messages.UNREACHABLE
    assert not api.posts


@pytest.mark.parametrize(("status", "told"), [(413, messages.TOO_LARGE), (401, messages.HOST_KEY_REFUSED)])
async def test_a_refused_upload_ends_the_job_with_its_sentence(rig, api, status, told):
    api.next_uploads = [refuses(status)]
    assert problem_of(await rig.picture(request=request_for(rig))) == told
    assert not api.posts


async def test_where_the_api_takes_no_uploads_the_picture_goes_along(rig, api):
    api.next_uploads = [refuses(404)]
    await rig.picture(request=request_for(rig))
    head, _, payload = bodies(api)[0]["image"].partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(payload) == IMAGE


async def test_what_the_service_cannot_read_goes_up_anew_with_the_next_click(rig, api):
    api.next_submits = [refuses(1402)]
    assert problem_of(await rig.picture("c1", request=request_for(rig))) == messages.LINK_NOT_FETCHED
    await rig.picture("c2", request=request_for(rig))
    assert len(api.uploads) == 2


async def test_the_key_goes_up_to_the_api_alone(rig, api):
    await rig.picture(request=request_for(rig))
    assert str(api.uploads[0].url) == f"{BASE}/api/v3/media/upload/binary"


async def test_each_account_has_uploads_of_its_own(tmp_path, api, clock):
    api.keys.add(OWN_KEY)
    async with running(tmp_path, api.client(), clock, own=api.client) as rig:
        grant = await rig.accounts.use_key(Person(ALICE), OWN_KEY, HERE)
        await rig.picture("c1", request=request_for(rig))
        await rig.picture("c2", request=request_for(rig), token=grant.token)
    assert len(api.uploads) == 2
    assert api.payers[1] == OWN_KEY


async def test_a_stored_mask_that_changes_nothing_is_not_sent(rig, api):
    """One from before such masks were refused, in a job that is made again."""
    black = io.BytesIO()
    Image.new("L", SIZE, 0).save(black, "PNG")
    mask = rig.store.add_source(ALICE, black.getvalue(), SIZE, 1.0)
    job = await rig.picture(request=replace(request_for(rig), mask=mask))
    assert (job.state, problem_of(job)) == (JobState.FAILED, messages.MASK_CHANGES_NOTHING)
    assert job.problem.charge is Charge.NONE
    assert api.posts == []
