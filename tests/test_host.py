"""The host's page: opened by its token or by the Space's owner, by nobody else; what it tells and what it turns."""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import itsdangerous
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware

from components.backend import Backend
from components.client import Endpoint
from components.errors import NotAllowed
from components.fence import Access, Admission, Limits
from components.generation import GenerationRequest
from components.job import Job
from components.jobs import Caps
from components.person import Person
from components.playground import House, Playground
from components.store import Store
from components.ui.guard import Guard
from components.ui.host import PEOPLE_SHOWN, HostPage
from components.ui.routes import routes
from tests.fakes import MODEL
from tests.hosted_api import KEY

SECRET = "the secret of the sessions"
LIMITS = Limits(Access.LISTED, frozenset({"zoe", "alice"}), per_day=2_000_000, per_month=10_000_000)


class Seen:
    """The page of one playground, asked as browsers and programs ask."""

    def __init__(self, playground: Playground, http: httpx.AsyncClient, host: HostPage) -> None:
        self.playground, self.http = playground, http
        self.invitation = host.invitation("http://127.0.0.1:7860/")
        self.token = self.invitation.partition("#")[2].split()[0]

    @property
    def key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def report(self, **headers: str) -> httpx.Response:
        return await self.http.get("/playground/host/report", headers=headers)

    async def turn(self, order: object, **headers: str) -> httpx.Response:
        return await self.http.post("/playground/host/switch", json=order, headers=headers)


@asynccontextmanager
async def opened(store: Store, base_url: str, limits: Limits, owner: str = ""):
    backend = Backend.hosted(Endpoint(base_url, KEY), [MODEL])
    house = House(Caps(8, 200), limits, base_url, (MODEL,), can_sign_in=bool(owner), owner=owner)
    playground = Playground(backend, store, house)
    host = HostPage(playground)
    # The order is Gradio's: what signs in wraps what we bring.
    layers = [Middleware(SessionMiddleware, secret_key=SECRET), Middleware(Guard)]
    app = Starlette(routes=[*routes(playground), *host.routes], middleware=layers)
    async with (
        playground.running(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://play.test:7860") as http,
    ):
        yield Seen(playground, http, host)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture
async def seen(store, hosted):
    async with opened(store, hosted.base_url, LIMITS) as seen:
        yield seen


@pytest.fixture
async def space(store, hosted):
    async with opened(store, hosted.base_url, LIMITS, owner="Alice") as space:
        yield space


def spend(store: Store, person: str, cost: int, age: float = 60.0) -> None:
    """Reserve an amount for one picture, as Generate does."""
    job_id = f"{person} {cost} {age} {time.monotonic_ns()}"
    job = Job(job_id, "board", "click", 1, "hosted", MODEL, GenerationRequest("a cat"), time.time() - age)
    free = Limits(pictures_per_hour=10_000, per_person_day=10**9, per_day=10**9, per_month=10**9)
    store.intend([job])
    store.reserve([job], Admission(free, person, cost, None), time.time() - age)


def cookie(session: object, secret: str = SECRET) -> dict[str, str]:
    """Return a session as Starlette signs it."""
    signed = itsdangerous.TimestampSigner(secret).sign(b64encode(json.dumps(session).encode()))
    return {"Cookie": f"session={signed.decode()}"}


def signed_in(user: str, seconds: float = 3600.0) -> dict[str, object]:
    return {"oauth_info": {"expires_at": time.time() + seconds, "userinfo": {"preferred_username": user}}}


async def test_the_token_is_256_bits_and_stands_in_the_fragment_alone(seen):
    link = seen.invitation.split()[-1]
    assert link == f"http://127.0.0.1:7860/playground/host#{seen.token}"
    assert len(bytes.fromhex(seen.token)) == 32
    page = await seen.http.get("/playground/host")
    assert page.status_code == 200
    assert seen.token not in page.text


async def test_no_two_starts_have_the_same_token(seen):
    assert HostPage(seen.playground).invitation("") != HostPage(seen.playground).invitation("")


async def test_on_a_space_whose_address_is_not_known_the_path_is_said(space):
    assert f"/playground/host#{space.token}" in space.invitation
    assert "127.0.0.1" not in space.invitation
    assert "sign in as Alice" in space.invitation


async def test_who_spent_what(store, seen):
    spend(store, "user alice", 40_000)
    spend(store, "user alice", 60_000)
    spend(store, "browser 3f2a4c1d" + "0" * 24, 7_000)
    spend(store, "API", 1_000_000, age=2 * 86_400.0)
    spend(store, "user long-ago", 9_000_000, age=31 * 86_400.0)
    answer = await seen.report(**seen.key)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "stop": {"is_on": False, "is_forced": False},
        "today": {"spent": "$0.11", "cap": "$2.00", "share": pytest.approx(0.0535)},
        "month": {"spent": "$1.11", "cap": "$10.00", "share": pytest.approx(0.1107)},
        "under_way": "$10.11",
        "balance": {"left": "$100.00", "floor": "$1.00", "is_low": False},
        "allowed": {
            "access": "listed",
            "users": ["alice", "zoe"],
            "pictures_per_hour": 20,
            "per_person_day": "$1.00",
        },
        "people": [
            {"kind": "programs", "name": "", "pictures": 1, "today": "$0.00", "month": "$1.00"},
            {"kind": "user", "name": "alice", "pictures": 2, "today": "$0.10", "month": "$0.10"},
            {"kind": "browser", "name": "3f2a4c1d", "pictures": 1, "today": "$0.007", "month": "$0.007"},
        ],
        "others": 0,
    }


