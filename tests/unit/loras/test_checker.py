"""The check of a LoRA before money is spent: by its header alone, through the guarded network (S06)."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import pytest

from components import messages
from components.api.client import Endpoint, HttpPool
from components.loras.checker import HEADER_LIMIT, Fit, LoraChecker
from components.loras.safetensors_header import BaseModelFamily
from components.messages.catalogue import Text
from components.messages.message import Message
from components.services.backend import Backend
from tests.support.addresses import HERE
from tests.support.fake_clock import FakeClock
from tests.support.lora_sites import (
    API,
    DOWNLOAD,
    LINK,
    USUAL,
    VERSION,
    WEIGHTS,
    FakeSites,
    Reply,
    gives,
    outcome,
    part,
    sends_on,
    siblings,
)
from tests.support.safetensors_files import KOHYA, file, kohya, tensor


async def test_a_repository_s_lora_fits(checker: LoraChecker, hosts: FakeSites) -> None:
    hosts.at[API] = gives(
        siblings(
            "README.md", "other.safetensors", "pytorch_lora_weights.safetensors", cardData={"instance_prompt": "px"}
        )
    )
    hosts.at[USUAL] = sends_on("https://cdn.example.org/blob")
    hosts.at["https://cdn.example.org/blob"] = part(kohya({"modelspec.title": "Pixels"}) + WEIGHTS)
    verdict = await checker.check("https://huggingface.co/owner/name", HERE)
    assert outcome(verdict) == (Fit.FITS, messages.lora_fits(16))
    assert (verdict.link.path, verdict.trigger_words, verdict.rank) == ("owner/name", ("px",), 16)
    assert (verdict.base, verdict.title) == (BaseModelFamily.SDXL, "Pixels")
    for request in hosts.requests:
        assert not {"authorization", "cookie"} & set(request.headers)
        assert request.headers["accept-encoding"] == "identity"
        assert request.headers["range"].startswith("bytes=0-")


@pytest.mark.parametrize(
    ("name", "fit"),
    [
        ("owner/kolors-ink", Fit.WILL_NOT_FIT),
        ("owner/Kolors_Ink", Fit.WILL_NOT_FIT),
        ("owner/colors-ink", Fit.FITS),
        ("owner/kolors-ink-sdxl", Fit.FITS),
    ],
)
async def test_h5_a_name_tells_kolors_whose_tensors_are_those_of_sdxl(
    checker: LoraChecker, hosts: FakeSites, name: str, fit: Fit
) -> None:
    hosts.at[f"https://huggingface.co/api/models/{name}"] = gives(siblings("pytorch_lora_weights.safetensors"))
    file_at = f"https://huggingface.co/{name}/resolve/main/pytorch_lora_weights.safetensors"
    hosts.at[file_at] = part(kohya() + WEIGHTS)
    assert (await checker.check(name, HERE)).fit is fit


ANOTHER = Text("lora_base.another_kind")


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
    checker: LoraChecker, hosts: FakeSites, answer: Any, fit: Fit, told: Message | str
) -> None:
    hosts.at[API] = gives(answer)
    verdict = await checker.check("owner/name", HERE)
    wanted = messages.lora_several_files(tuple(told.split(", "))) if isinstance(told, str) else told
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
        (
            part(file({"model.diffusion_model.out.2.weight": tensor(4, 320)}) + WEIGHTS),
            Fit.WILL_NOT_FIT,
            messages.no_lora_but("model"),
        ),
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
    checker: LoraChecker, hosts: FakeSites, reply: Reply | bytes, fit: Fit, told: Message
) -> None:
    hosts.at[LINK] = gives(reply + b"0" * HEADER_LIMIT) if isinstance(reply, bytes) else reply
    assert outcome(await checker.check(LINK, HERE)) == (fit, told)
    assert len(hosts.requests) <= 6, "five redirects and no more"


async def test_a_lora_of_an_architecture_that_the_backend_loads_works(hosts: FakeSites, clock: FakeClock) -> None:
    outside = HttpPool(lambda: httpx.AsyncClient(transport=httpx.MockTransport(hosts)))
    checker = LoraChecker(outside, clock, loaded=Backend.sdxl(Endpoint("http://127.0.0.1", "")).loads_loras)
    loha = {f"{KOHYA}.hada_{half}_{side}": tensor(640, 4) for half in ("w1", "w2") for side in "a"}
    hosts.at[LINK] = part(file(loha | {f"{KOHYA}.hada_w1_b": tensor(4, 2048)}) + WEIGHTS)
    verdict = await checker.check(LINK, HERE)
    await outside.aclose()
    assert outcome(verdict) == (Fit.FITS, messages.lora_fits(verdict.rank))


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadError, httpx.ReadTimeout, httpx.ProxyError])
async def test_trouble_of_the_network_is_said_calmly(
    checker: LoraChecker, hosts: FakeSites, error: type[httpx.TransportError]
) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        raise error("no way out", request=request)

    hosts.at[API] = breaks
    assert outcome(await checker.check("owner/name", HERE)) == (Fit.CANNOT_TELL, messages.SITE_NOT_REACHED)


def version(base: str = "SDXL 1.0", kind: str = "LORA", **more: Any) -> dict[str, Any]:
    told = {"id": 456, "baseModel": base, "trainedWords": ["toy face", " "], "model": {"name": "Toys", "type": kind}}
    return told | more


async def test_a_civitai_page_is_given_its_newest_version(checker: LoraChecker, hosts: FakeSites) -> None:
    newest = {"id": 456, "baseModel": "Illustrious", "trainedWords": ["toy face"]}
    model = {"type": "LORA", "name": "Toys", "modelVersions": [newest, {"id": 1, "baseModel": "SD 1.5"}]}
    hosts.at["https://civitai.com/api/v1/models/123"] = gives(model)
    hosts.at[DOWNLOAD] = part(kohya() + WEIGHTS)
    verdict = await checker.check("https://civitai.com/models/123/toys", HERE)
    assert outcome(verdict) == (Fit.FITS, messages.lora_fits_of_kin("Illustrious"))
    assert (verdict.link.path, verdict.trigger_words, verdict.title) == (DOWNLOAD, ("toy face",), "Toys")


@pytest.mark.parametrize(
    ("told_of_it", "file_at", "fit", "told"),
    [
        (version(), part(kohya() + WEIGHTS), Fit.FITS, messages.lora_fits(16)),
        (version("Pony"), part(kohya() + WEIGHTS), Fit.FITS, messages.lora_fits_of_kin("Pony")),
        (version("NoobAI"), part(kohya() + WEIGHTS), Fit.FITS, messages.lora_fits_of_kin("NoobAI")),
        (version("SDXL Lightning"), part(kohya() + WEIGHTS), Fit.FITS, messages.lora_fits(16)),
        # H5: Kolors has SDXL's UNet. Pony V7 was made from AuraFlow.
        (version("Kolors"), part(kohya() + WEIGHTS), Fit.WILL_NOT_FIT, messages.lora_for_another("Kolors")),
        (version("Pony V7"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.lora_for_another(ANOTHER)),
        (version("Qwen"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.lora_for_another("Qwen-Image")),
        (version("ZImageTurbo"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.lora_for_another("Z-Image")),
        (version("HiDream"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.lora_for_another("HiDream")),
        (version("Other"), gives(b"", 500), Fit.CANNOT_TELL, messages.SITE_REFUSES),
        (version("Pony"), gives(b"", 401), Fit.WILL_NOT_FIT, messages.LORA_LOGIN),
        (version("Flux.1 D"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.lora_for_another("FLUX")),
        (version("SD 1.5"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.lora_for_another("Stable Diffusion 1.5")),
        (
            version("Wan 2.2"),
            gives(b"", 500),
            Fit.WILL_NOT_FIT,
            messages.lora_for_another(ANOTHER),
        ),
        (version(), gives(b"", 500), Fit.CANNOT_TELL, messages.SITE_REFUSES),
        (version(kind="Checkpoint"), gives(b"", 500), Fit.WILL_NOT_FIT, messages.LORA_OTHER_KIND),
        (version(id="456"), gives(b"", 500), Fit.CANNOT_TELL, messages.SITE_REFUSES),
        ({"x": 1}, gives(b"", 500), Fit.CANNOT_TELL, messages.SITE_REFUSES),
    ],
)
async def test_a_civitai_version(
    checker: LoraChecker, hosts: FakeSites, told_of_it: Any, file_at: Reply, fit: Fit, told: Message
) -> None:
    hosts.at[VERSION], hosts.at[DOWNLOAD] = gives(told_of_it), file_at
    verdict = await checker.check("civitai:123@456", HERE)
    assert outcome(verdict) == (fit, told)
    assert verdict.link.path == DOWNLOAD


RED = "https://civitai.red"


@pytest.mark.parametrize("reply", [gives(version()), gives(b"", 500), gives(b"", 404)])
async def test_civitai_red_is_asked_first_where_it_was_given(
    checker: LoraChecker, hosts: FakeSites, reply: Reply
) -> None:
    """willmiao/ComfyUI-Lora-Manager#897, gutris1/sd-hub#49: some LoRAs are at one of the two hosts alone."""
    hosts.at[VERSION.replace("https://civitai.com", RED)] = reply
    hosts.at[VERSION] = gives(version())
    red = DOWNLOAD.replace("https://civitai.com", RED)
    hosts.at[f"{red}?fileId=7"] = hosts.at[f"{DOWNLOAD}?fileId=7"] = part(kohya() + WEIGHTS)
    verdict = await checker.check(f"{red}?fileId=7", HERE)
    assert verdict.fit is Fit.FITS
    used = DOWNLOAD if VERSION in hosts.urls else red
    assert verdict.link.path == hosts.urls[-1] == f"{used}?fileId=7"
    assert hosts.urls[0].startswith(RED)


