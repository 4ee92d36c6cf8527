"""Outputs of a finished task: inline or linked, damaged, flagged, unsafe, and fetched again."""

from __future__ import annotations

import base64
import re

import httpx
import pytest

from components import messages
from components.domain.job import JobState
from components.messages.message import Charge
from tests.support.core import problem_of
from tests.support.scripted_api import picture_bytes


async def test_inline_pictures_are_stored_as_they_came(rig, api):
    inline = base64.b64encode(picture_bytes("WEBP")).decode()
    api.course = [{"status": "completed", "outputs": [inline, "data:image/webp;base64," + inline]}]
    job = await rig.picture()
    assert [picture.format for picture in job.images] == ["WEBP", "WEBP"]
    assert all(rig.store.image_file(picture.name).read_bytes() == picture_bytes("WEBP") for picture in job.images)


async def test_a_broken_picture_takes_no_other_down(rig, api):
    api.course = [{"status": "completed", "outputs": ["%%%", "https://files.test/good.png"]}]
    job = await rig.picture()
    assert (job.state, len(job.images)) == (JobState.COMPLETED, 1)
    assert problem_of(job).charge is Charge.SPENT


async def test_a_flagged_picture_is_flagged_even_after_an_output_that_is_none(rig, api):
    outputs = [None, "https://files.test/a.png", "https://files.test/b.png"]
    api.course = [{"status": "completed", "outputs": outputs, "has_nsfw_contents": [False, True, False]}]
    job = await rig.picture()
    assert [picture.nsfw for picture in job.images] == [True, False]


@pytest.mark.parametrize("flags", [None, [], "yes", [True, True, True], [None]])
async def test_flags_of_the_wrong_shape_do_no_harm(rig, api, flags):
    api.course = [{"status": "completed", "has_nsfw_contents": flags}]
    job = await rig.picture()
    assert job.state is JobState.COMPLETED
    assert job.images[0].nsfw is (flags == [True, True, True])


@pytest.mark.parametrize(
    "output",
    [
        "http://files.test/plain.png",
        "https://user@files.test/x.png",
        "https://files.test:8443/x.png",
        "https://files.test:99999/x.png",
        "https://files.test:0/x.png",
        "https:///x.png",
        "https://files.test/\x01",
    ],
)
async def test_an_address_that_is_not_safe_is_not_opened(rig, api, output):
    api.files[output] = api.files[output.lower()] = lambda r: pytest.fail("it was opened")
    api.course = [{"status": "completed", "outputs": [output]}]
    job = await rig.picture()
    assert (job.state, problem_of(job), job.links) == (JobState.FAILED, messages.UNSAFE_ADDRESS, ())


@pytest.mark.parametrize("output", ["file:///etc/passwd", "data:text/html,<script>", "javascript:alert(1)", ""])
async def test_an_output_that_is_neither_address_nor_picture_is_no_picture_and_no_link(rig, api, output):
    api.course = [{"status": "completed", "outputs": [output]}]
    job = await rig.picture()
    assert (job.state, problem_of(job), job.links) == (JobState.FAILED, messages.NOT_A_PICTURE, ())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        *[(body, messages.NOT_A_PICTURE) for body in (b"<html></html>", b"<svg/>", b"{}", b"", b"BM")],
        (picture_bytes()[:-40], messages.DAMAGED),
    ],
)
async def test_what_is_no_whole_picture_is_said_after_three_more_tries(rig, api, tmp_path, body, told):
    fetched = []
    api.files["https://files.test/task1.png"] = lambda r: fetched.append(r) or httpx.Response(200, content=body)
    job = await rig.picture()
    assert (job.state, problem_of(job), len(fetched)) == (JobState.FAILED, told, 4)
    assert told.charge is Charge.SPENT
    assert job.links == ("https://files.test/task1.png",)
    assert not list((tmp_path / "incoming").iterdir())
    assert not list((tmp_path / "pictures").iterdir())