async def test_what_is_under_way_and_what_is_left(store, hosted):
    hosted.balance = 1.70
    async with opened(store, hosted.base_url, replace(LIMITS, min_balance=1_500_000)) as seen:
        spend(store, "user alice", 250_000)
        report = (await seen.report(**seen.key)).json()
    assert report["under_way"] == "$0.25"
    assert report["balance"] == {"left": "$1.70", "floor": "$1.50", "is_low": True}


async def test_a_balance_that_is_not_told_is_left_out(store, hosted):
    hosted.balance = None
    async with opened(store, hosted.base_url, LIMITS) as seen:
        report = (await seen.report(**seen.key)).json()
    assert report["balance"] == {"left": "", "floor": "$1.00", "is_low": False}


async def test_a_cap_of_nothing_is_full_from_the_start(store, hosted):
    async with opened(store, hosted.base_url, replace(LIMITS, per_day=0)) as seen:
        assert (await seen.report(**seen.key)).json()["today"] == {"spent": "$0.00", "cap": "$0.00", "share": 1.0}


async def test_of_very_many_people_the_dearest_are_listed_and_the_others_counted(store, seen):
    for number in range(PEOPLE_SHOWN + 3):
        spend(store, f"browser {number:032x}", 1000 + number)
    report = (await seen.report(**seen.key)).json()
    assert (len(report["people"]), report["others"]) == (PEOPLE_SHOWN, 3)


async def test_the_switch_stops_the_spending_and_lets_it_go_on(store, seen):
    admission = Admission(LIMITS, "user alice", 1000, None)
    assert (await seen.turn({"stop": True}, **seen.key)).json() == {"stop": True}
    assert (await seen.report(**seen.key)).json()["stop"] == {"is_on": True, "is_forced": False}
    with pytest.raises(NotAllowed, match="The host has stopped spending"):
        admission.check(store.spent("user alice", time.time()), 1)
    assert (await seen.turn({"stop": False}, **seen.key)).json() == {"stop": False}
    assert (await seen.report(**seen.key)).json()["stop"] == {"is_on": False, "is_forced": False}
    admission.check(store.spent("user alice", time.time()), 1)


async def test_a_stop_from_the_settings_is_told_apart(store, hosted):
    async with opened(store, hosted.base_url, replace(LIMITS, is_stopped=True)) as seen:
        await seen.turn({"stop": False}, **seen.key)
        assert (await seen.report(**seen.key)).json()["stop"] == {"is_on": False, "is_forced": True}


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


def words_of(answer: httpx.Response) -> str:
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    return answer.text


WRONG = ["", "Bearer", "Bearer ", "Basic TOKEN", "TOKEN", "Bearer TOKEN0", "Bearer TOKE", "Bearer  TOKEN", "Bearer ü"]


