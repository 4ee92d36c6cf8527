"""Feed route: what is asked of the jobs, and whose they are; whatever is not understood counts as empty."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.domain.person import ANONYMOUS, visitor_id_of
from components.jobs.feed import FeedChanges
from components.ui.gallery.feed import MAX_POLL_SECONDS, PATH, feed_route

TOKEN = "a" * 32
OWNER = visitor_id_of(TOKEN)


class Jobs:
    """What a feed knows of the jobs of a visitor."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.is_whole = True

    async def changes(self, *asked: Any) -> FeedChanges:
        self.asked.append(asked)
        return FeedChanges("e", 7, (), 2, self.is_whole, more=False, deleted=("gone",))

    async def bin_count(self, visitor: str) -> int:
        return int(visitor == OWNER)


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def client(jobs: Jobs) -> TestClient:
    playground: Any = SimpleNamespace(jobs=jobs, store=jobs, notices=())
    return TestClient(Starlette(routes=[feed_route(playground)]))


def test_the_changes_since_a_version_are_answered(client: TestClient, jobs: Jobs):
    jobs.is_whole = False
    answer = client.get(f"{PATH}?epoch=e&version=6&wait=1.5", headers={"X-Playground-Visitor": TOKEN})
    assert jobs.asked == [(OWNER, "e", 6, 1.5)]
    found = answer.json()
    assert (found["epoch"], found["version"], found["busy"], found["gone"]) == ("e", 7, 2, ["gone"])
    assert "has_bin" not in found
    assert answer.headers["cache-control"] == "no-store"


def test_a_first_page_says_whether_something_can_be_put_back(client: TestClient):
    for token, has_bin in ((TOKEN, True), ("b" * 32, False)):
        assert client.get(PATH, headers={"X-Playground-Visitor": token}).json()["has_bin"] is has_bin


@pytest.mark.parametrize("token", ["", "A" * 32, "a" * 31, "' OR 1=1"])
def test_without_a_token_of_ours_the_visitor_has_no_jobs(client: TestClient, jobs: Jobs, token: str):
    client.get(f"{PATH}?visitor={TOKEN}", headers={"X-Playground-Visitor": token} if token else {})
    assert [asked[0] for asked in jobs.asked] == [ANONYMOUS]


@pytest.mark.parametrize("value", ["", "x", "NaN", "inf", "-1", "1e400", "9" * 4000, "1_0"])
def test_a_number_that_is_none_holds_nothing_up(client: TestClient, jobs: Jobs, value: str):
    assert client.get(PATH, params={"epoch": "e" * 99, "version": value, "wait": value}).status_code == 200
    ((_, epoch, version, wait),) = jobs.asked
    assert epoch == "e" * 32
    assert isinstance(version, int)
    assert 0 <= wait <= MAX_POLL_SECONDS
