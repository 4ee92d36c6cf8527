"""The look at a LoRA before money is spent: what lies there, by its header alone, through the guarded network (S6)."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from components import fetching, messages
from components.client import Connections
from components.errors import InvalidRequest, OutsideTrouble, Sentence
from components.fetching import new_outside, read_beginning
from components.lora_check import (
    ANSWER_LIMIT,
    AT_ONCE,
    HEADER_LIMIT,
    PER_MINUTE,
    REMEMBERED,
    Fit,
    LoraChecker,
    Verdict,
)
from components.lora_header import Base
from tests.fakes import FakeClock
from tests.test_fetching import Names
from tests.test_lora_header import KOHYA, file, kohya, tensor

API = "https://huggingface.co/api/models/owner/name"
FILES = "https://huggingface.co/owner/name/resolve/main"
USUAL = f"{FILES}/pytorch_lora_weights.safetensors"
LINK = "https://example.org/x.safetensors"
VERSION = "https://civitai.com/api/v1/model-versions/456"
DOWNLOAD = "https://civitai.com/api/download/models/456"
WEIGHTS = b"\0" * 2

Reply = Callable[[httpx.Request], httpx.Response]


def gives(content: Any, status: int = 200, **headers: str) -> Reply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, stream=httpx.ByteStream(body), headers=named)


def sends_on(url: str) -> Reply:
    return lambda request: httpx.Response(302, headers={"location": url})


def part(content: bytes) -> Reply:
    """Answer a ranged request as files' servers do."""

    def reply(request: httpx.Request) -> httpx.Response:
        first, last = (int(side) for side in request.headers["range"].removeprefix("bytes=").split("-"))
        told = f"bytes {first}-{min(last, len(content) - 1)}/{len(content)}"
        return httpx.Response(206, stream=httpx.ByteStream(content[first : last + 1]), headers={"content-range": told})

    return reply


class Hosts:
    """The sites outside: what lies at which address, and what was asked of them."""

    def __init__(self) -> None:
        self.at: dict[str, Reply] = {}
        self.asked: list[httpx.Request] = []
        self.gate: asyncio.Event | None = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.gate:
            await self.gate.wait()
        return self.at.get(str(request.url), gives(b"", 404))(request)

    @property
    def urls(self) -> list[str]:
        return [str(request.url) for request in self.asked]


@pytest.fixture
def hosts() -> Hosts:
    return Hosts()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def checker(hosts: Hosts, clock: FakeClock) -> AsyncIterator[LoraChecker]:
    outside = Connections(lambda: httpx.AsyncClient(transport=httpx.MockTransport(hosts)))
    yield LoraChecker(outside, clock)
    await outside.aclose()


def siblings(*names: str, **more: Any) -> dict[str, Any]:
    return {"siblings": [{"rfilename": name} for name in names], **more}


def outcome(verdict: Verdict) -> tuple[Fit, Sentence]:
    return verdict.fit, verdict.told


async def test_a_repository_s_lora_fits(checker: LoraChecker, hosts: Hosts) -> None:
    hosts.at[API] = gives(
        siblings(
            "README.md", "other.safetensors", "pytorch_lora_weights.safetensors", cardData={"instance_prompt": "px"}
        )
    )
    hosts.at[USUAL] = sends_on("https://cdn.example.org/blob")
    hosts.at["https://cdn.example.org/blob"] = part(kohya({"modelspec.title": "Pixels"}) + WEIGHTS)
    verdict = await checker.check("https://huggingface.co/owner/name")
    assert outcome(verdict) == (Fit.FITS, messages.lora_fits(16))
    assert (verdict.link.path, verdict.words, verdict.rank) == ("owner/name", ("px",), 16)
    assert (verdict.base, verdict.title) == (Base.SDXL, "Pixels")
    for request in hosts.asked:
        assert not {"authorization", "cookie"} & set(request.headers)
        assert request.headers["accept-encoding"] == "identity"
        assert request.headers["range"].startswith("bytes=0-")


@pytest.mark.parametrize(
    ("answer", "fit", "told"),
    [
        (siblings("a.safetensors", "b.safetensors"), Fit.CANNOT_TELL, "a.safetensors, b.safetensors"),
        (siblings("model_index.json", "sd.safetensors"), Fit.WILL_NOT_FIT, messages.LORA_OTHER_KIND),
        (siblings("README.md", "x.bin"), Fit.WILL_NOT_FIT, messages.LORA_NO_FILE),
        (siblings("sub/x.safetensors"), Fit.WILL_NOT_FIT, messages.LORA_NO_FILE),
        ({"siblings": 7}, Fit.WILL_NOT_FIT, messages.LORA_NO_FILE),
        (siblings("x.safetensors", gated="auto"), Fit.WILL_NOT_FIT, messages.LORA_LOGIN),
        (b"<!doctype html><p>a page", Fit.CANNOT_TELL, messages.SITE_REFUSES),
        (b"[1]", Fit.CANNOT_TELL, messages.SITE_REFUSES),
        (b"[" * 100_000, Fit.CANNOT_TELL, messages.SITE_REFUSES),
    ],
)
async def test_what_a_repository_s_list_tells(
    checker: LoraChecker, hosts: Hosts, answer: Any, fit: Fit, told: Sentence | str
) -> None:
    hosts.at[API] = gives(answer)
    verdict = await checker.check("owner/name")
    wanted = messages.lora_several_files(told) if isinstance(told, str) else told
    assert outcome(verdict) == (fit, wanted)