@pytest.mark.parametrize("text", WRONG)
async def test_without_the_token_nothing_is_told_and_nothing_turned(seen, text):
    given = text.replace("TOKEN", seen.token).replace("TOKE", seen.token[:-1])
    headers = {"Authorization": given.encode()}
    for answer in (
        await seen.http.get("/playground/host/report", headers=headers),
        await seen.http.post("/playground/host/switch", json={"stop": True}, headers=headers),
    ):
        assert answer.status_code == 403
        assert words_of(answer).startswith("This page is for the host alone: open it by the link")
    assert (await seen.report(**seen.key)).json()["stop"]["is_on"] is False


async def test_the_space_s_owner_needs_no_token_in_whatever_letters(space):
    for name in ("alice", "Alice", "ALICE"):
        assert (await space.report(**cookie(signed_in(name)))).status_code == 200
    assert (await space.turn({"stop": True}, **cookie(signed_in("alice")))).json() == {"stop": True}
    assert (await space.report(**space.key)).json()["stop"]["is_on"] is True


@pytest.mark.parametrize(
    "session",
    [
        {},
        signed_in("bob"),
        signed_in("alice "),
        signed_in("alice", seconds=-1),
        signed_in(""),
        {"oauth_info": {"userinfo": {"preferred_username": "alice"}}},
        {"oauth_info": {"expires_at": "9999999999", "userinfo": {"preferred_username": "alice"}}},
        {"oauth_info": {"expires_at": 9999999999, "userinfo": {"preferred_username": ["alice"]}}},
        {"oauth_info": {"expires_at": 9999999999, "userinfo": {"name": "alice"}}},
        {"oauth_info": {"expires_at": 9999999999, "userinfo": "alice"}},
        {"oauth_info": ["alice"]},
        {"oauth_info": None},
    ],
)
async def test_nobody_else_s_session_opens_it(space, session):
    answer = await space.report(**cookie(session))
    assert answer.status_code == 403
    assert "sign in as the Space's owner" in words_of(answer)


async def test_a_session_that_the_app_did_not_sign_is_nobody(space):
    true = cookie(signed_in("alice"))["Cookie"].removeprefix("session=")
    payload, stamp, signature = true.rsplit(".", 2)
    tampered = b64encode(b64decode(payload).replace(b"alice", b"ALICE")).decode()
    forged = [
        cookie(signed_in("alice"), secret="another")["Cookie"],
        f"session={payload}",
        f"session={payload}.{stamp}.",
        f"session={tampered}.{stamp}.{signature}",
        f"session={payload}.{stamp}.{signature[:-1]}",
    ]
    for value in forged:
        assert (await space.report(Cookie=value)).status_code == 403
    assert (await space.report(Cookie=f"session={true}")).status_code == 200


async def test_without_an_owner_nobody_without_a_name_is_the_owner(seen):
    assert (await seen.report(**cookie(signed_in("")))).status_code == 403
    assert (await seen.report(**cookie({}))).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_pages_of_other_sites_cannot_use_the_owner_s_session(space, site):
    owner = cookie(signed_in("alice"))
    assert (await space.report(**owner, **{"Sec-Fetch-Site": site})).status_code == 403
    assert (await space.turn({"stop": True}, **owner, **{"Sec-Fetch-Site": site})).status_code == 403
    assert (await space.report(**owner, **{"Sec-Fetch-Site": "same-origin"})).status_code == 200


async def test_the_origin_of_another_site_is_turned_away_before(space):
    owner = cookie(signed_in("alice"))
    answer = await space.turn({"stop": True}, **owner, Origin="https://evil.test")
    assert answer.status_code == 403
    assert "Pages of other sites" in answer.text
    own = await space.turn({"stop": True}, **owner, Origin="http://play.test:7860")
    assert own.json() == {"stop": True}


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
    house = House(Caps(8, 200), LIMITS, hosted.base_url, (MODEL,), owner="alice")
    playground = Playground(Backend.demo(Endpoint(hosted.base_url, KEY)), store, house)
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
    names = [Person.browser("3" * 32).name, Person("board", is_program=True).name, Person.signed_in("alice").name]
    assert [name.partition(" ")[0] for name in names] == ["browser", "API", "user"]
