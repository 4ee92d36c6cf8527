"""What the path of a LoRA names: a file of the host, a repository of the Hub, or a download."""

from __future__ import annotations

import pytest

from components.engines.sdxl import messages
from components.engines.sdxl.loras.location import Download, HostFile, HubFile, location_of
from tests.support.lora_downloads import lora, refusal


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("owner/name", HubFile("owner/name")),
        ("https://huggingface.co/owner/name", HubFile("owner/name")),
        ("https://huggingface.co/o/n/resolve/main/a.safetensors", HubFile("o/n", "a.safetensors")),
        ("https://huggingface.co/o/n/blob/v1/b/a%20c.safetensors", HubFile("o/n", "b/a c.safetensors", "v1")),
        ("https://huggingface.co/o/n/resolve/refs/pr/1/a.safetensors", HubFile("o/n", "a.safetensors", "refs/pr/1")),
        # As the app writes a revision, in one part of the path.
        (
            "https://huggingface.co/o/n/resolve/refs%2Fpr%2F1/a.safetensors",
            HubFile("o/n", "a.safetensors", "refs/pr/1"),
        ),
        ("https://huggingface.co/o/n/resolve/old%2Fnames/a.safetensors", HubFile("o/n", "a.safetensors", "old/names")),
        (
            "https://civitai.com/api/download/models/12?type=Model",
            Download("https://civitai.com/api/download/models/12?type=Model"),
        ),
    ],
)
def test_a_path_is_understood(path, place):
    assert location_of(path, None) == place


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
        "https://:pw@civitai.com/a",
        "https://civitai.com:99999/x",
        "https://[::1/x",
        "https://[bad]/x.safetensors",
    ],
)
def test_f26_no_other_host_is_asked(path):
    assert refusal(lambda: location_of(path, None)) == messages.LORA_HOST


@pytest.mark.parametrize(
    "path",
    [
        "",
        "name",
        "a/../b",
        "a/" + "b" * 300,
        "a\0b.safetensors",
        "https://civitai.com\n/x",
        "https://civitai.com/\x01",
        "https://huggingface.co/a--b/c..d",
        "https://huggingface.co/o/n/resolve/main/../../x.safetensors",
        "https://huggingface.co/o/n/resolve/main/..%2f..%2fx.safetensors",
        "https://huggingface.co/o/n/resolve/..%2f..%2fx/a.safetensors",
        "https://huggingface.co/o/n/resolve/a%2f%252e%252e%2fx/a.safetensors",
        "https://huggingface.co/o/n/resolve/a%5cb/a.safetensors",
        "https://huggingface.co/o/n/resolve/main/x%0a.safetensors",
        "https://huggingface.co/o/n/resolve/main/%00.safetensors",
    ],
)
def test_what_names_nothing_is_not_found(path):
    assert refusal(lambda: location_of(path, None)) == messages.LORA_NOT_FOUND


def test_the_hosts_folder_is_the_only_one(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("in/a.safetensors", "b.safetensors"):
        (tmp_path / name).write_bytes(lora())
    (tmp_path / "in" / "link.safetensors").symlink_to(tmp_path / "b.safetensors")
    assert location_of("a.safetensors", tmp_path / "in") == HostFile(tmp_path / "in" / "a.safetensors")
    for name in (
        "a" * 1900 + ".safetensors",
        "../b.safetensors",
        "link.safetensors",
        str(tmp_path / "b.safetensors"),
        "none.safetensors",
    ):
        assert refusal(lambda name=name: location_of(name, tmp_path / "in")) == messages.LORA_OUTSIDE_FOLDER
    assert refusal(lambda: location_of("a.safetensors", None)) == messages.LORA_OUTSIDE_FOLDER
