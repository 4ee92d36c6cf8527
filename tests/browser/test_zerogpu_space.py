"""A free account's Space, on ZeroGPU: with a key or the demo painter it starts, and makes pictures in its frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from tests.browser.apps import SharedApps
from tests.browser.framing import blocking_chromium, framed
from tests.browser.person import PATIENCE
from tests.support.v3_service import HostedApi
from tests.support.zerogpu_space import ZeroGpuSpace

pytest.importorskip("spaces", reason="tests/requirements.txt has it")

StartedSpace = Callable[..., ZeroGpuSpace]


@pytest.fixture
def started(shared_apps: SharedApps, tmp_path: Path) -> Iterator[StartedSpace]:
    spaces: list[ZeroGpuSpace] = []

    def start(**settings: str) -> ZeroGpuSpace:
        spaces.append(ZeroGpuSpace(tmp_path, shared_apps.api("hosted"), **settings))
        return spaces[-1].start()

    yield start
    for space in spaces:
        space.stop()


def makes_a_picture(frame: FrameLocator) -> None:
    frame.get_by_role("textbox", name="Prompt", exact=True).fill("a picture of a free Space")
    frame.get_by_role("button", name="Generate").click()
    expect(frame.locator("[data-job][data-state=completed]")).to_have_count(1, timeout=PATIENCE)


@pytest.mark.full
def test_with_a_key_it_starts_and_who_is_signed_in_makes_a_picture(
    started: StartedSpace, browser: Browser, api: HostedApi
) -> None:
    space = started()
    assert space.app.is_running, "Hugging Face stops an app without a decorated function"
    with blocking_chromium(browser) as blocking, framed(blocking, space.url) as page:
        frame = page.frame_locator("iframe")
        frame.get_by_role("button", name="Sign in with Hugging Face").click()
        expect(frame.locator("#account")).to_contain_text("Signed in as alice.", timeout=PATIENCE)
        makes_a_picture(frame)
    assert [post["prompt"] for post in api.posts] == ["a picture of a free Space"]
    assert space.scheduler.calls == ["/startup-report"], "no GPU is asked for that nothing here uses"


@pytest.mark.full
def test_without_a_key_it_starts_with_the_demo_painter(started: StartedSpace, browser: Browser) -> None:
    space = started(PLAYGROUND_BACKEND="demo")
    assert space.app.is_running
    with blocking_chromium(browser) as blocking, framed(blocking, space.url) as page:
        makes_a_picture(page.frame_locator("iframe"))
    assert space.scheduler.calls == ["/startup-report"]
