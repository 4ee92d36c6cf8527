"""Ownership: a visitor reads and changes nothing of another, even knowing every id but the image file's name."""

from __future__ import annotations

import io
import re
import secrets
import zipfile
from typing import Any

import httpx
import pytest

from tests.http.raw_client import RawClient
from tests.support.v3_service import HostedApi
from tests.support.waiting import wait_until

Two = tuple[RawClient, RawClient]
SECRET = "the owner's own words"


def generated(owner: RawClient) -> dict[str, Any]:
    """Generate an image for the owner and return its tile."""
    owner.press(secrets.token_hex(16), **{"field-prompt": SECRET})
    wait_until(lambda: owner.rows()[0]["state"] == "completed", owner.rows)
    return owner.rows()[0]


def test_s04_another_s_feed_is_empty(two: Two) -> None:
    owner, other = two
    row = generated(owner)
    assert other.rows() == []
    assert SECRET not in other.feed().text
    asked = other.http.get("/playground/feed", params={"visitor": owner.visitor, "job": row["id"]})
    assert asked.json()["rows"] == [], "the token is read from the header alone"
    assert SECRET not in other.call("older", visitor=other.visitor, before=1e11, job=row["id"]).text
    assert other.call("recheck", visitor=other.visitor, job=row["id"]).json() is None
    assert [tile["id"] for tile in owner.rows()] == [row["id"]]


def test_another_s_picture_cannot_be_deleted_nor_its_recipe_read(two: Two) -> None:
    owner, other = two
    row = generated(owner)
    assert other.call("delete", visitor=other.visitor, jobs=[row["id"]]).json() == {"deleted": []}
    assert other.call("recipe", visitor=other.visitor, job=row["id"]).json() == ""
    assert [tile["id"] for tile in owner.rows()] == [row["id"]]
    assert SECRET in owner.call("recipe", visitor=owner.visitor, job=row["id"]).json()
    done = owner.call("delete", visitor=owner.visitor, jobs=[row["id"]]).json()
    assert done == {"deleted": [row["id"]]}
    assert owner.rows() == []


def test_what_is_in_the_bin_is_its_owner_s_to_see_put_back_and_delete(two: Two) -> None:
    owner, other = two
    row = generated(owner)
    (picture,) = row["pictures"]
    one = {"jobs": [row["id"]]}
    owner.call("delete", visitor=owner.visitor, **one)
    for link in ("src", "thumb", "download", "original", "clean"):
        assert owner.http.get(picture[link]).status_code == 404, "a shared link is dead"
    assert owner.feed().json()["has_bin"] is True
    assert other.feed().json()["has_bin"] is False
    empty = {"rows": [], "more": False, "count": 0, "days": 30}
    assert other.call("binned", visitor=other.visitor).json() == empty
    assert other.call("undelete", visitor=other.visitor, **one).json() == {"rows": []}
    for asked in (one, {"all": True}):
        assert other.call("delete_for_good", visitor=other.visitor, **asked).json() == {"deleted": [], "left": None}
    (mine,) = owner.call("binned", visitor=owner.visitor).json()["rows"]
    thumb = mine["pictures"][0]["thumb"]
    assert (mine["id"], mine["leaves"] - mine["binned"]) == (row["id"], 30 * 24 * 3600)
    assert owner.http.get(thumb).headers["content-type"] == "image/webp"
    assert owner.http.get(thumb[:-1]).status_code == 404
    assert [back["id"] for back in owner.call("undelete", visitor=owner.visitor, **one).json()["rows"]] == [row["id"]]
    assert owner.http.get(picture["src"]).status_code == 200
    owner.call("delete", visitor=owner.visitor, **one)
    gone = owner.call("delete_for_good", visitor=owner.visitor, all=True).json()
    assert gone == {"deleted": [row["id"]], "left": None}
    assert owner.http.get(thumb).status_code == 404
    assert owner.call("binned", visitor=owner.visitor).json() == empty


