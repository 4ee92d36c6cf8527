"""LoRAs in a folder of the host's, by the names of their files."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest
from blockbuster import blockbuster_ctx
from starlette.requests import Request

from components import messages
from components.api.client import Endpoint
from components.domain.job import Job
from components.domain.person import Person
from components.domain.request import LoraWeight, SourceImage
from components.errors import InvalidRequest, NotALora, TooManyJobs
from components.jobs.submission import Submission
from components.loras.checker import Fit, LoraChecker
from components.loras.host_folder import HostLoras
from components.loras.safetensors_header import BaseModelFamily
from components.loras.sites import Site
from components.services.backend import Backend
from components.services.playground import Playground
from components.settings import Settings
from components.storage.store import Store
from components.ui.page import Page
from components.ui.panels.lora_rows import _server_functions
from components.ui.programs.generate import generate_endpoint
from components.ui.programs.picture_calls import PictureCalls
from components.ui.routes.source_images import _add
from tests.support.addresses import HERE
from tests.support.core import host_config
from tests.support.scripted_api import BASE
from tests.support.scripted_api import KEY as API_KEY

KEY = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight"


def lora(width: int = 2048) -> bytes:
    """A file with one pair of half a LoRA's matrices, as wide as the model's words."""
    names = {KEY: [4, width], KEY.replace("down", "up"): [640, 4]}
    offset, header = 0, {}
    for name, shape in names.items():
        size = 2 * shape[0] * shape[1]
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    told = json.dumps(header).encode()
    return len(told).to_bytes(8, "little") + told + bytes(offset)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "Ink Style.safetensors").write_bytes(lora())
    (tmp_path / "old.safetensors").write_bytes(lora(768))
    (tmp_path / "cut.safetensors").write_bytes(lora()[:400])
    (tmp_path / "page.safetensors").write_text("<!doctype html>")
    (tmp_path / "notes.txt").write_text("not one")
    (tmp_path / "sub.safetensors").mkdir()
    return tmp_path


@pytest.fixture
def checker(folder, clock):
    return LoraChecker(None, clock, {"shelf": "owner/shelf", "old": "owner/old"}, HostLoras(folder))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["ink style", "Ink Style.safetensors", "<lora:Ink Style:0.5>", " INK STYLE "])
def test_a_file_is_named_with_or_without_its_ending(checker, text):
    link = checker.resolve(text, "lora_1")
    assert (link.path, link.site) == ("Ink Style.safetensors", Site.HOST)


def test_the_host_s_own_goes_before_the_shelf_s(checker):
    assert checker.resolve("old", "lora_1").path == "old.safetensors"
    assert checker.resolve("shelf", "lora_1").path == "owner/shelf"


@pytest.mark.parametrize(
    "text", ["notes", "notes.txt", "sub", "../Ink Style.safetensors", "/etc/passwd", "nobody's", ".safetensors"]
)
def test_nothing_else_of_the_disk_is_named(checker, text):
    with pytest.raises(InvalidRequest):
        checker.resolve(text, "lora_1")


async def test_a_file_is_looked_at_before_it_is_used(checker):
    told = {name: await checker.check(name, HERE) for name in ("ink style", "old", "cut", "page")}
    assert (told["ink style"].fit, told["ink style"].base) == (Fit.FITS, BaseModelFamily.SDXL)
    assert told["old"].fit is Fit.WILL_NOT_FIT
    assert told["cut"].message == messages.FILE_CUT_OFF
    assert told["page"].message == messages.PAGE_IN_PLACE_OF_FILE


def test_a_file_that_is_gone_or_cannot_be_read_is_said(folder):
    loras = HostLoras(folder)
    with pytest.raises(NotALora):
        loras.facts("gone.safetensors")
    with pytest.raises(NotALora):
        loras.facts("../notes.txt")
    with pytest.raises(NotALora):
        HostLoras().facts("Ink Style.safetensors")
    assert messages.LORA_FILE_UNREADABLE.advice


def test_a_folder_that_is_not_there_has_none(tmp_path):
    assert HostLoras(tmp_path / "nowhere").names == {}
    assert HostLoras().names == {}


def test_where_another_paints_the_folder_is_not_offered(tmp_path):
    env = {"PLAYGROUND_BACKEND": "demo", "SDXL_LORA_FOLDER": str(tmp_path)}
    assert Settings.from_env(env).lora_folder is None


# --- the event loop: the folder may lie on a slow disk ---

NAME = "Ink Style.safetensors"
TOKEN = "0" * 32


@pytest.fixture
async def asked(folder, tmp_path_factory) -> AsyncGenerator[SimpleNamespace]:
    """The app before a folder of LoRAs, and the clicks that reach the core."""
    backend = Backend.sdxl(Endpoint(BASE, API_KEY))
    store = Store(tmp_path_factory.mktemp("store"))
    playground = Playground(backend, store, host_config(backend, host_loras=HostLoras(folder)))
    submissions: list[Submission] = []

    async def start(person: Person, submission: Submission, token: str) -> tuple[Job, ...]:
        submissions.append(submission)
        raise TooManyJobs(messages.TOO_MANY_OF_ALL)

    playground.start = start  # type: ignore[method-assign]
    yield SimpleNamespace(playground=playground, submissions=submissions)
    store.close()


def sent(submissions: list[Submission]) -> tuple[LoraWeight, ...]:
    return submissions[0].requests[0].loras


async def test_the_rows_are_answered_without_listing_the_folder_on_the_event_loop(checker):
    parse_lora, check, take_tags = _server_functions(checker)
    with blockbuster_ctx():
        parsed = await parse_lora({"text": "ink style"})
        checked = await check({"text": "ink style"}, None)
        taken = await take_tags({"prompt": "a fox <lora:ink style:0.5>"})
    assert parsed["path"] == checked["path"] == taken["loras"][0]["path"] == NAME


async def test_a_press_does_not_list_the_folder_on_the_event_loop(asked):
    page = Page(asked.playground)
    values = {name: cast("Any", widget).value for name, widget in page._inputs.items()}
    values |= {"prompt": "a fox <lora:old:1>", "lora_1": "ink style", "seed": 1}
    ticket = {"visitor": TOKEN, "click": TOKEN}
    request = gr.Request(Request({"type": "http", "headers": [], "client": ("127.0.0.1", 1), "path": "/"}))
    with blockbuster_ctx():
        await page.generate(request, ticket=ticket, comparison=None, **values)
    assert {lora.path for lora in sent(asked.submissions)} == {NAME, "old.safetensors"}


async def test_a_program_s_request_does_not_list_the_folder_on_the_event_loop(asked):
    generate = generate_endpoint(PictureCalls(asked.playground))
    with blockbuster_ctx(), pytest.raises(gr.Error):
        await generate("a fox", loras=[{"path": "ink style"}])
    assert sent(asked.submissions) == (LoraWeight(NAME),)


async def test_a_picture_given_does_not_list_the_folder_on_the_event_loop(asked):
    async def take(person: Person, body: bytes) -> SourceImage:
        return SourceImage(f"{TOKEN}.png", "0" * 64, 1024, 1024)

    asked.playground.source_images = SimpleNamespace(add=take)
    request = Request({"type": "http", "headers": []})
    with blockbuster_ctx():
        taken = await _add(asked.playground, Person(TOKEN), request, b"no recipe in it")
    assert taken["match"] == {"width": 1024, "height": 1024}
