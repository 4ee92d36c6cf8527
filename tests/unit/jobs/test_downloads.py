"""A download that fails is tried again; one that goes on failing ends the job with its message and its link (F25)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image

from components import messages
from components.domain.job import JobState
from tests.support.core import problem_of, running
from tests.support.scripted_api import picture_bytes

PNG = picture_bytes()


def download(answer: Callable[[httpx.Request], httpx.Response], times: int) -> Callable[..., httpx.Response]:
    """Fail so many times, then answer well."""
    left = [answer] * times

    def reply(request: httpx.Request) -> httpx.Response:
        return left.pop()(request) if left else httpx.Response(200, content=PNG)

    return reply


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda request: httpx.Response(403), messages.NOT_FETCHED),
        (lambda request: httpx.Response(404), messages.NOT_FETCHED),
        (lambda request: httpx.Response(200, content=PNG[: len(PNG) // 2]), messages.DAMAGED),
        (lambda request: httpx.Response(200, content=b"<svg/>"), messages.NOT_A_PICTURE),
        (lambda request: httpx.Response(200, content=bytes(41 * 1024 * 1024)), messages.TOO_MANY_BYTES),
        (lambda request: httpx.Response(200, content=bomb()), messages.TOO_MANY_PIXELS),
        (lambda request: httpx.Response(302, headers={"location": "https://10.0.0.1/x"}), messages.UNSAFE_ADDRESS),
    ],
)
async def test_f25_a_bad_download_is_tried_again_and_then_told_with_its_link(tmp_path, api, clock, answer, told):
    address = "https://files.test/task1.png"
    async with running(tmp_path, api.client(), clock) as rig:
        too_much = told in (messages.TOO_MANY_BYTES, messages.TOO_MANY_PIXELS)
        api.files[address] = download(answer, 1 if too_much else 3)  # what is too much is tried once more, not thrice
        assert (await rig.picture("c1")).state is JobState.COMPLETED
        api.files["https://files.test/task2.png"] = answer
        bad = await rig.picture("c2")
        assert (bad.state, problem_of(bad), bad.links) == (JobState.FAILED, told, ("https://files.test/task2.png",))
        assert bad.is_paid_without_image
        assert incoming(tmp_path) == []


async def test_d01_addresses_that_fail_hold_up_no_image_and_not_one_another(rig, api):
    asked: list[str] = []

    def noted(status: int) -> Callable[[httpx.Request], httpx.Response]:
        return lambda request: asked.append(str(request.url)) or httpx.Response(status, content=PNG)

    good, *bad = (f"https://files.test/{name}.png" for name in "gabc")
    api.files |= dict.fromkeys(bad, noted(403)) | {good: noted(200)}
    api.course = [{"status": "completed", "outputs": [*bad, good]}]
    job = await rig.picture()
    assert (job.state, len(job.images), job.links) == (JobState.COMPLETED, 1, tuple(bad))
    assert problem_of(job) == messages.NOT_FETCHED
    assert set(asked[:4]) == {good, *bad}, "each is asked for before any is asked for again"
    assert sorted(asked) == sorted([good, *bad * 4])


def incoming(folder: Path) -> list[Path]:
    return list((folder / "incoming").iterdir())


def bomb() -> bytes:
    """A PNG of few bytes that says it has 100 megapixels."""
    target = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(target, "PNG")
    return target.getvalue()
