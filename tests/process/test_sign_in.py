"""Sign-in on a simulated Hugging Face Space, by HTTP with real sockets and cookies."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
import yaml

from components import messages
from components.ui.http.sign_in import BLOCKED_PAGE, SESSION_COOKIE
from components.ui.message_json import message_json
from tests.support.app_process import ROOT, AppProcess
from tests.support.hf_space import OWNER, Space, Visitor
from tests.support.v3_service import KEY, HostedApi


@pytest.fixture(scope="module")
def api() -> Iterator[HostedApi]:
    api = HostedApi().start()
    yield api
    api.stop()


def calls(api: HostedApi) -> list[tuple[str, str, dict[str, str]]]:
    """Return the requests that arrived, without those about the bill of an earlier test's picture."""
    return [request for request in api.requests if not request[1].endswith("/billings/search")]


@pytest.fixture(scope="module")
def space(api: HostedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    space = Space(tmp_path_factory.mktemp("space"), api).start()
    yield space
    space.stop()


@pytest.fixture(autouse=True)
def nothing_was_sent(api: HostedApi) -> None:
    api.posts.clear()
    api.requests.clear()


@pytest.fixture
def visitor(space: Space) -> Iterator[Visitor]:
    with Visitor(space) as visitor:
        yield visitor


def people(space: Space) -> dict[str, int]:
    """Return the number of images the host paid for by person, from the owner's report."""
    with Visitor(space) as owner:
        owner.sign_in(OWNER)
        return {line["kind"] + line["name"]: line["pictures"] for line in owner.report().json()["people"]}


def test_a_stranger_is_asked_to_sign_in(visitor: Visitor) -> None:
    status = visitor.account_status()
    assert status["user"] == ""
    assert status["can_sign_in"] is True
    assert status["obstacle"] == message_json(messages.SIGN_IN, is_free=True)


def test_signing_in_leads_back_to_the_page(visitor: Visitor, space: Space) -> None:
    page = visitor.sign_in("alice")
    assert (page.status_code, str(page.url)) == (200, f"{space.url}/")
    status = visitor.account_status()
    assert (status["user"], status["obstacle"]) == ("alice", None)


def test_a_stranger_s_program_is_asked_to_sign_in_and_nothing_is_sent(visitor: Visitor, api: HostedApi) -> None:
    assert visitor.generate("a cat") == messages.in_full(messages.SIGN_IN, is_free=True)
    assert calls(api) == []


def test_a_program_that_is_signed_in_is_counted_as_its_user(visitor: Visitor, space: Space, api: HostedApi) -> None:
    before = people(space).get("usercarol", 0)
    visitor.sign_in("carol")
    assert visitor.generate("a cat") == ""
    assert len(api.posts) == 1
    assert people(space)["usercarol"] == before + 1
    assert "programs" not in people(space)


def test_the_same_user_is_the_same_person_everywhere(space: Space) -> None:
    with Visitor(space) as desk, Visitor(space) as phone, Visitor(space) as bob:
        for visitor, user in ((desk, "alice"), (phone, "alice"), (bob, "bob")):
            visitor.sign_in(user)
        assert desk.epoch() == phone.epoch() != bob.epoch()
        preset = {"name": "Quick", "settings": '{"num_inference_steps": 4}'}
        assert desk.call("results", "change_presets", put=[preset]) == {"presets": [preset]}
        assert phone.call("results", "presets") == {"user": "alice", "presets": [preset]}
        assert bob.call("results", "presets", user="alice") == {"user": "bob", "presets": []}


def test_signing_out_ends_it_in_this_browser_alone(space: Space) -> None:
    with Visitor(space) as desk, Visitor(space) as phone:
        desk.sign_in("alice")
        phone.sign_in("alice")
        desk.sign_out()
        assert desk.account_status()["user"] == ""
        assert phone.account_status()["user"] == "alice"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_signs_nobody_out(visitor: Visitor, site: str) -> None:
    visitor.sign_in("alice")
    answer = visitor.http.get("/logout", headers={"Sec-Fetch-Site": site, "Sec-Fetch-Dest": "image"})
    assert answer.status_code == 403
    assert visitor.account_status()["user"] == "alice"
    visitor.http.get("/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert visitor.account_status()["user"] == ""


def test_signing_in_ends_by_itself(visitor: Visitor, space: Space) -> None:
    space.provider.seconds = -1
    try:
        visitor.sign_in("alice")
    finally:
        space.provider.seconds = 28_800
    assert visitor.account_status()["user"] == ""
    assert visitor.generate("a cat") == messages.in_full(messages.SIGN_IN, is_free=True)


def session_of(visitor: Visitor) -> str:
    return next(cookie.value or "" for cookie in visitor.http.cookies.jar if cookie.name == SESSION_COOKIE)


def test_the_session_is_for_https_and_for_no_script(visitor: Visitor) -> None:
    visitor.sign_in("alice")
    (cookie,) = [cookie for cookie in visitor.http.cookies.jar if cookie.name == SESSION_COOKIE]
    assert cookie.secure
    assert cookie.has_nonstandard_attr("httponly")
    assert cookie.has_nonstandard_attr("partitioned"), "in the frame of huggingface.co it would be blocked"


def test_a_browser_that_keeps_no_cookie_is_sent_to_the_page_not_in_circles(visitor: Visitor) -> None:
    way = ["/login/huggingface"]
    while way[-1] != BLOCKED_PAGE and len(way) < 20:
        visitor.http.cookies.clear()
        way.append(visitor.http.get(way[-1]).headers["location"])
    assert way[-1] == BLOCKED_PAGE, way


@pytest.mark.full
def test_a_forged_session_is_nobody(visitor: Visitor, space: Space, api: HostedApi) -> None:
    visitor.sign_in("alice")
    true = session_of(visitor)
    with Visitor(space) as other:
        other.http.headers["Cookie"] = f"{SESSION_COOKIE}={true}"
        assert other.account_status()["user"] == "alice", "the header carries a session"
    payload, stamp, signature = true.rsplit(".", 2)
    owner = b64encode(b64decode(payload).replace(b'"alice"', b'"olga"')).decode()
    for forged in (payload, f"{payload}.{stamp}", f"{owner}.{stamp}.{signature}", f"{payload}.{stamp}.{signature}x"):
        with Visitor(space) as forger:
            forger.http.headers["Cookie"] = f"{SESSION_COOKIE}={forged}"
            assert forger.account_status()["user"] == ""
            assert forger.generate("a cat") == messages.in_full(messages.SIGN_IN, is_free=True)
            assert forger.report().status_code == 403
    assert calls(api) == []


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/x?y=1#z",
        "//evil.test/x",
        "////evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "https:evil.test",
        "/\t/evil.test",
        "/\r\nSet-Cookie: session=x",
        "javascript:alert(1)",
        "https://localhost@evil.test/",
        "http:///evil.test",
    ],
)
@pytest.mark.parametrize("path", ["/login/huggingface", "/logout"])
def test_nobody_is_sent_to_another_site(visitor: Visitor, space: Space, path: str, target: str) -> None:
    answer = visitor.http.get(path, params={"_target_url": target})
    if path == "/login/huggingface":
        assert answer.headers["location"].startswith(f"{space.provider.url}/oauth/authorize?")
        back = httpx.get(answer.headers["location"]).headers["location"]
        assert back.startswith(f"{space.url}/login/callback?")
        answer = visitor.http.get(back)
    location = answer.headers["location"]
    assert location.startswith("/")
    assert "\n" not in location
    for browser_reads in (location, location.replace("\\", "/")):
        assert urlsplit(urljoin(f"{space.url}/", browser_reads)).netloc == space.proxy.host


