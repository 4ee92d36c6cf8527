"""Access to the host's page: by its token or the Space owner's session, by no other."""

from __future__ import annotations

from base64 import b64decode, b64encode

import httpx
import pytest

from components import messages
from components.messages.message import Message, message_of
from components.ui.routes.host import HostPage
from tests.support.host_page import cookie, signed_in


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


def refusal_of(answer: httpx.Response) -> Message:
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {"refused"}
    return message_of({**answer.json()["refused"], "charge": "none"})


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
        assert refusal_of(answer) == messages.HOST_ONLY
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
    assert refusal_of(answer) == messages.HOST_ONLY_ON_SPACE


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