async def test_a_page_of_civitai_red_is_given_its_newest_version_there(checker: LoraChecker, hosts: FakeSites) -> None:
    model = {"type": "LORA", "name": "Toys", "modelVersions": [{"id": 456, "baseModel": "SDXL 1.0"}]}
    hosts.at[f"{RED}/api/v1/models/123"] = gives(model)
    hosts.at[f"{RED}/api/download/models/456"] = part(kohya() + WEIGHTS)
    verdict = await checker.check(f"{RED}/models/123/toys", HERE)
    assert outcome(verdict) == (Fit.FITS, messages.lora_fits(16))
    assert verdict.link.path == f"{RED}/api/download/models/456"


async def test_what_civitai_red_says_of_its_model_is_believed(checker: LoraChecker, hosts: FakeSites) -> None:
    hosts.at[VERSION.replace("https://civitai.com", RED)] = gives(version(kind="Checkpoint"))
    verdict = await checker.check(f"{RED}/models/123?modelVersionId=456", HERE)
    assert outcome(verdict) == (Fit.WILL_NOT_FIT, messages.LORA_OTHER_KIND)


async def test_a_model_without_versions(checker: LoraChecker, hosts: FakeSites) -> None:
    hosts.at["https://civitai.com/api/v1/models/123"] = gives({"type": "LORA", "modelVersions": []})
    verdict = await checker.check("https://civitai.com/models/123", HERE)
    assert outcome(verdict) == (Fit.WILL_NOT_FIT, messages.LORA_NOT_FOUND)


async def test_a_pasted_token_goes_nowhere(checker: LoraChecker, hosts: FakeSites) -> None:
    hosts.at[VERSION], hosts.at[DOWNLOAD] = gives(version()), part(kohya() + WEIGHTS)
    verdict = await checker.check(f"{DOWNLOAD}?token=canary", HERE)
    assert verdict.fit is Fit.FITS
    assert not any("canary" in url for url in hosts.urls)
    assert "canary" not in verdict.link.path