def test_another_s_answer_from_the_provider_signs_nobody_in(visitor: Visitor, space: Space) -> None:
    with Visitor(space) as attacker:
        authorization = attacker.http.get("/login/huggingface").headers["location"]
    back = httpx.get(authorization).headers["location"]
    answer = visitor.http.get(back)
    assert answer.headers["location"].startswith("/login/huggingface?")
    assert visitor.account_status()["user"] == ""


@pytest.mark.parametrize("query", ["error=access_denied&error_description=no", "code=unknown"])
def test_who_does_not_agree_is_back_on_the_page(visitor: Visitor, query: str) -> None:
    state = httpx.URL(visitor.http.get("/login/huggingface").headers["location"]).params["state"]
    answer = visitor.http.get(f"/login/callback?state={state}&{query}", follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (200, "/")
    assert visitor.account_status()["user"] == ""


@pytest.mark.full
def test_without_an_answer_from_the_provider_it_is_said_in_words(api: HostedApi, tmp_path) -> None:
    space = Space(tmp_path, api).start()
    space.provider.stop()
    try:
        with Visitor(space) as visitor:
            for path in ("/login/huggingface", "/login/callback?_nb_redirects=x&code=x&state=x"):
                answer = visitor.http.get(path)
                message = messages.in_full(messages.SIGN_IN_FAILED, is_free=True)
                assert (answer.status_code, answer.text) == (502, message)
                assert visitor.account_status()["user"] == ""
    finally:
        space.app.kill()
        space.proxy.stop()


def test_the_owner_alone_sees_the_report(visitor: Visitor) -> None:
    assert visitor.report().status_code == 403
    visitor.sign_in("alice")
    assert visitor.report().status_code == 403
    assert visitor.sign_in(OWNER.lower(), "/playground/host").url.path == "/playground/host"
    assert visitor.report().json()["allowed"]["access"] == "signed-in"
    visitor.sign_out()
    assert visitor.report().status_code == 403


def test_programs_are_offered_one_endpoint(visitor: Visitor) -> None:
    described = visitor.http.get("/gradio_api/info").json()
    assert list(described["named_endpoints"]) == ["/generate"]
    assert described["unnamed_endpoints"] == {}


def test_nothing_secret_gets_into_the_log(visitor: Visitor, space: Space) -> None:
    visitor.sign_in("alice")
    log = space.app.log.read_text()
    secrets = (KEY, "hf_oauth_alice", space.app.settings["OAUTH_CLIENT_SECRET"], session_of(visitor))
    assert not [secret for secret in secrets if secret in log]
    assert log.count("/playground/host#") == 1


@pytest.mark.full
def test_for_people_on_a_list(api: HostedApi, tmp_path) -> None:
    settings = {"PLAYGROUND_ACCESS": "listed", "PLAYGROUND_USERS": "Alice, zoe"}
    space = Space(tmp_path, api, AppProcess, **settings).start()
    try:
        with Visitor(space) as visitor:
            assert visitor.account_status()["obstacle"] == message_json(messages.SIGN_IN, is_free=True)
            visitor.sign_in("bob")
            assert visitor.account_status()["obstacle"] == message_json(messages.NOT_LISTED, is_free=True)
            assert visitor.generate("a cat") == messages.in_full(messages.NOT_LISTED, is_free=True)
            assert api.posts == []
            visitor.sign_out()
            visitor.sign_in("alice")
            assert visitor.account_status()["obstacle"] is None
            assert visitor.generate("a cat") == ""
    finally:
        space.stop()


@pytest.mark.full
def test_where_everybody_brings_a_key(api: HostedApi, tmp_path) -> None:
    space = Space(tmp_path, api, PLAYGROUND_ACCESS="own-key-only").start()
    try:
        with Visitor(space) as visitor:
            visitor.sign_in("alice")
            status = visitor.account_status()
            assert (status["obstacle"], status["is_practice"]) == (None, True)
            assert visitor.generate("a cat") == messages.in_full(messages.OWN_KEY_ONLY_PROGRAM, is_free=True)
            assert calls(api) == []
    finally:
        space.stop()


def test_the_space_s_header_asks_for_signing_in() -> None:
    header = yaml.safe_load((ROOT / "README.md").read_text(encoding="utf-8").split("---")[1])
    assert header["hf_oauth"] is True
    assert 480 <= header["hf_oauth_expiration_minutes"] <= 43_200
    assert "hf_oauth_scopes" not in header, "the default scopes tell the user's name alone"
