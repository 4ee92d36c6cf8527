"""The host's page: what it shows of spending and work under way, and the stop switch."""

from __future__ import annotations

import time
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from components.api.client import Endpoint
from components.budget.limits import DAY, BudgetLimits, Reservation
from components.domain.bill import Bill
from components.domain.forgotten_task import ForgottenTask
from components.domain.job import Job
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied
from components.jobs.submission import JobLimits, Submission
from components.services.backend import Backend
from components.services.host_config import HostConfig
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.routes.files import routes
from components.ui.routes.host import FORGOTTEN_SHOWN, PEOPLE_SHOWN, HostPage
from tests.support.host_page import LIMITS, opened
from tests.support.scripted_api import MODEL
from tests.support.v3_service import KEY

ALICE = Person.signed_in("alice")


def spend(store: Store, person: str, cost: int, age: float = 60.0, billed: int | None = None) -> None:
    """Reserve an amount for one picture, as Generate does, and count the service's bill where there is one."""
    job_id = f"{person} {cost} {age} {time.monotonic_ns()}"
    job = Job(job_id, "board", "click", 1, "hosted", MODEL, GenerationRequest("a cat"), time.time() - age)
    free = BudgetLimits(images_per_hour=10_000, per_person_day=10**9, per_day=10**9, per_month=10**9)
    store.add_jobs([job])
    store.reserve([job], Reservation(free, person, (cost,), None), time.time() - age)
    if billed is not None:
        store.set_bill(job_id, Bill(billed, 0, time.time(), is_final=True))


def submission(click: str) -> Submission:
    return Submission("board", click, (GenerationRequest("a cat", width=256, height=256),), person=ALICE)


async def test_who_spent_what(store, seen):
    spend(store, "user alice", 40_000)
    spend(store, "user alice", 60_000)
    spend(store, "browser 3f2a4c1d" + "0" * 24, 7_000)
    spend(store, "API", 1_000_000, age=2 * 86_400.0)
    spend(store, "user long-ago", 9_000_000, age=31 * 86_400.0)
    answer = await seen.report(**seen.key)
    assert answer.headers["cache-control"] == "no-store"
    report = answer.json()
    del report["days"]
    assert report == {
        "stop": {"is_on": False, "is_forced": False, "is_unread": False},
        "today": {"spent": 0.107, "cap": 2.0, "share": pytest.approx(0.0535)},
        "month": {"spent": 1.107, "cap": 10.0, "share": pytest.approx(0.1107)},
        "under_way": 10.107,
        "balance": {"left": 100.0, "floor": 1.0, "is_low": False},
        "allowed": {
            "access": "listed",
            "users": ["alice", "zoe"],
            "pictures_per_hour": 20,
            "per_person_day": 1.0,
        },
        "people": [
            {"kind": "programs", "name": "", "pictures": 1, "today": 0.0, "month": 1.0},
            {"kind": "user", "name": "alice", "pictures": 2, "today": 0.1, "month": 0.1},
            {"kind": "browser", "name": "3f2a4c1d", "pictures": 1, "today": 0.007, "month": 0.007},
        ],
        "others": 0,
        "deviation": None,
        "forgotten": {"count": 0, "tasks": []},
        "slowdown": None,
        "trouble": None,
        "machine": None,
    }


async def test_each_day_has_what_was_expected_and_what_was_billed(store, seen):
    today = time.time() % DAY - DAY / 2
    spend(store, "user alice", 10_000, today, billed=12_000)
    spend(store, "user alice", 10_000, today, billed=9_500)
    spend(store, "API", 10_000, today)
    spend(store, "API", 10_000, today + DAY, billed=0)
    spend(store, "API", 10_000, today + 7 * DAY, billed=90_000)
    start = time.time() // DAY * DAY
    assert (await seen.report(**seen.key)).json()["days"] == [
        {
            **{"start": start, "pictures": 3, "unbilled": 1},
            **{"expected": 0.03, "billed": 0.0315, "difference": 0.0015},
        },
        {
            **{"start": start - DAY, "pictures": 1, "unbilled": 0},
            **{"expected": 0.01, "billed": 0.00, "difference": -0.01},
        },
    ]


