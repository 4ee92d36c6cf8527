"""LoRA downloads from Civitai, its answers scripted."""

from __future__ import annotations

import httpx
import pytest

from components.engines.sdxl import messages
from components.engines.sdxl.loras.location import Download
from tests.support.lora_downloads import FILE, URL, Stopped, civitai, lora, refusal, silent, stop, to


def test_a_file_of_civitai_is_fetched_once_and_the_key_goes_to_civitai_alone(tmp_path):
    answers = {URL: to(FILE), FILE: httpx.Response(200, content=lora())}
    fetcher, seen = civitai(tmp_path, answers, key="secret")
    told: list[float] = []
    path = fetcher.file(Download(URL), told.append)
    assert path.read_bytes() == lora()
    assert told[-1] == 1.0
    assert [request.headers.get("authorization") for request in seen] == ["Bearer secret", None]
    assert fetcher.file(Download(URL), silent) == path
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({URL: to("https://elsewhere.test/x")}, messages.LORA_HOST),
        ({URL: to("http://civitai.com/x")}, messages.LORA_HOST),
        ({URL: to("https://127.0.0.1/x")}, messages.LORA_HOST),
        ({URL: to(URL)}, messages.LORA_AWAY),
        ({URL: httpx.Response(401)}, messages.LORA_NO_ACCESS),
        ({URL: httpx.Response(404)}, messages.LORA_NOT_FOUND),
        ({URL: httpx.Response(500)}, messages.LORA_AWAY),
        ({URL: httpx.Response(200, content=b"<!DOCTYPE html><html>Log in</html>" * 9)}, messages.LORA_PAGE),
        ({URL: httpx.Response(200, content=b"PK\x03\x04" + bytes(200))}, messages.LORA_PICKLE),
        ({URL: httpx.Response(200, content=lora()[:-9])}, messages.LORA_CUT_OFF),
        ({URL: httpx.Response(200, content=lora(768))}, messages.LORA_SD1),
        ({URL: httpx.Response(200, content=b"")}, messages.LORA_EMPTY),
    ],
)
def test_what_can_go_wrong_there_has_its_sentence_and_leaves_nothing(tmp_path, answers, sentence):
    fetcher, _ = civitai(tmp_path, answers)
    assert refusal(lambda: fetcher.file(Download(URL), silent)) == sentence
    assert list((tmp_path / "loras").iterdir()) == []


RED = URL.replace("civitai.com", "civitai.red")


@pytest.mark.parametrize("first", [httpx.Response(404), httpx.Response(503), to(FILE)])
def test_civitai_red_is_asked_first_where_it_was_given(tmp_path, first):
    """willmiao/ComfyUI-Lora-Manager#897, gutris1/sd-hub#49."""
    answers = {RED: first, URL: to(FILE), FILE: httpx.Response(200, content=lora())}
    fetcher, seen = civitai(tmp_path, answers)
    assert fetcher.file(Download(RED), silent).read_bytes() == lora()
    assert [str(request.url) for request in seen] == [RED, *([] if first.is_redirect else [URL]), FILE]


def test_a_login_at_civitai_red_is_not_tried_elsewhere(tmp_path):
    fetcher, seen = civitai(tmp_path, {RED: httpx.Response(401)})
    assert refusal(lambda: fetcher.file(Download(RED), silent)) == messages.LORA_NO_ACCESS
    assert len(seen) == 1


def test_s09_too_large_a_file_is_not_fetched_to_its_end(tmp_path):
    fetcher, _ = civitai(tmp_path, {URL: httpx.Response(200, content=lora())}, largest=1000)
    assert refusal(lambda: fetcher.file(Download(URL), silent)) == messages.LORA_TOO_LARGE
    assert list((tmp_path / "loras").iterdir()) == []


def test_a_fetch_that_nobody_wants_any_more_stops(tmp_path):
    fetcher, _ = civitai(tmp_path, {URL: httpx.Response(200, content=lora())})

    with pytest.raises(Stopped):
        fetcher.file(Download(URL), stop)
    assert list((tmp_path / "loras").iterdir()) == []
