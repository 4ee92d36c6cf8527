"""Visitors and programs side by side: who waits for whom, and what a program cannot hold up."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from components import messages
from components.domain.person import Person
from tests.http.raw_client import RawClient
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi
from tests.support.waiting import wait_until

CALLS = 60
"""Calls of programs at once: more than Gradio's default of 40 slots for all events."""
LIMIT = 25
"""Default of PLAYGROUND_JOBS_PER_VISITOR."""


@pytest.fixture
def visitors(demo: AppProcess) -> Iterator[tuple[RawClient, RawClient]]:
    """Clients of two visitors of the app with its own server."""
    clients = RawClient(demo, has_cookies=True), RawClient(demo, has_cookies=True)
    yield clients
    for client in clients:
        client.http.close()


def completed(rows: list[dict[str, Any]]) -> int:
    return sum(row["state"] == "completed" for row in rows)


@pytest.mark.full
def test_one_picture_behind_24_of_another_visitor_comes_after_one_of_theirs(
    visitors: tuple[RawClient, RawClient],
) -> None:
    crowd, one = visitors
    for _ in range(6):
        crowd.press(secrets.token_hex(16), **{"field-pictures": 4})
    wait_until(lambda: any(row["state"] == "processing" for row in crowd.rows()), crowd.rows)
    wait_until(lambda: all(row["state"] != "waiting" for row in crowd.rows()), crowd.rows)
    before = completed(crowd.rows())
    one.press(secrets.token_hex(16))
    places: list[int | None] = []

    def is_done() -> bool:
        (row,) = one.rows()
        places.append(row["position"])
        return row["state"] == "completed"

    wait_until(is_done, lambda: places, seconds=90)
    # One was being made, and another may end between the two looks.
    assert completed(crowd.rows()) <= before + 2
    assert set(places) <= {0, None}, "no other is before it"
    for row in crowd.rows():
        crowd.call("cancel", visitor=crowd.visitor, job=row["id"])
    wait_until(lambda: all(row["state"] in ("completed", "stopped") for row in crowd.rows()), crowd.rows)


@pytest.fixture(scope="module")
def slow() -> Iterator[HostedApi]:
    api = HostedApi().start()
    yield api
    api.stop()


@pytest.fixture(scope="module")
def crowded(slow: HostedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """App whose host pays for more pictures than programs ask for here."""
    app = AppProcess.hosted(tmp_path_factory.mktemp("crowded"), slow, PLAYGROUND_PICTURES_PER_HOUR="1000").start()
    yield app
    app.kill()


@pytest.fixture
def two(app: AppProcess) -> Iterator[tuple[RawClient, RawClient]]:
    """Clients of two visitors, each with its own cookies."""
    clients = RawClient(app, has_cookies=True), RawClient(app, has_cookies=True)
    yield clients
    for client in clients:
        client.http.close()


@pytest.mark.full
def test_waiting_programs_hold_up_no_press_and_too_many_are_refused(crowded: AppProcess, slow: HostedApi) -> None:
    client = RawClient(crowded, has_cookies=True)
    slow.is_stalled = True
    with closing(client.http), ThreadPoolExecutor(CALLS) as threads:
        calls = [threads.submit(client.generate, prompt=f"call {number}") for number in range(CALLS)]
        try:
            wait_until(
                lambda: sum(call.done() for call in calls) >= CALLS - LIMIT, "no program was refused", seconds=90
            )
            begun = time.monotonic()
            receipt = client.press(secrets.token_hex(16))
            assert len(receipt["rows"]) == 1
            assert time.monotonic() - begun < 10, "it waited for the programs' pictures"
            refused = [call.result() for call in calls if call.done()]
            wait_until(lambda: len(slow.posts) == LIMIT + 1, lambda: len(slow.posts), seconds=90)
        finally:
            slow.is_stalled = False
            slow.finish_all()
    assert len(refused) == CALLS - LIMIT
    assert all(messages.too_many_of_programs(LIMIT).happened in answer for answer in refused)
    assert sum("event: complete" in call.result() for call in calls) == LIMIT


def test_programs_are_one_visitor_and_see_nothing_of_one_another(two: tuple[RawClient, RawClient]) -> None:
    owner, other = two
    answers = owner.generate(prompt="the owner's own words"), other.generate(prompt="another's")
    names = [re.findall(r"[0-9a-f]{32}\.png", answer) for answer in answers]
    assert names[0] and names[1] and not set(names[0]) & set(names[1])
    assert "the owner's own words" not in answers[1]
    shared = Person.program("").visitor_id
    for visitor in (shared, "program", "0" * 32):
        assert other.rows(visitor) == []
        assert "own words" not in other.call("history", visitor=visitor).text


def test_a_picture_of_a_program_has_a_name_that_cannot_be_guessed(two: tuple[RawClient, RawClient]) -> None:
    owner, other = two
    answer = owner.generate(prompt="a cat")
    (url,) = set(re.findall(r'"url": ?"([^"]+)"', answer))
    path = url.partition("/gradio_api/")[2]
    assert owner.http.get(f"/gradio_api/{path}").status_code == 200
    folder = path.rpartition("/")[0]
    for guess in (folder, f"{folder}/", f"{folder}/{secrets.token_hex(16)}.png"):
        assert other.http.get(f"/gradio_api/{guess}").status_code in (403, 404)


def test_a_press_that_comes_after_the_page_gave_it_up_is_not_sent(
    two: tuple[RawClient, RawClient], api: HostedApi
) -> None:
    client, other = two
    click, posts = secrets.token_hex(16), len(api.posts)
    assert other.call("revoke", visitor=other.visitor, click=click).json() is True
    assert client.call("revoke", visitor=client.visitor, click="no click").json() is False
    assert client.call("revoke", visitor=client.visitor, click=click).json() is True
    receipt = client.press(click)
    assert (receipt["rows"], receipt["notice"]["code"]) == ([], messages.UNANSWERED.code)
    assert (len(api.posts), client.rows()) == (posts, [])
    known = client.press(secrets.token_hex(16))["rows"][0]["click"]
    assert client.call("revoke", visitor=client.visitor, click=known).json() is False
