"""What is fetched of a model and of a LoRA, and from where; the network is loopback alone."""

from __future__ import annotations

import json
import struct
from dataclasses import replace

import httpx
import pytest

from components.engines.sdxl import sentences
from components.engines.sdxl.answers import in_time
from components.engines.sdxl.civitai_loras import CivitaiLoras, check_public
from components.engines.sdxl.fetch_lora import MEMORY, LoraFetcher
from components.engines.sdxl.hub_loras import HubLoras, chosen_file
from components.engines.sdxl.lora_places import Download, HostFile, HubFile, place_of
from components.engines.sdxl.model_files import (
    BASE_PARTS,
    REFINER_PARTS,
    is_complete,
    on_this_machine,
    variant,
    wanted,
)
from components.errors import EngineError
from tests.engines.fake_hub import FakeHub

PARTS = ("unet", "vae", "text_encoder", "text_encoder_2")
CONFIGS = {f"{part}/config.json": b"{}" for part in PARTS}
WEIGHTS = {
    f"{part}/{'model' if 'text' in part else 'diffusion_pytorch_model'}{half}.safetensors": part.encode() * 1000
    for part in PARTS
    for half in ("", ".fp16")
}
REST = {
    "model_index.json": b"{}",
    "scheduler/scheduler_config.json": b"{}",
    "tokenizer/vocab.json": b"{}",
    "tokenizer/merges.txt": b"",
    "tokenizer_2/vocab.json": b"{}",
    "tokenizer_2/merges.txt": b"",
}
EXTRA = {
    "README.md": b"",
    "sd_xl_base_1.0.safetensors": b"whole",
    "unet/model.onnx": b"onnx",
    "unet/diffusion_pytorch_model.bin": b"pickle",
    "vae_1_0/diffusion_pytorch_model.safetensors": b"another",
}
MODEL = {name: name.encode() + data for name, data in {**CONFIGS, **WEIGHTS, **REST, **EXTRA}.items()}
"""No two files are the same, as the Hub's library would fetch them but once."""


def lora(width: int = 2048, padding: int = 0) -> bytes:
    """The smallest LoRA of SDXL there is; `padding` is added to its header."""
    stem = "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k"
    header = {
        f"{stem}.lora_A.weight": {"dtype": "F32", "shape": [1, width], "data_offsets": [0, 4 * width]},
        f"{stem}.lora_B.weight": {"dtype": "F32", "shape": [1, 1], "data_offsets": [4 * width, 4 * width + 4]},
    }
    head = json.dumps(header).encode() + b" " * padding
    return struct.pack("<Q", len(head)) + head + bytes(4 * width + 4)


@pytest.fixture
def hub(monkeypatch, tmp_path):
    constants = pytest.importorskip("huggingface_hub.constants")
    fake = FakeHub({"owner/model": dict(MODEL), "owner/lora": {"a.safetensors": lora(), "README.md": b""}})
    monkeypatch.setattr(constants, "ENDPOINT", fake.url)
    template = fake.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    yield fake
    fake.close()


class Stopped(Exception):
    """Nobody wants it any more."""


def hub_fetcher(tmp_path, **options) -> LoraFetcher:
    return LoraFetcher(CivitaiLoras(tmp_path / "loras"), HubLoras(**options))


def silent(share: float) -> None:
    """Nobody looks."""


def refusal(work) -> object:
    with pytest.raises(EngineError) as caught:
        work()
    return caught.value.sentence


# --- models ---


def test_of_a_model_each_part_is_fetched_once_and_as_half():
    chosen = wanted(MODEL, BASE_PARTS)
    assert set(chosen) == {*CONFIGS, *REST} | {name for name in WEIGHTS if ".fp16." in name}
    assert len(chosen) == len(set(chosen))


def test_where_there_are_no_halves_the_whole_is_fetched():
    whole = [name for name in MODEL if ".fp16." not in name]
    assert {name for name in WEIGHTS if ".fp16." not in name} <= set(wanted(whole, BASE_PARTS))
    mixed = [name for name in MODEL if name != "vae/diffusion_pytorch_model.fp16.safetensors"]
    assert "vae/diffusion_pytorch_model.safetensors" in wanted(mixed, BASE_PARTS)


