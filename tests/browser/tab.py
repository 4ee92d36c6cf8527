"""Browser tab that several tests use one after the other, each as a first-time visitor."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page

CALM: dict[str, Any] = {"reduced_motion": "reduce"}
"""Of the processor's time for a page whose pictures are awaited, a fifth paints the frames of what shimmers there."""
DAYLIGHT: dict[str, Any] = {"color_scheme": "light", "forced_colors": "none", **CALM}
LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "accept_downloads": True, **CALM}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, **CALM}
SHIFTS = """() => { window.shift = 0; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
}).observe({ type: "layout-shift" }); }"""
"""Begins to add up in `window.shift` how much of the window moves without a press, as a share of it."""
BARE = "/robots.txt"
"""Address of the app's origin without any script: what is cleared there stays cleared."""


def let_it_move(page: Page) -> None:
    """Set a page to motion, until its tab is cleared: for what depends on it."""
    page.emulate_media(reduced_motion="no-preference")


class Tab:
    """One page of a browser profile. Opening it again costs a third of opening another page in another profile."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._page = context.new_page()
        self._size = self._page.viewport_size
        self._left_open = ""

    def cleared(self, url: str) -> Page:
        """Return the page as for a first visit: no other tab, nothing stored at this origin, nothing intercepted."""
        self._left_open = ""
        if self._page.is_closed():
            self._page = self._context.new_page()
        self._alone()
        self._context.clear_permissions()
        self._context.clear_cookies()
        if self._size:
            self._page.set_viewport_size(self._size)
        self._page.emulate_media(**DAYLIGHT)
        self._page.goto(url + BARE)
        self._page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        return self._page

    def leave_open(self, url: str) -> None:
        """Let the next test go on with the page at this address, where it asks for that."""
        self._left_open = url

    def left_open(self, url: str) -> Page | None:
        """Return the page that the test before left open at this address, nothing intercepted any more."""
        if url != self._left_open or self._page.is_closed():
            return None
        self._left_open = ""
        self._alone()
        if self._size:
            self._page.set_viewport_size(self._size)
        self._page.emulate_media(**DAYLIGHT)
        return self._page

    def _alone(self) -> None:
        for other in self._context.pages:
            if other is not self._page:
                other.close()
        self._page.unroute_all(behavior="ignoreErrors")

    def close(self) -> None:
        """Close the page."""
        self._page.close()