@pytest.mark.parametrize(
    ("reply", "fit", "told"),
    [
        (gives(b"", 401), Fit.WILL_NOT_FIT, messages.LORA_LOGIN),
        (gives(b"no", 403), Fit.WILL_NOT_FIT, messages.LORA_LOGIN),
        (gives(b"<!DOCTYPE html>Are you a robot?", 403), Fit.CANNOT_TELL, messages.SITE_REFUSES),
        (gives(b"", 404), Fit.WILL_NOT_FIT, messages.LORA_NOT_FOUND),
        (gives(b"", 410), Fit.WILL_NOT_FIT, messages.LORA_NOT_FOUND),
        (gives(b"", 429), Fit.CANNOT_TELL, messages.SITE_REFUSES),
        (gives(b"", 500), Fit.CANNOT_TELL, messages.SITE_REFUSES),
        (gives(b"<!DOCTYPE html><title>x"), Fit.WILL_NOT_FIT, messages.PAGE_IN_PLACE_OF_FILE),
        (gives(kohya()[:99]), Fit.WILL_NOT_FIT, messages.FILE_CUT_OFF),
        (part(kohya()), Fit.WILL_NOT_FIT, messages.FILE_CUT_OFF),
        (part(kohya(width=768) + WEIGHTS), Fit.WILL_NOT_FIT, messages.lora_for_another("Stable Diffusion 1.5")),
        (part(file({"a.weight": tensor(1, 2)}) + WEIGHTS), Fit.WILL_NOT_FIT, messages.LORA_NOT_INSIDE),
        (part(file({"x.lora_down.weight": tensor(4, 640)}) + WEIGHTS), Fit.CANNOT_TELL, messages.LORA_FOR_UNKNOWN),
        (
            part(file({f"{KOHYA}.hada_w1_a": tensor(640, 4), f"{KOHYA}.hada_w1_b": tensor(4, 2048)}) + WEIGHTS),
            Fit.CANNOT_TELL,
            messages.lora_of_make("LoHa"),
        ),
        ((HEADER_LIMIT + 1).to_bytes(8, "little") + b"{", Fit.CANNOT_TELL, messages.LORA_HEADER_LONG),
        (gives(kohya() + WEIGHTS), Fit.FITS, messages.lora_fits(16)),
        (gives(gzip.compress(kohya() + WEIGHTS), content_encoding="gzip"), Fit.FITS, messages.lora_fits(16)),
        (gives(b"not gzip", content_encoding="gzip"), Fit.CANNOT_TELL, messages.SITE_NOT_REACHED),
        (gives(b"?", content_encoding="br"), Fit.CANNOT_TELL, messages.SITE_NOT_REACHED),
        (sends_on("http://example.org/plain"), Fit.CANNOT_TELL, messages.LEADS_INSIDE),
        (sends_on("https://127.0.0.1/x"), Fit.CANNOT_TELL, messages.LEADS_INSIDE),
        (sends_on("https://169.254.169.254/latest"), Fit.CANNOT_TELL, messages.LEADS_INSIDE),
        (sends_on("https://me:word@example.org/x"), Fit.CANNOT_TELL, messages.LEADS_INSIDE),
        (sends_on("https://["), Fit.CANNOT_TELL, messages.LEADS_INSIDE),
        (sends_on(LINK), Fit.CANNOT_TELL, messages.SITE_NOT_REACHED),
    ],
)
async def test_what_lies_at_a_link(
    checker: LoraChecker, hosts: Hosts, reply: Reply | bytes, fit: Fit, told: Sentence
) -> None:
    hosts.at[LINK] = gives(reply + b"0" * HEADER_LIMIT) if isinstance(reply, bytes) else reply
    assert outcome(await checker.check(LINK)) == (fit, told)
    assert len(hosts.asked) <= 6, "five redirects and no more"


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadError, httpx.ReadTimeout, httpx.ProxyError])
async def test_trouble_of_the_network_is_said_calmly(
    checker: LoraChecker, hosts: Hosts, error: type[httpx.TransportError]
) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        raise error("no way out", request=request)

    hosts.at[API] = breaks
    assert outcome(await checker.check("owner/name")) == (Fit.CANNOT_TELL, messages.SITE_NOT_REACHED)


