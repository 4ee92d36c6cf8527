"""Cost of 5,000 stored images: opening the page compared with an empty history, searching, scrolling through all."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Page

from components.domain.person import visitor_id_of
from components.storage.search_table import Search
from components.storage.store import Store
from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.chromium import chromium
from tests.support.seeded_history import LORA, TOKEN, fill
from tests.support.v3_service import HostedApi

PAUSE = 200
"""Milliseconds that the page waits for further typing before it searches."""
COUNT = 5_000
ROUNDS = 9
SEARCHES = (
    Search("picture"),
    Search("number 4999 cafe"),
    Search("an elephant"),
    Search("number 49", lora=LORA),
    Search(is_favourite=True),
)


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        empty, full = Path(folder) / "empty", Path(folder) / "full"
        fill(full / "data", COUNT, time.time())
        searches = _searches(full / "data")
        api = HostedApi().start()
        stack.callback(api.stop)
        browser = stack.enter_context(chromium())
        apps = {name: AppProcess.hosted(name, api).start() for name in (empty, full)}
        for app in apps.values():
            stack.callback(app.stop)
        opened = _opened(browser, apps[empty].url, apps[full].url)
        scrolled, shown = _scrolled(browser, apps[full].url)
    yield f"{COUNT} pictures of one visitor, medians of {ROUNDS}"
    ratio = opened[1] / opened[0]
    yield f"Page opened, tiles drawn: empty {opened[0]:.0f} ms, full {opened[1]:.0f} ms, ratio {ratio:.2f}"
    yield f"Search in the store: median {median(searches):.1f} ms, 95 % under {quantiles(searches, n=20)[-1]:.1f} ms"
    yield f"Search on the page, letter to tiles: median {median(shown):.0f} ms, of which {PAUSE} are waited for more"
    yield f"Scrolled from the first to the last: {scrolled:.1f} s"


def _searches(folder: Path) -> list[float]:
    store, times = Store(folder), []
    for _ in range(ROUNDS):
        for search in SEARCHES:
            begun = time.perf_counter()
            store.search(visitor_id_of(TOKEN), search, 61)
            times.append(1000 * (time.perf_counter() - begun))
    store.close()
    return times


def _opened(browser: Browser, *urls: str) -> list[float]:
    """Return the median load time of each page in ms; measured alternately, so that a busy moment affects both."""
    times: dict[str, list[float]] = {url: [] for url in urls}
    for _ in range(ROUNDS):
        for url in urls:
            with browser.new_context() as context:
                context.add_init_script(f"localStorage.setItem('playground-visitor', '{TOKEN}')")
                page, begun = context.new_page(), time.perf_counter()
                page.goto(url)
                page.locator(".results .tile .seen, .results .examples").first.wait_for()
                times[url].append(1000 * (time.perf_counter() - begun))
    return [median(times[url]) for url in urls]


def _scrolled(browser: Browser, url: str) -> tuple[float, list[float]]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.add_init_script(f"localStorage.setItem('playground-visitor', '{TOKEN}')")
        page = context.new_page()
        Person(page, url).open().button("History").click()
        page.locator("dialog.history .tile").first.wait_for()
        begun, most = time.perf_counter(), 120.0
        while page.locator("dialog.history .tile").count() < COUNT:
            page.evaluate("document.querySelector('dialog.history .shelf').scrollTop += 4000")
            page.wait_for_timeout(20)
            assert time.perf_counter() - begun < most, page.locator("dialog.history .tile").count()
        return time.perf_counter() - begun, [_search_on_page(page, number) for number in range(ROUNDS)]


def _search_on_page(page: Page, number: int) -> float:
    box = page.get_by_role("searchbox")
    begun = time.perf_counter()
    box.fill(f'"number {4000 + number} of"')
    page.locator(f"dialog.history .tile:only-child:has-text('number {4000 + number} of')").wait_for()
    return 1000 * (time.perf_counter() - begun)
