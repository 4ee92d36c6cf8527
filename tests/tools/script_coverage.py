"""Plugin of pytest that records which functions of the page's scripts each browser test executes, and at what cost.

`python -m pytest --full -p tests.tools.script_coverage tests/browser` writes a file in the temporary folder;
`python -m tests.tools.fewest_tests` chooses from it. What a page executed before it left its address counts too.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Error, Page

RECORD = Path(tempfile.gettempdir(), "script_coverage.jsonl")
OF_GRADIO = re.compile(r"-[\w-]{8}\.js$")
_sessions: dict[Page, CDPSession] = {}
_executed: set[str] = set()
_begun: dict[str, float] = {}


def record(page: Page) -> None:
    """Add what a page has executed since the last call: file and place of each function."""
    if page not in _sessions or page.is_closed():
        return
    try:
        scripts = _sessions[page].send("Profiler.takePreciseCoverage")["result"]
    except Error:  # the page is on its way to another address
        return
    for script in scripts:
        name = urlsplit(script["url"]).path.rpartition("/")[2]
        if not OF_GRADIO.search(name):
            places = [function["ranges"][0] for function in script["functions"] if function["ranges"][0]["count"]]
            _executed.update(f"{name}:{place['startOffset']}:{place['endOffset']}" for place in places)


def _recording(owner: type, name: str) -> None:
    former: Callable[..., Any] = getattr(owner, name)

    def call(self: Any, *arguments: Any, **named: Any) -> Any:
        for page in self.pages if isinstance(self, BrowserContext) else [self]:
            record(page)
        return former(self, *arguments, **named)

    setattr(owner, name, call)


def pytest_sessionstart() -> None:
    for name in ("goto", "reload", "go_back", "close"):
        _recording(Page, name)
    _recording(BrowserContext, "close")
    former = BrowserContext.new_page

    def new_page(self: BrowserContext) -> Page:
        page = former(self)
        session = _sessions[page] = self.new_cdp_session(page)
        session.send("Profiler.enable")
        session.send("Profiler.startPreciseCoverage", {"callCount": False, "detailed": False})
        return page

    BrowserContext.new_page = new_page


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    _begun[item.nodeid] = time.monotonic()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    for page in list(_sessions):
        record(page)
    seconds = time.monotonic() - _begun[item.nodeid]
    with RECORD.open("a") as lines:
        lines.write(json.dumps({"test": item.nodeid, "seconds": seconds, "functions": sorted(_executed)}) + "\n")
    _executed.clear()
    return (yield)