JXL = b"\xff\x0a" + bytes(range(200))
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)


@pytest.mark.parametrize(
    ("content", "suffix", "named"),
    [
        (JXL, "jxl", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(200), "jxl", "JPEG XL"),
        (HEIC, "heic", "HEIC"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif" + bytes(200), "avif", "AVIF"),
        (b"II+\0" + bytes(200), "tif", "TIFF"),
        (b"GIF89a" + bytes(200), "gif", "GIF"),
    ],
)
async def test_a_paid_picture_that_cannot_be_shown_is_kept_as_it_came(rig, api, content, suffix, named):
    fetched = []
    api.files["https://files.test/task1.png"] = lambda r: fetched.append(r) or httpx.Response(200, content=content)
    job = await rig.picture()
    assert (job.state, problem_of(job), len(fetched)) == (JobState.FAILED, messages.stored_as_file(named), 4)
    assert (job.images, job.links, job.can_look_again, job.can_be_deleted) == ((), (), False, True)
    (file,) = rig.on_disk(job.id).files
    assert (file.format, file.size) == (named, len(content))
    assert re.fullmatch(rf"[0-9a-f]{{32}}\.{suffix}", file.name)
    assert rig.store.image_file(file.name).read_bytes() == content
    rig.store.remove_unknown_images()
    assert rig.store.image_file(file.name), "a record names it"
    assert rig.store.size() == len(content)
    assert [old.id for old in rig.store.expired(1e12, 9)] == [job.id], "it goes with its age"
    rig.store.delete_jobs([job])
    assert rig.store.image_file(file.name) is None


async def test_inline_and_beside_others_such_a_picture_is_kept_too(rig, api):
    inline = [base64.b64encode(one).decode() for one in (picture_bytes(), HEIC)]
    api.course = [{"status": "completed", "outputs": inline}]
    job = await rig.picture()
    assert (job.state, len(job.images), [file.format for file in job.files]) == (JobState.COMPLETED, 1, ["HEIC"])


async def test_a_file_that_is_sound_at_the_second_try_is_not_kept_beside_it(rig, api, tmp_path):
    answers = [JXL]
    api.files["https://files.test/task1.png"] = lambda r: httpx.Response(
        200, content=answers.pop() if answers else picture_bytes("TIFF")
    )
    job = await rig.picture()
    assert ([picture.format for picture in job.images], job.files, job.problem) == (["PNG"], (), None)
    assert len(list((tmp_path / "pictures").iterdir())) == 1


async def test_a_picture_that_fails_once_is_fetched_from_the_new_address(rig, api):
    first = {"status": "completed", "outputs": ["https://files.test/expired.png"]}
    api.course = [first, {"status": "completed"}]
    api.files["https://files.test/expired.png"] = lambda r: httpx.Response(403)
    assert (await rig.picture()).state is JobState.COMPLETED


async def test_a_paid_picture_that_could_not_be_fetched_is_fetched_on_request(rig, api):
    url = "https://files.test/task1.png"
    api.files[url] = lambda r: httpx.Response(503)
    job = await rig.picture()
    assert (job.state, problem_of(job).charge) == (JobState.FAILED, Charge.SPENT)
    del api.files[url]
    await rig.jobs.resume.recheck("somebody else", job.id)
    assert rig.on_disk(job.id).state is JobState.FAILED
    await rig.jobs.resume.recheck(job.visitor, job.id)
    again = await rig.ended(job.id)
    assert (again.state, len(again.images), again.problem) == (JobState.COMPLETED, 1, None)
    assert len(api.posts) == 1


async def test_a_failed_task_is_not_looked_at_again(rig, api):
    api.course = [{"status": "failed", "error": "no"}]
    job = await rig.picture()
    looks = len(api.polls)
    await rig.jobs.resume.recheck(job.visitor, job.id)
    assert rig.on_disk(job.id) == job
    assert len(api.polls) == looks