def test_of_the_refiner_only_its_own_parts_are_fetched():
    assert {name.partition("/")[0] for name in wanted(MODEL, REFINER_PARTS)} == {
        "model_index.json",
        "unet",
        "scheduler",
    }


def test_a_model_is_fetched_with_progress_and_then_never_asked_for_again(hub):
    told: list[float] = []
    folder = on_this_machine("owner/model", BASE_PARTS, told.append)
    assert is_complete(folder, BASE_PARTS)
    assert variant(folder) == "fp16"
    assert set(hub.fetched) == set(wanted(MODEL, BASE_PARTS))
    assert told == sorted(told)
    assert told[-1] == 1.0
    asked = list(hub.asked)
    assert on_this_machine("owner/model", BASE_PARTS, told.append) == folder
    assert hub.asked == asked, "offline once it is there"


def test_a_fetch_that_was_stopped_is_taken_up_again(hub):
    def stop(share: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        on_this_machine("owner/model", BASE_PARTS, stop)
    assert is_complete(on_this_machine("owner/model", BASE_PARTS, silent), BASE_PARTS)


@pytest.mark.parametrize("missing", ["unet/diffusion_pytorch_model.fp16.safetensors", "vae/config.json"])
def test_a_folder_that_lacks_a_part_is_not_complete(hub, missing):
    folder = on_this_machine("owner/model", BASE_PARTS, silent)
    (folder / missing).unlink()
    assert not is_complete(folder, BASE_PARTS)


def test_a_model_that_cannot_be_fetched_is_a_sentence(hub):
    assert refusal(lambda: on_this_machine("owner/nothing", BASE_PARTS, silent)) == sentences.NO_MODEL
    hub.close()
    assert refusal(lambda: on_this_machine("owner/other", BASE_PARTS, silent)) == sentences.NO_MODEL


# --- LoRAs: where ---


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("owner/name", HubFile("owner/name")),
        ("https://huggingface.co/owner/name", HubFile("owner/name")),
        ("https://huggingface.co/o/n/resolve/main/a.safetensors", HubFile("o/n", "a.safetensors")),
        ("https://huggingface.co/o/n/blob/v1/b/a%20c.safetensors", HubFile("o/n", "b/a c.safetensors", "v1")),
        ("https://huggingface.co/o/n/resolve/refs/pr/1/a.safetensors", HubFile("o/n", "a.safetensors", "refs/pr/1")),
        (
            "https://civitai.com/api/download/models/12?type=Model",
            Download("https://civitai.com/api/download/models/12?type=Model"),
        ),
    ],
)
def test_a_path_is_understood(path, place):
    assert place_of(path, None) == place


@pytest.mark.parametrize(
    "path",
    [
        "http://huggingface.co/o/n",
        "https://elsewhere.test/a.safetensors",
        "https://huggingface.co.elsewhere.test/o/n",
        "https://user@huggingface.co/o/n",
        "https://huggingface.co:8443/o/n",
        "https://127.0.0.1/a.safetensors",
        "file:///etc/passwd",
        "ftp://civitai.com/a.safetensors",
    ],
)
def test_f26_no_other_host_is_asked(path):
    assert refusal(lambda: place_of(path, None)) == sentences.LORA_HOST


@pytest.mark.parametrize("path", ["", "name", "a/../b", "https://huggingface.co/o/n/resolve/main/../../x.safetensors"])
def test_what_names_nothing_is_not_found(path):
    assert refusal(lambda: place_of(path, None)) == sentences.LORA_NOT_FOUND


