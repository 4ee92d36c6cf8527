"""Which files one worker runs, so that what they share is started once, not once for each worker."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling

LONG = ("tests/sdxl/",)
"""Folders that one worker takes longest for: they begin first, so that no worker ends long after the others."""
SHARING = (
    LONG,  # torch, the tiny model and the app around it
    ("tests/http/",),  # the app in an interpreter of its own, and its map of routes
    ("tests/browser/test_lora_starter.py", "tests/browser/test_loras.py"),  # the app with fake sites
    ("tests/browser/test_gallery_reloads.py", "tests/browser/test_grid.py"),  # the app that takes eight jobs
    ("tests/browser/test_account.py", "tests/browser/test_code.py"),  # the app for visitors' own keys only
)
"""Beginnings of paths, in groups: the files of a group run in one worker."""


class SharedFilesScheduling(LoadFileScheduling):
    """Scheduling by file, and by group where there is one in `SHARING`."""

    def _split_scope(self, nodeid: str) -> str:
        group = next(filter(nodeid.startswith, SHARING), None)
        return " ".join(group) if group else super()._split_scope(nodeid)


def put_long_first(items: list[pytest.Item]) -> None:
    """Sort the tests of `LONG` to the front, the others stay in their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