@pytest.mark.parametrize(
    ("billed", "deviation"),
    [
        (1_050_000, None),
        (1_050_001, {"direction": "more", "expected": 1.00, "billed": 1.050001}),
        (950_000, None),
        (400_000, {"direction": "less", "expected": 1.00, "billed": 0.40}),
    ],
)
async def test_a_bill_that_differs_by_more_than_a_twentieth_is_noted(store, seen, billed, deviation):
    spend(store, "API", 1_000_000, billed=billed)
    assert (await seen.report(**seen.key)).json()["deviation"] == deviation


async def test_where_nothing_was_spent_there_are_no_days(seen):
    report = (await seen.report(**seen.key)).json()
    assert (report["days"], report["deviation"]) == ([], None)


async def test_what_is_under_way_and_what_is_left(store, hosted):
    hosted.balance = 1.70
    async with opened(store, hosted.base_url, replace(LIMITS, min_balance=1_500_000)) as seen:
        spend(store, "user alice", 250_000)
        report = (await seen.report(**seen.key)).json()
    assert report["under_way"] == 0.25
    assert report["balance"] == {"left": 1.7, "floor": 1.5, "is_low": True}


async def test_a_balance_that_is_not_told_is_left_out(store, hosted):
    hosted.balance = None
    async with opened(store, hosted.base_url, LIMITS) as seen:
        report = (await seen.report(**seen.key)).json()
    assert report["balance"] == {"left": None, "floor": 1.0, "is_low": False}


async def test_a_refused_key_is_named(store, hosted):
    hosted.keys.clear()
    async with opened(store, hosted.base_url, LIMITS) as seen:
        report = (await seen.report(**seen.key)).json()
    assert report["trouble"] == "host_key_refused"
    assert report["balance"]["left"] is None


async def test_an_account_that_is_slowed_down_looks_like_a_level(store, seen, hosted):
    (accepted,) = await seen.playground.jobs.start(submission("c1"))
    await seen.playground.jobs.finished(accepted.id)
    hosted.next_submits = [lambda: (429, {"retry-after": "0"}, b'{"code": 429}')]
    (slowed,) = await seen.playground.jobs.start(submission("c2"))
    await seen.playground.jobs.finished(slowed.id)
    assert (await seen.report(**seen.key)).json()["slowdown"] == {
        "count": 1,
        "sends": 1,
        "at_once": 0,
        "level": "bronze",
        "levels": {"bronze": 10, "bronze_at_once": 3, "silver": 500, "top_up": 100.00},
    }


async def test_what_no_job_has_is_counted_and_its_picture_can_be_opened(store, seen):
    moment = time.time() - 60
    tasks = [
        ForgottenTask(f"t{number}", "hosted", moment - number, 10_000, "https://files.test/x.png" if number else "")
        for number in range(FORGOTTEN_SHOWN + 1)
    ]
    old = ForgottenTask("old", "hosted", moment - 8 * DAY, 10_000)
    failed = ForgottenTask("failed", "hosted", moment, 0)
    store.record_search([*tasks, old, failed], [], [])
    report = (await seen.report(**seen.key)).json()
    assert report["forgotten"]["count"] == FORGOTTEN_SHOWN + 1
    assert len(report["forgotten"]["tasks"]) == FORGOTTEN_SHOWN
    assert report["forgotten"]["tasks"][:2] == [
        {"made": moment, "cost": 0.01, "link": ""},
        {"made": moment - 1, "cost": 0.01, "link": "https://files.test/x.png"},
    ]
    assert report["people"] == [
        {"kind": "forgotten", "name": "tasks", "pictures": 53, "today": 0.51, "month": 0.52},
    ]


async def test_a_cap_of_nothing_is_full_from_the_start(store, hosted):
    async with opened(store, hosted.base_url, replace(LIMITS, per_day=0)) as seen:
        assert (await seen.report(**seen.key)).json()["today"] == {"spent": 0.0, "cap": 0.0, "share": 1.0}


async def test_of_very_many_people_the_dearest_are_listed_and_the_others_counted(store, seen):
    for number in range(PEOPLE_SHOWN + 3):
        spend(store, f"browser {number:032x}", 1000 + number)
    report = (await seen.report(**seen.key)).json()
    assert (len(report["people"]), report["others"]) == (PEOPLE_SHOWN, 3)