def test_the_hosts_folder_is_the_only_one(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("in/a.safetensors", "b.safetensors"):
        (tmp_path / name).write_bytes(lora())
    (tmp_path / "in" / "link.safetensors").symlink_to(tmp_path / "b.safetensors")
    assert place_of("a.safetensors", tmp_path / "in") == HostFile(tmp_path / "in" / "a.safetensors")
    for name in ("../b.safetensors", "link.safetensors", str(tmp_path / "b.safetensors"), "none.safetensors"):
        assert refusal(lambda name=name: place_of(name, tmp_path / "in")) == sentences.LORA_OUTSIDE_FOLDER
    assert refusal(lambda: place_of("a.safetensors", None)) == sentences.LORA_OUTSIDE_FOLDER


@pytest.mark.parametrize(
    "url", ["https://localhost/a", "https://127.0.0.1/a", "https://[::1]/a", "https://10.0.0.1/a"]
)
def test_f26_a_name_that_leads_inside_is_refused(url):
    assert refusal(lambda: check_public(url)) == sentences.LORA_HOST


# --- LoRAs: from the Hub ---


def test_a_repository_with_one_lora_is_fetched_once_and_found_without_network(hub, tmp_path):
    fetcher = hub_fetcher(tmp_path)
    told: list[float] = []
    path = fetcher.file(HubFile("owner/lora"), told.append)
    assert path.read_bytes() == lora()
    assert told[-1] == 1.0
    assert hub.fetched == ["a.safetensors"]
    hub.close()
    assert fetcher.file(HubFile("owner/lora"), silent).read_bytes() == lora()
    assert refusal(lambda: fetcher.file(HubFile("owner/other"), silent)) == sentences.LORA_AWAY


def test_what_the_hub_does_not_have(hub, tmp_path):
    fetcher = hub_fetcher(tmp_path)
    assert refusal(lambda: fetcher.file(HubFile("owner/none"), silent)) == sentences.LORA_NOT_FOUND
    assert refusal(lambda: fetcher.file(HubFile("owner/lora", "b.safetensors"), silent)) == sentences.LORA_NOT_FOUND
    small = hub_fetcher(tmp_path, largest=100)
    assert refusal(lambda: small.file(HubFile("owner/lora"), silent)) == sentences.LORA_TOO_LARGE
    assert hub.fetched == []


def test_which_file_of_a_repository():
    assert chosen_file(["a.safetensors", "pytorch_lora_weights.safetensors"]) == "pytorch_lora_weights.safetensors"
    assert chosen_file(["README.md", "b/a.safetensors"]) == "b/a.safetensors"
    assert refusal(lambda: chosen_file(["a.bin"])) == sentences.LORA_NOT_FOUND
    assert refusal(lambda: chosen_file(["a.safetensors", "b.safetensors"])) == sentences.LORA_SEVERAL


# --- LoRAs: from Civitai ---

URL = "https://civitai.com/api/download/models/1"
FILE = "https://delivery.r2.cloudflarestorage.com/file?signed=1"


def civitai(tmp_path, answers, **options) -> tuple[LoraFetcher, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers[str(request.url)]

    return LoraFetcher(CivitaiLoras(tmp_path / "loras", transport=httpx.MockTransport(handle), **options)), seen


def to(url: str) -> httpx.Response:
    return httpx.Response(307, headers={"location": url})


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
        ({URL: to("https://elsewhere.test/x")}, sentences.LORA_HOST),
        ({URL: to("http://civitai.com/x")}, sentences.LORA_HOST),
        ({URL: to("https://127.0.0.1/x")}, sentences.LORA_HOST),
        ({URL: to(URL)}, sentences.LORA_AWAY),
        ({URL: httpx.Response(401)}, sentences.LORA_NO_ACCESS),
        ({URL: httpx.Response(404)}, sentences.LORA_NOT_FOUND),
        ({URL: httpx.Response(500)}, sentences.LORA_AWAY),
        ({URL: httpx.Response(200, content=b"<!DOCTYPE html><html>Log in</html>" * 9)}, sentences.LORA_PAGE),
        ({URL: httpx.Response(200, content=b"PK\x03\x04" + bytes(200))}, sentences.LORA_PICKLE),
        ({URL: httpx.Response(200, content=lora()[:-9])}, sentences.LORA_CUT_OFF),
        ({URL: httpx.Response(200, content=lora(768))}, sentences.LORA_SD1),
        ({URL: httpx.Response(200, content=b"")}, sentences.LORA_EMPTY),
    ],
)
def test_what_can_go_wrong_there_has_its_sentence_and_leaves_nothing(tmp_path, answers, sentence):
    fetcher, _ = civitai(tmp_path, answers)
    assert refusal(lambda: fetcher.file(Download(URL), silent)) == sentence
    assert list((tmp_path / "loras").iterdir()) == []


