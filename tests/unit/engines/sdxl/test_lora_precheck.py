"""Check of a LoRA before it is downloaded: by the beginning of its file."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from components.engines.sdxl import messages
from components.engines.sdxl.loras.download_limits import FILE_SECONDS, HEAD_SECONDS
from components.engines.sdxl.loras.fetcher import CACHE_SECONDS
from components.engines.sdxl.loras.location import Download, HubFile
from tests.support.lora_downloads import FILE, URL, civitai, hub_fetcher, lora, refusal, silent, to


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (lora(768), messages.LORA_SD1),
        (lora()[:-9], messages.LORA_CUT_OFF),
        (b"<!DOCTYPE html><html>Log in</html>" * 9, messages.LORA_PAGE),
        (b"PK\x03\x04" + bytes(200), messages.LORA_PICKLE),
        (b"", messages.LORA_EMPTY),
    ],
)
def test_what_is_no_lora_of_sdxl_is_told_before_it_is_fetched(hub, tmp_path, data, sentence):
    hub.repositories["owner/lora"] = {"a.safetensors": data}
    for fetcher, place in (
        (hub_fetcher(tmp_path), HubFile("owner/lora")),
        (civitai(tmp_path, {URL: to(FILE), FILE: httpx.Response(200, content=data)})[0], Download(URL)),
    ):
        assert refusal(lambda fetcher=fetcher, place=place: fetcher.check(place)) == sentence
    assert not (tmp_path / "hub").exists()
    assert not (tmp_path / "loras").exists()


def test_a_good_lora_is_looked_at_and_not_fetched(hub, tmp_path):
    hub_fetcher(tmp_path).check(HubFile("owner/lora"))
    hub_fetcher(tmp_path).check(HubFile("owner/lora", "a.safetensors"))
    assert not (tmp_path / "hub").exists()


def test_no_more_is_read_than_the_header_needs(tmp_path):
    pieces: list[bytes] = []

    def sent():
        whole = lora(padding=300_000) + bytes(10_000_000)
        for start in range(0, len(whole), 65536):
            pieces.append(whole[start : start + 65536])
            yield pieces[-1]

    fetcher, _ = civitai(tmp_path, {URL: httpx.Response(200, content=sent())})
    fetcher.check(Download(URL))
    assert 300_000 < sum(map(len, pieces)) < 700_000


def test_what_others_say_of_a_lora_is_told_before_it_waits(hub, tmp_path):
    def of_civitai(status: int) -> object:
        fetcher, _ = civitai(tmp_path, {URL: httpx.Response(status)})
        return refusal(lambda: fetcher.check(Download(URL)))

    assert [of_civitai(status) for status in (401, 404)] == [messages.LORA_NO_ACCESS, messages.LORA_NOT_FOUND]
    fetcher = hub_fetcher(tmp_path)
    assert refusal(lambda: fetcher.check(HubFile("owner/none"))) == messages.LORA_NOT_FOUND
    assert refusal(lambda: fetcher.check(HubFile("owner/lora", "b.safetensors"))) == messages.LORA_NOT_FOUND
    hub.repositories["owner/two"] = {"a.safetensors": lora(), "b.safetensors": lora()}
    assert refusal(lambda: fetcher.check(HubFile("owner/two"))) == messages.LORA_SEVERAL
    small = hub_fetcher(tmp_path, largest=100)
    assert refusal(lambda: small.check(HubFile("owner/lora"))) == messages.LORA_TOO_LARGE


def test_where_nobody_can_be_asked_the_lora_may_wait(hub, tmp_path):
    hub.close()
    hub_fetcher(tmp_path).check(HubFile("owner/lora"))
    civitai(tmp_path, {URL: httpx.Response(500)})[0].check(Download(URL))


def test_what_was_fetched_is_looked_at_here(hub, tmp_path):
    hub.repositories["owner/lora"] = {"a.safetensors": lora(768)}
    hub_fetcher(tmp_path).file(HubFile("owner/lora"), silent)
    hub.close()
    assert refusal(lambda: hub_fetcher(tmp_path).check(HubFile("owner/lora"))) == messages.LORA_SD1


def test_the_pictures_of_one_click_ask_once(tmp_path):
    now = 0.0
    answers = {URL: httpx.Response(200, content=lora(768))}
    fetcher, seen = civitai(tmp_path, answers)
    fetcher = replace(fetcher, clock=lambda: now)
    for _ in range(25):
        assert refusal(lambda: fetcher.check(Download(URL))) == messages.LORA_SD1
    assert len(seen) == 1
    now = CACHE_SECONDS
    answers[URL] = httpx.Response(200, content=lora())
    fetcher.check(Download(URL))
    assert len(seen) == 2


@pytest.mark.parametrize("step", [HEAD_SECONDS, FILE_SECONDS])
def test_f26_what_comes_drop_by_drop_is_not_waited_for(tmp_path, monkeypatch, step):
    now, drops = 0.0, 0

    def dripping():
        nonlocal now, drops
        for place in range(len(lora())):
            now, drops = now + step / 10, drops + 1
            yield lora()[place : place + 1]

    monkeypatch.setattr("components.engines.sdxl.loras.download_limits.time.monotonic", lambda: now)
    fetcher, _ = civitai(tmp_path, {URL: httpx.Response(200, content=dripping())})
    if step == HEAD_SECONDS:
        fetcher.check(Download(URL))
    else:
        assert refusal(lambda: fetcher.file(Download(URL), silent)) == messages.LORA_AWAY
    assert drops < 20
