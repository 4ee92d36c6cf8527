"""Server functions for presets: for the signed-in user alone, whatever else the payload holds."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from components.domain.saved_presets import MOST_PRESETS
from components.storage.async_store import AsyncStore
from components.storage.store import Store
from components.ui.gallery.presets import preset_functions

QUICK = {"name": "Quick", "settings": '{"num_inference_steps": 4}'}


class Functions:
    """The server functions, called by a user."""

    def __init__(self, store: AsyncStore) -> None:
        self._functions: Any = {one.__name__: one for one in preset_functions(SimpleNamespace(store=store))}  # pyright: ignore[reportArgumentType]

    async def call(self, name: str, user: str, payload: Any = None) -> Any:
        info = {"expires_at": time.time() + 60, "userinfo": {"preferred_username": user}} if user else None
        return await self._functions[name](payload, SimpleNamespace(scope={"session": {"oauth_info": info}}))

    async def change(self, user: str, **change: Any) -> Any:
        return await self.call("change_presets", user, change)


@pytest.fixture
async def functions(tmp_path) -> AsyncIterator[Functions]:
    store = AsyncStore(Store(tmp_path))
    yield Functions(store)
    store.close()


async def test_without_an_account_nothing_is_kept_or_shown(functions):
    await functions.change("alice", put=[QUICK])
    token = {"visitor": "a" * 32, "user": "alice", "put": [QUICK]}
    assert await functions.call("presets", "", token) is None
    assert await functions.call("change_presets", "", token) is None


async def test_the_own_ones_alone_are_read_and_changed(functions):
    await functions.change("alice", put=[QUICK])
    assert await functions.change("bob", drop=["Quick"]) == {"presets": []}
    assert await functions.call("presets", "alice") == {"user": "alice", "presets": [QUICK]}
    assert await functions.change("alice", drop=["quick"]) == {"presets": []}


async def test_two_tabs_lose_nothing_of_each_other(functions):
    await functions.change("alice", put=[QUICK], order=["Quick"])
    other = {"name": "Other", "settings": "{}"}
    assert await functions.change("alice", put=[other], order=["Other"]) == {"presets": [other, QUICK]}


async def test_what_is_too_much_changes_nothing(functions):
    await functions.change("alice", put=[QUICK])
    many = [{"name": str(number), "settings": "{}"} for number in range(MOST_PRESETS)]
    assert await functions.change("alice", put=many) == {"problem": "too_many"}
    large = {"name": "Large", "settings": '{"prompt": "%s"}' % ("x" * 200_000)}
    assert await functions.change("alice", put=[large]) == {"problem": "too_large"}
    assert await functions.call("presets", "alice") == {"user": "alice", "presets": [QUICK]}


async def test_what_is_no_preset_is_left_out(functions):
    odd: list[Any] = [None, "x", {}, {"name": 1, "settings": "{}"}, {"name": "a", "settings": {}}]
    odd += [{"name": "a", "settings": text} for text in ("", "{", "[]", "1", "[" * 99_999)]
    odd += [{"name": name, "settings": "{}"} for name in ("", "x" * 61, "\ud83d")]
    for payload in (None, [], {"put": 1, "drop": "a", "order": {}}, {"put": odd, "drop": [None, 1, "\ud83d"]}):
        assert await functions.call("change_presets", "alice", payload) == {"presets": []}, payload


async def test_presets_are_there_after_a_restart(tmp_path):
    for call in ("change_presets", "presets"):
        store = AsyncStore(Store(tmp_path))
        answer = await Functions(store).call(call, "alice", {"put": [QUICK]})
        store.close()
        assert answer["presets"] == [QUICK]