def test_another_s_history_is_empty_and_cannot_be_marked_or_packed(two: Two) -> None:
    owner, other = two
    row = generated(owner)
    found = other.call("history", visitor=other.visitor, words="").json()
    assert (found["rows"], found["count"], found["models"]) == ([], 0, [])
    assert other.call("set_favourite", visitor=other.visitor, job=row["id"], favourite=True).json() is False
    assert owner.call("set_favourite", visitor=owner.visitor, job=row["id"], favourite=True).json() is True
    (mine,) = owner.call("history", visitor=owner.visitor, words="OWN words", favourite=True).json()["rows"]
    assert mine["id"] == row["id"]
    theirs = packed(other.http.get(other.call("pack", visitor=other.visitor, jobs=[row["id"]]).json()).content)
    assert theirs.namelist() == ["contact-sheet.html"]
    assert SECRET.encode() not in theirs.read("contact-sheet.html")
    own = packed(owner.http.get(owner.call("pack", visitor=owner.visitor, jobs=[row["id"]]).json()).content)
    assert len(own.namelist()) == 2


def packed(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "nobody",
        "%",
        "*",
        True,
        0,
        [],
        {},
        "0" * 31,
        "0" * 33,
        "G" * 32,
        "A" * 32,
        "session x",
        "' OR 1=1 --",
    ],
)
def test_s04_no_token_opens_another_s_feed(two: Two, token: object) -> None:
    owner, other = two
    generated(owner)
    for function, more in (("older", {"before": 1e11}), ("history", {})):
        assert SECRET not in other.call(function, visitor=token, **more).text
    if isinstance(token, str):
        assert SECRET not in other.feed(token).text


def test_s04_a_look_again_at_another_s_picture_asks_the_service_nothing(two: Two, api: HostedApi) -> None:
    owner, other = two
    api.next_submits.append(lambda: None)
    owner.press(secrets.token_hex(16))
    (row,) = owner.rows()
    before = len(api.requests)
    for _ in range(3):
        other.call("recheck", visitor=other.visitor, job=row["id"]).raise_for_status()
    searches = [path for _, path, _ in api.requests[before:] if path.endswith("/predictions")]
    assert searches == []


def test_s04_only_the_owner_stops_a_picture_and_a_cancel_stops_none_that_costs(two: Two, api: HostedApi) -> None:
    owner, other = two
    api.is_stalled = True
    owner.press(secrets.token_hex(16))
    wait_until(lambda: owner.rows() and owner.rows()[0]["can_stop"], owner.rows)
    row, before = owner.rows()[0], len(api.requests)
    assert row["is_stop_charged"]
    assert other.call("stop", visitor=other.visitor, job=row["id"]).json() is False
    assert owner.call("cancel", visitor=owner.visitor, job=row["id"]).json() is False
    assert [path for _, path, _ in api.requests[before:] if path.endswith("/delete")] == []
    assert owner.call("stop", visitor=owner.visitor, job=row["id"]).json() is True
    wait_until(lambda: owner.rows()[0]["is_stop_requested"], owner.rows)
    api.is_stalled = False
    wait_until(lambda: owner.rows()[0]["state"] == "completed", owner.rows)


def test_s04_another_s_click_starts_nothing_and_tells_nothing(two: Two, api: HostedApi) -> None:
    owner, other = two
    row = generated(owner)
    posts = len(api.posts)
    receipt = other.press(str(row["click"]))
    assert receipt["rows"] == []
    assert SECRET not in str(receipt)
    assert len(api.posts) == posts
    assert [tile["prompt"] for tile in owner.rows()] == [SECRET]