def test_s09_too_large_a_file_is_not_fetched_to_its_end(tmp_path):
    fetcher, _ = civitai(tmp_path, {URL: httpx.Response(200, content=lora())}, largest=1000)
    assert refusal(lambda: fetcher.file(Download(URL), silent)) == sentences.LORA_TOO_LARGE
    assert list((tmp_path / "loras").iterdir()) == []


def test_a_fetch_that_nobody_wants_any_more_stops(tmp_path):
    fetcher, _ = civitai(tmp_path, {URL: httpx.Response(200, content=lora())})

    def stop(share: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        fetcher.file(Download(URL), stop)
    assert list((tmp_path / "loras").iterdir()) == []


# --- LoRAs: looked at before anybody waits ---


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (lora(768), sentences.LORA_SD1),
        (lora()[:-9], sentences.LORA_CUT_OFF),
        (b"<!DOCTYPE html><html>Log in</html>" * 9, sentences.LORA_PAGE),
        (b"PK\x03\x04" + bytes(200), sentences.LORA_PICKLE),
        (b"", sentences.LORA_EMPTY),
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

    assert [of_civitai(status) for status in (401, 404)] == [sentences.LORA_NO_ACCESS, sentences.LORA_NOT_FOUND]
    fetcher = hub_fetcher(tmp_path)
    assert refusal(lambda: fetcher.check(HubFile("owner/none"))) == sentences.LORA_NOT_FOUND
    assert refusal(lambda: fetcher.check(HubFile("owner/lora", "b.safetensors"))) == sentences.LORA_NOT_FOUND
    hub.repositories["owner/two"] = {"a.safetensors": lora(), "b.safetensors": lora()}
    assert refusal(lambda: fetcher.check(HubFile("owner/two"))) == sentences.LORA_SEVERAL
    small = hub_fetcher(tmp_path, largest=100)
    assert refusal(lambda: small.check(HubFile("owner/lora"))) == sentences.LORA_TOO_LARGE


def test_where_nobody_can_be_asked_the_lora_may_wait(hub, tmp_path):
    hub.close()
    hub_fetcher(tmp_path).check(HubFile("owner/lora"))
    civitai(tmp_path, {URL: httpx.Response(500)})[0].check(Download(URL))


def test_what_was_fetched_is_looked_at_here(hub, tmp_path):
    hub.repositories["owner/lora"] = {"a.safetensors": lora(768)}
    hub_fetcher(tmp_path).file(HubFile("owner/lora"), silent)
    hub.close()
    assert refusal(lambda: hub_fetcher(tmp_path).check(HubFile("owner/lora"))) == sentences.LORA_SD1


def test_the_pictures_of_one_click_ask_once(tmp_path):
    now = 0.0
    answers = {URL: httpx.Response(200, content=lora(768))}
    fetcher, seen = civitai(tmp_path, answers)
    fetcher = replace(fetcher, clock=lambda: now)
    for _ in range(25):
        assert refusal(lambda: fetcher.check(Download(URL))) == sentences.LORA_SD1
    assert len(seen) == 1
    now = MEMORY
    answers[URL] = httpx.Response(200, content=lora())
    fetcher.check(Download(URL))
    assert len(seen) == 2


def test_f26_a_header_that_drips_is_not_waited_for(monkeypatch):
    now = iter(range(0, 100, 3))
    monkeypatch.setattr("components.engines.sdxl.answers.time.monotonic", lambda: float(next(now)))
    assert refusal(lambda: list(in_time([b"x"] * 9, 8.0))) == sentences.LORA_AWAY