# --- Civitai ---


def version(base: str = "SDXL 1.0", kind: str = "LORA", **more: Any) -> dict[str, Any]:
    told = {"id": 456, "baseModel": base, "trainedWords": ["toy face", " "], "model": {"name": "Toys", "type": kind}}
    return told | more


async def test_a_civitai_page_is_given_its_newest_version(checker: LoraChecker, hosts: Hosts) -> None:
    newest = {"id": 456, "baseModel": "Illustrious", "trainedWords": ["toy face"]}
    model = {"type": "LORA", "name": "Toys", "modelVersions": [newest, {"id": 1, "baseModel": "SD 1.5"}]}
    hosts.at["https://civitai.com/api/v1/models/123"] = gives(model)
    hosts.at[DOWNLOAD] = part(kohya() + WEIGHTS)
    verdict = await checker.check("https://civitai.com/models/123/toys")
    assert outcome(verdict) == (Fit.FITS, messages.lora_fits(16))
    assert (verdict.link.path, verdict.words, verdict.title) == (DOWNLOAD, ("toy face",), "Toys")


@pytest.mark.parametrize(
    ("told_of_it", "file_at", "fit", "told"),
    [
        (version(), part(kohya() + WEIGHTS), Fit.FITS, messages.lora_fits(16)),
        (version("Pony"), gives(b"", 401), Fit.WILL_NOT_FIT, messages.LORA_LOGIN),
        (version("Flux.1 D"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.lora_for_another("FLUX")),
        (version("SD 1.5"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.lora_for_another("Stable Diffusion 1.5")),
        (version("Wan 2.2"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.lora_for_another("another kind of model")),
        (version(), gives(b"", 500), Fit.CANNOT_TELL, messages.SITE_REFUSES),
        (version(kind="Checkpoint"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.LORA_OTHER_KIND),
        (version(id="456"), gives(b"", 500), Fit.CANNOT_TELL, messages.SITE_REFUSES),
        ({"x": 1}, gives(b"", 500), Fit.CANNOT_TELL, messages.SITE_REFUSES),
    ],
)
async def test_a_civitai_version(
    checker: LoraChecker, hosts: Hosts, told_of_it: Any, file_at: Reply, fit: Fit, told: Sentence
) -> None:
    hosts.at[VERSION], hosts.at[DOWNLOAD] = gives(told_of_it), file_at
    verdict = await checker.check("civitai:123@456")
    assert outcome(verdict) == (fit, told)
    assert verdict.link.path == DOWNLOAD


async def test_a_model_without_versions(checker: LoraChecker, hosts: Hosts) -> None:
    hosts.at["https://civitai.com/api/v1/models/123"] = gives({"type": "LORA", "modelVersions": []})
    verdict = await checker.check("https://civitai.com/models/123")
    assert outcome(verdict) == (Fit.WILL_NOT_FIT, messages.LORA_NOT_FOUND)


async def test_a_pasted_token_goes_nowhere(checker: LoraChecker, hosts: Hosts) -> None:
    hosts.at[VERSION], hosts.at[DOWNLOAD] = gives(version()), part(kohya() + WEIGHTS)
    verdict = await checker.check(f"{DOWNLOAD}?token=canary")
    assert verdict.fit is Fit.FITS
    assert not any("canary" in url for url in hosts.urls)
    assert "canary" not in verdict.link.path


# --- how much and how often ---


class Endless(httpx.AsyncByteStream):
    """Sends for ever, whatever range was asked for."""

    def __init__(self, begins: bytes) -> None:
        self.begins, self.sent = begins, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        piece = self.begins + b" " * (65536 - len(self.begins))
        while True:
            self.sent += len(piece)
            yield piece
            piece = b" " * 65536


@pytest.mark.parametrize("begins", [b'{"siblings": [', HEADER_LIMIT.to_bytes(8, "little") + b"{"])
async def test_s06_a_server_that_never_ends_is_left_at_the_cap(
    checker: LoraChecker, hosts: Hosts, begins: bytes
) -> None:
    endless = Endless(begins)
    hosts.at[API] = hosts.at[LINK] = lambda request: httpx.Response(200, stream=endless)
    verdict = await checker.check("owner/name" if begins.startswith(b"{") else LINK)
    assert verdict.fit is not Fit.FITS
    assert endless.sent <= (ANSWER_LIMIT if begins.startswith(b"{") else HEADER_LIMIT) + 65536


async def test_s06_of_a_large_file_only_the_header_is_read(checker: LoraChecker, hosts: Hosts) -> None:
    endless = Endless(kohya())
    hosts.at[LINK] = lambda request: httpx.Response(206, stream=endless)
    assert (await checker.check(LINK)).fit is Fit.FITS
    assert endless.sent == 65536


async def test_s06_a_packed_answer_is_unpacked_to_the_cap_alone(hosts: Hosts) -> None:
    bomb = zlib.compress(b" " * 50_000_000)
    hosts.at[LINK] = gives(bomb, content_encoding="deflate")
    outside = Connections(lambda: httpx.AsyncClient(transport=httpx.MockTransport(hosts)))
    found = await read_beginning(outside, LINK, 100_000)
    await outside.aclose()
    assert len(found.content) == 100_000


async def test_s06_a_slow_drip_is_left_in_time(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    class Drip(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.001)

    monkeypatch.setattr(fetching, "SECONDS", 0.05)
    hosts.at[LINK] = lambda request: httpx.Response(200, stream=Drip())
    outside = Connections(lambda: httpx.AsyncClient(transport=httpx.MockTransport(hosts)))
    with pytest.raises(OutsideTrouble) as told:
        await read_beginning(outside, LINK, 100)
    await outside.aclose()
    assert told.value.sentence == messages.SITE_NOT_REACHED


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd12:3456::1"])
async def test_s06_a_name_that_leads_inside_is_not_looked_at(clock: FakeClock, address: str) -> None:
    names = Names([address])
    outside = Connections(lambda: new_outside(httpx.Timeout(5), names))
    verdict = await LoraChecker(outside, clock).check("https://evil.test/x.safetensors")
    assert outcome(verdict) == (Fit.CANNOT_TELL, messages.LEADS_INSIDE)
    assert names.asked == ["evil.test"]
    await outside.aclose()


async def test_what_was_found_is_remembered_for_an_hour(checker: LoraChecker, hosts: Hosts, clock: FakeClock) -> None:
    hosts.at[LINK] = part(kohya() + WEIGHTS)
    first = await checker.check(LINK)
    assert await checker.check(f"  {LINK} ") is first
    assert len(hosts.asked) == 1
    clock.advance(3601)
    await checker.check(LINK)
    assert len(hosts.asked) == 2


async def test_a_site_that_was_away_is_asked_again_soon(checker: LoraChecker, hosts: Hosts, clock: FakeClock) -> None:
    hosts.at[LINK] = gives(b"", 503)
    await checker.check(LINK)
    hosts.at[LINK] = part(kohya() + WEIGHTS)
    clock.advance(21)
    assert (await checker.check(LINK)).fit is Fit.FITS


async def test_not_more_than_so_many_are_remembered(checker: LoraChecker, hosts: Hosts, clock: FakeClock) -> None:
    for number in range(REMEMBERED + 1):
        clock.advance(3)
        await checker.check(f"https://example.org/{number}.safetensors")
    await checker.check(f"https://example.org/{REMEMBERED}.safetensors")
    assert len(hosts.asked) == REMEMBERED + 1
    clock.advance(60)
    await checker.check("https://example.org/0.safetensors")
    assert len(hosts.asked) == REMEMBERED + 2


async def test_only_so_many_at_once_and_in_a_minute(checker: LoraChecker, hosts: Hosts, clock: FakeClock) -> None:
    hosts.gate = asyncio.Event()
    links = [f"https://example.org/{number}.safetensors" for number in range(PER_MINUTE + 1)]
    under_way = [asyncio.ensure_future(checker.check(link)) for link in links[:AT_ONCE]]
    while len(hosts.asked) < AT_ONCE:  # noqa: ASYNC110 - the state of others is waited for
        await asyncio.sleep(0)
    assert outcome(await checker.check(links[AT_ONCE])) == (Fit.CANNOT_TELL, messages.CHECKS_BUSY)
    hosts.gate.set()
    await asyncio.gather(*under_way)
    for link in links[AT_ONCE:PER_MINUTE]:
        assert (await checker.check(link)).told == messages.LORA_NOT_FOUND
    assert outcome(await checker.check(links[PER_MINUTE])) == (Fit.CANNOT_TELL, messages.CHECKS_BUSY)
    clock.advance(61)
    assert (await checker.check(links[PER_MINUTE])).told == messages.LORA_NOT_FOUND


async def test_what_names_no_lora_is_refused_before_anybody_is_asked(checker: LoraChecker, hosts: Hosts) -> None:
    with pytest.raises(InvalidRequest):
        await checker.check("http://localhost/x.safetensors")
    with pytest.raises(InvalidRequest) as told:
        checker.to_send("https://civitai.com/models/123", "lora_2")
    assert (told.value.field, told.value.sentence) == ("lora_2", messages.LORA_WHICH_VERSION)
    assert hosts.asked == []