def test_s04_another_s_session_gives_no_events(two: Two) -> None:
    owner, other = two
    owner.join(owner.values(secrets.token_hex(16), **{"field-prompt": SECRET})).raise_for_status()
    stream = f"/gradio_api/queue/data?session_hash={owner.session}"
    for address in (stream, f"/gradio_api/call/generate/{owner.session}", f"/gradio_api/call/v2/x/{owner.session}"):
        refused = other.http.get(address)
        assert (refused.status_code, SECRET in refused.text) == (404, False)
    assert other.join(other.values(secrets.token_hex(16)), session=owner.session).status_code == 404
    cancel = {"session_hash": owner.session, "event_id": "x", "fn_index": owner.press_event["id"]}
    assert other.post("/gradio_api/cancel", cancel).status_code == 404
    assert SECRET in str(owner.completed(stream))


def test_s04_a_program_s_call_is_heard_by_its_caller_alone(two: Two) -> None:
    owner, other = two
    event = owner.post("/gradio_api/call/v2/generate", {"prompt": SECRET}).json()["event_id"]
    assert re.fullmatch("[0-9a-f]{32}", event)
    for address in (f"/gradio_api/call/generate/{event}", f"/gradio_api/queue/data?session_hash={event}"):
        assert other.http.get(address).status_code == 404
    assert "complete" in owner.http.get(f"/gradio_api/call/generate/{event}").text


def test_s04_pictures_have_names_of_128_random_bits_and_no_others(two: Two) -> None:
    owner, other = two
    rows = [generated(owner), *(other.press(secrets.token_hex(16))["rows"])]
    name = str(rows[0]["pictures"][0]["src"]).removeprefix("playground/pictures/")
    assert re.fullmatch(r"[0-9a-f]{32}\.png", name)
    assert owner.http.get(f"/playground/pictures/{name}").status_code == 200
    guesses = [
        name[:-4],
        name.upper(),
        f"{secrets.token_hex(16)}.png",
        f"{rows[0]['id']}.png",
        f"{rows[0]['task']}.png",
    ]
    guesses += [
        "",
        ".",
        "%2e%2e%2fjobs.sqlite3",
        "..%2f..%2fdata",
        f"..%2fpictures%2f{name}",
        f"{name}%00",
        f"{name[:-4]}.jpg",
    ]
    for guess in guesses:
        assert other.http.get(f"/playground/pictures/{guess}").status_code == 404
    assert other.http.get("/playground/pictures/").status_code == 404


def test_s04_names_are_not_drawn_from_the_clock_or_a_count(client: RawClient, two: Two) -> None:
    names = [str(generated(one)["pictures"][0]["src"]).split("/")[-1][:32] for one in two]
    bits = int(names[0], 16) ^ int(names[1], 16)
    assert 30 < bits.bit_count() < 98


def test_s11_a_page_of_another_site_reads_and_starts_nothing(client: RawClient, api: HostedApi) -> None:
    posts = len(api.posts)
    for origin in ("https://evil.test", "null", "http://127.0.0.1:1", "http://localhost"):
        headers = {"Origin": origin}
        for path in ("/", "/config", "/gradio_api/info", "/theme.css"):
            assert client.http.get(path, headers=headers).status_code == 403
        body = {"data": client.values("0" * 32), "fn_index": client.press_event["id"], "session_hash": "x"}
        assert client.http.post("/gradio_api/queue/join", json=body, headers=headers).status_code == 403
        assert (
            client.http.post("/gradio_api/call/v2/generate", json={"prompt": "x"}, headers=headers).status_code == 403
        )
    own = client.http.get("/config", headers={"Origin": client.app.url})
    assert own.status_code == 200
    assert len(api.posts) == posts


def test_s11_a_read_by_another_site_gets_no_permission(client: RawClient) -> None:
    answer = client.http.get("/config", headers={"Origin": "https://evil.test"})
    assert not answer.text.startswith("{")
    wide = httpx.get(f"{client.app.url}/config", headers={"Origin": "https://evil.test", "Host": "space.hf.space"})
    assert wide.status_code == 403
