"""The API client on real sockets: what is sent, and where the key goes."""

from __future__ import annotations

import io

import pytest

from components.api.endpoint import Endpoint
from components.domain.task import TaskStatus
from components.errors import PollFailed, SubmissionUnknown, TaskNotFound, Unauthorized
from tests.support.raw_server import REQUEST, RawServer, whole
from tests.support.scripted_api import MODEL
from tests.support.v3_service import KEY, HostedApi

# --- what is sent ---


async def test_a_submit_is_one_post_of_the_agreed_body(client, hosted):
    update = await client.submit(MODEL, REQUEST)
    assert hosted.posts == [
        {
            "prompt": "a cat",
            "size": "256*256",
            "guidance_scale": 3.5,
            "num_inference_steps": 28,
            "seed": 7,
            "enable_base64_output": False,
            "loras": [{"path": "owner/name", "scale": 0.5}],
        }
    ]
    ((method, path, headers),) = hosted.requests
    assert (method, path) == ("POST", "/api/v3/stability-ai/sdxl-lora")
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["content-type"] == "application/json"
    assert hosted.tasks[update.task_id].body == hosted.posts[0]


async def test_a_base_url_with_a_path_keeps_it(at):
    served = HostedApi("/proxy/ws").start()
    try:
        client = at(served.base_url)
        update = await client.submit(MODEL, REQUEST)
        await client.get_task(update.task_id, update.query_url)
        await client.get_task(update.task_id)
        assert all(path.startswith("/proxy/ws/api/v3/") for _, path, _ in served.requests)
    finally:
        served.stop()


async def test_from_the_submit_to_the_picture(client, hosted):
    update = await client.submit(MODEL, REQUEST)
    hosted.finish_all()
    done = await client.get_task(update.task_id, update.query_url)
    assert done.status is TaskStatus.COMPLETED
    picture = io.BytesIO()
    await client.download(done.outputs[0], picture)
    assert picture.getvalue().startswith(b"\x89PNG")
    assert [item.task_id for item in await client.recent_tasks(MODEL)] == [update.task_id]
    assert await client.recent_tasks(MODEL, 2) == ()


async def test_a_key_that_is_not_accepted_is_said_so(at, hosted):
    with pytest.raises(Unauthorized):
        await at(hosted.base_url, "wsk-wrong").submit(MODEL, REQUEST)
    assert not hosted.tasks


async def test_a_task_of_another_account_is_gone(client):
    with pytest.raises(TaskNotFound):
        await client.get_task("0" * 32)


def test_the_key_is_in_no_repr():
    assert KEY not in repr(Endpoint("https://api.test", KEY))


# --- where the key goes ---


async def test_a_query_address_outside_the_proxy_s_path_is_not_used(hosted_behind_proxy):
    api, client = hosted_behind_proxy
    update = await client.submit(MODEL, REQUEST)
    outside = f"http://127.0.0.1:{api.port}/api/v3/predictions/{update.task_id}/result"
    assert (await client.get_task(update.task_id, outside)).task_id == update.task_id
    assert {path for method, path, _ in api.requests if method == "GET"} == {
        f"/proxy/api/v3/predictions/{update.task_id}/result"
    }


@pytest.mark.parametrize("wrong", ["/api/v3/predictions/another/result", "/api/v3/balance", "/api/v3/x", "/x"])
async def test_d03_a_query_address_without_the_task_is_left_for_the_usual_one(client, hosted, wrong):
    update = await client.submit(MODEL, REQUEST)
    assert (await client.get_task(update.task_id, f"{hosted.base_url}{wrong}")).task_id == update.task_id
    with pytest.raises(TaskNotFound):
        await client.get_task("0" * 32, f"{hosted.base_url}{wrong}")


async def test_d03_the_usual_query_address_is_asked_once(client, hosted):
    with pytest.raises(TaskNotFound):
        await client.get_task("t", f"{hosted.base_url}/api/v3/predictions/t/result")
    assert len(hosted.requests) == 1


@pytest.fixture
def hosted_behind_proxy(at):
    api = HostedApi(prefix="/proxy").start()
    yield api, at(api.base_url)
    api.stop()


def test_a_proxy_of_the_environment_never_sees_loopback():
    assert Endpoint("http://127.0.0.1:1/x", KEY).is_loopback
    assert Endpoint("http://localhost:1", KEY).is_loopback
    assert not Endpoint("https://api.test", KEY).is_loopback


@pytest.mark.parametrize(
    ("base", "url", "serves"),
    [
        ("http://localhost:9000", "http://127.0.0.1:9000/a.png", True),
        ("http://127.0.0.1:9000/v", "http://localhost:9000/a.png", True),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9001/a.png", False),
        ("http://127.0.0.1:9000", "https://127.0.0.1:9000/a.png", False),
        ("https://api.test", "https://127.0.0.1/a.png", False),
        ("https://api.test", "https://api.test/a.png", True),
    ],
)
def test_pictures_may_come_from_the_api_s_own_host_by_any_of_its_names(base, url, serves):
    assert Endpoint(base, KEY).serves(url) is serves


async def test_the_key_does_not_go_to_another_origin_that_a_task_names(client, hosted):
    async with RawServer(whole(b"{}")).open() as elsewhere:
        update = await client.submit(MODEL, REQUEST)
        for url in (elsewhere.url, f"http://localhost:{hosted.port}/x", f"https://127.0.0.1:{hosted.port}/x"):
            assert (await client.get_task(update.task_id, url)).task_id == update.task_id
        assert not elsewhere.heads
    assert {path for method, path, _ in hosted.requests if method == "GET"} == {
        f"/api/v3/predictions/{update.task_id}/result"
    }


@pytest.mark.parametrize(
    ("url", "owns"),
    [
        ("https://api.test/x", True),
        ("https://API.test:443/x", True),
        ("http://api.test/x", False),
        ("https://api.test:444/x", False),
        ("https://api.test:0/x", False),
        ("https://api.test.evil.test/x", False),
        ("https://api.test@evil.test/x", False),
        ("https://evil.test\\@api.test/x", True),  # what stands before the @ is a user's name, to httpx too
        ("//api.test/x", False),
        ("https://[", False),
        ("https://api.test:99999", False),
        ("https://api.test/\x01", False),
        ("https://xn--/", False),
        ("", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, owns):
    assert Endpoint("https://api.test/path", KEY).owns(url) is owns


async def test_redirects_are_not_followed(at):
    async with RawServer(whole(b"{}")).open() as elsewhere:
        head = f"HTTP/1.1 307 X\r\nlocation: {elsewhere.url}/x\r\ncontent-length: 0\r\n\r\n".encode()
        async with RawServer(head).open() as api:
            client = at(api.url)
            with pytest.raises(SubmissionUnknown):
                await client.submit(MODEL, REQUEST)
            with pytest.raises(PollFailed):
                await client.get_task("t")
            assert len(api.heads) == 2
        assert not elsewhere.heads


async def test_a_download_never_carries_the_key(client, hosted):
    await client.download(f"http://127.0.0.1:{hosted.port}/files/16x16/1", io.BytesIO())
    ((_, _, headers),) = hosted.requests
    assert "authorization" not in headers
