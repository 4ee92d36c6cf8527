"""HTTP pool: what it does once, so that no exchange does it again."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec

import httpx
import pytest
from httpcore import _synchronization

from components.net.http_pool import HttpPool


class Recorder:
    """Finder of modules that notes which are searched for, and finds none."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        self.names.append(name)
        return None


async def test_a_library_that_httpcore_may_use_is_not_searched_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.modules.get("sniffio") is None:
        monkeypatch.delitem(sys.modules, "sniffio", raising=False)
    recorder = Recorder()
    async with httpx.AsyncClient() as client:
        HttpPool(lambda: client)
        _synchronization.current_async_library()
        monkeypatch.setattr(sys, "meta_path", [recorder, *sys.meta_path])
        _synchronization.current_async_library()
    assert recorder.names == []
