"""LoRAs in a folder of the host's, by the names of their files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components import messages
from components.errors import InvalidRequest, NoLoraFile
from components.host_loras import HostLoras
from components.lora_check import Fit, LoraChecker
from components.lora_header import Base
from components.lora_sites import Site
from components.settings import Settings

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
    link = checker.to_send(text, "lora_1")
    assert (link.path, link.site) == ("Ink Style.safetensors", Site.HOST)


def test_the_host_s_own_goes_before_the_shelf_s(checker):
    assert checker.to_send("old", "lora_1").path == "old.safetensors"
    assert checker.to_send("shelf", "lora_1").path == "owner/shelf"


@pytest.mark.parametrize(
    "text", ["notes", "notes.txt", "sub", "../Ink Style.safetensors", "/etc/passwd", "nobody's", ".safetensors"]
)
def test_nothing_else_of_the_disk_is_named(checker, text):
    with pytest.raises(InvalidRequest):
        checker.to_send(text, "lora_1")


async def test_a_file_is_looked_at_before_it_is_used(checker):
    told = {name: await checker.check(name) for name in ("ink style", "old", "cut", "page")}
    assert (told["ink style"].fit, told["ink style"].base) == (Fit.FITS, Base.SDXL)
    assert told["old"].fit is Fit.WILL_NOT_FIT
    assert told["cut"].told == messages.FILE_CUT_OFF
    assert told["page"].told == messages.PAGE_IN_PLACE_OF_FILE


def test_a_file_that_is_gone_or_cannot_be_read_is_said(folder):
    loras = HostLoras(folder)
    with pytest.raises(NoLoraFile):
        loras.facts("gone.safetensors")
    with pytest.raises(NoLoraFile):
        loras.facts("../notes.txt")
    with pytest.raises(NoLoraFile):
        HostLoras().facts("Ink Style.safetensors")
    assert messages.LORA_FILE_UNREADABLE.advice


def test_a_folder_that_is_not_there_has_none(tmp_path):
    assert HostLoras(tmp_path / "nowhere").names == {}
    assert HostLoras().names == {}


def test_where_another_paints_the_folder_is_not_offered(tmp_path):
    env = {"PLAYGROUND_BACKEND": "demo", "SDXL_LORA_FOLDER": str(tmp_path)}
    assert Settings.from_env(env).lora_folder is None
