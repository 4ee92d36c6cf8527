"""Requests and bytes of a first visit, beside those of a bare Gradio page; time of a reload in mid-task."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page

from tests.bench.setup import app_before_api
from tests.browser.person import Person
from tests.support.chromium import chromium
from tests.support.v3_service import free_port

ROUNDS = 5
EARLIER_VISITS = 2
BARE = "import gradio as gr\nwith gr.Blocks() as demo: gr.Textbox()\ndemo.launch(server_port={port}, ssr_mode=False)"


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    with app_before_api() as (api, app), chromium() as browser:
        with _bare_page() as url:
            bare = _first_load(browser, url, "textarea")
        first, later = _first_load(browser, app.url, "#generate"), _after_others(browser, app.url)
        api.is_stalled = True
        back = _reload(browser, app.url)
    yield "First load, nothing in the browser's cache"
    yield f"{'':16}{'requests':>9}{'kB':>8}"
    # Only what is read a second time is made as small as it gets (ui/http/encoded_text.py).
    for name, (requests, size) in (("our page", later), ("its first visit", first), ("bare Gradio", bare)):
        yield f"{name:16}{requests:9}{size / 1000:8.0f}"
    yield f"Reload in mid-task -> tiles back: median {1000 * median(back):.0f} ms, worst {1000 * max(back):.0f} ms"


def _first_load(browser: Browser, url: str, ready: str) -> tuple[int, int]:
    """Return the number of requests and their encoded bytes."""
    with browser.new_context() as context:
        page = context.new_page()
        sizes = _count_bytes(page)
        page.goto(url)
        page.locator(ready).first.wait_for()
        page.wait_for_timeout(2000)
        return len(sizes), sum(sizes)


def _after_others(browser: Browser, url: str) -> tuple[int, int]:
    """Return the load of a first visit to an app that others have visited before."""
    for _ in range(EARLIER_VISITS):
        _first_load(browser, url, "#generate")
    return _first_load(browser, url, "#generate")


def _count_bytes(page: Page) -> list[int]:
    sizes: list[int] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def finished(event: dict[str, Any]) -> None:
        sizes.append(int(event["encodedDataLength"]))

    session.on("Network.loadingFinished", finished)
    return sizes


def _reload(browser: Browser, url: str) -> list[float]:
    with browser.new_context() as context:
        person = Person(context.new_page(), url).open()
        person.generate("held")
        person.sees("processing", 1)
        times: list[float] = []
        for _ in range(ROUNDS):
            begun = time.monotonic()
            person.page.reload(wait_until="commit")
            person.page.locator("[data-state=processing]").wait_for()
            times.append(time.monotonic() - begun)
        return times


@contextmanager
def _bare_page() -> Generator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", BARE.format(port=port)], stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            time.sleep(0.1)
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except OSError:
                continue
        yield url
    finally:
        process.terminate()
        process.wait(10)