async def test_the_switch_stops_the_spending_and_lets_it_go_on(store, seen):
    admission = Reservation(LIMITS, "user alice", (1000,), None)
    assert (await seen.turn({"stop": True}, **seen.key)).json() == {"stop": True}
    assert (await seen.report(**seen.key)).json()["stop"] == {"is_on": True, "is_forced": False, "is_unread": False}
    with pytest.raises(BudgetDenied, match="The owner has paused"):
        admission.check(store.spending_totals("user alice", time.time()), [1000])
    assert (await seen.turn({"stop": False}, **seen.key)).json() == {"stop": False}
    assert (await seen.report(**seen.key)).json()["stop"] == {"is_on": False, "is_forced": False, "is_unread": False}
    admission.check(store.spending_totals("user alice", time.time()), [1000])


async def test_a_stop_from_the_settings_is_told_apart(store, hosted):
    async with opened(store, hosted.base_url, replace(LIMITS, is_stopped=True)) as seen:
        await seen.turn({"stop": False}, **seen.key)
        assert (await seen.report(**seen.key)).json()["stop"] == {
            "is_on": False,
            "is_forced": True,
            "is_unread": False,
        }


@pytest.mark.parametrize(
    "order", [None, [], "stop", {}, {"stop": 1}, {"stop": "true"}, {"stop": None}, {"stop": True, "more": 1}, True]
)
async def test_what_is_no_order_turns_nothing(seen, order):
    assert (await seen.turn(order, **seen.key)).status_code == 422
    assert (await seen.report(**seen.key)).json()["stop"]["is_on"] is False


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"stop": true}', "text/plain"),
        (b'{"stop": true', "application/json"),
        (b'{"stop": true}' + b" " * 100, "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 90, "application/json"),
        (b"", "application/json"),
    ],
)
async def test_a_body_that_is_no_json_order_turns_nothing(seen, body, kind):
    headers = seen.key | {"Content-Type": kind}
    answer = await seen.http.post("/playground/host/switch", content=body, headers=headers)
    assert answer.status_code == 422
    assert (await seen.report(**seen.key)).json()["stop"]["is_on"] is False


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_the_switch_is_turned_by_a_post_alone(seen, method):
    answer = await seen.http.request(method, "/playground/host/switch", headers=seen.key)
    assert answer.status_code == 405


async def test_the_page_offers_signing_in_where_it_works(seen, space):
    assert 'data-can-sign-in="no"' in (await seen.http.get("/playground/host")).text
    assert 'data-can-sign-in="yes"' in (await space.http.get("/playground/host")).text


async def test_the_page_s_own_files_are_served(seen):
    page = (await seen.http.get("/playground/host")).text
    for name, kind in (("page.css", "text/css"), ("page.js", "text/javascript")):
        (path,) = [piece for piece in page.split('"') if piece.endswith(f"host/{name}")]
        answer = await seen.http.get(f"/playground/{path}")
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
        assert "immutable" in answer.headers["cache-control"]


async def test_where_nothing_is_paid_there_is_no_page(store, hosted):
    host_config = HostConfig(JobLimits(8, 200), LIMITS, hosted.base_url, (MODEL,), owner="alice")
    playground = Playground(Backend.demo(Endpoint(hosted.base_url, KEY)), store, host_config)
    host = HostPage(playground)
    assert host.invitation("http://127.0.0.1:7860") == ""
    app = Starlette(routes=[*routes(playground), *host.routes])
    async with (
        playground.running(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://play.test") as http,
    ):
        for path in ("/playground/host", "/playground/host/report", "/playground/host/switch"):
            assert (await http.get(path)).status_code == 404
            assert (await http.post(path, json={"stop": True})).status_code == 404


def test_people_are_named_as_the_table_takes_names_apart():
    names = [
        Person.browser("3" * 32).payer_name,
        Person("board", is_program=True).payer_name,
        Person.signed_in("alice").payer_name,
    ]
    assert [name.partition(" ")[0] for name in names] == ["browser", "API", "user"]
