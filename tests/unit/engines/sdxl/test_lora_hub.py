"""LoRA downloads from the Hub."""

from __future__ import annotations

from components.engines.sdxl import messages
from components.engines.sdxl.loras.hub import chosen_file
from components.engines.sdxl.loras.location import HubFile
from tests.support.lora_downloads import hub_fetcher, lora, refusal, silent


def test_a_repository_with_one_lora_is_fetched_once_and_found_without_network(hub, tmp_path):
    fetcher = hub_fetcher(tmp_path)
    told: list[float] = []
    path = fetcher.file(HubFile("owner/lora"), told.append)
    assert path.read_bytes() == lora()
    assert told[-1] == 1.0
    assert hub.fetched == ["a.safetensors"]
    asked = list(hub.requests)
    assert fetcher.file(HubFile("owner/lora"), silent) == path
    assert hub.requests == asked, "not for each picture"
    hub.close()
    assert hub_fetcher(tmp_path).file(HubFile("owner/lora"), silent).read_bytes() == lora()
    assert refusal(lambda: fetcher.file(HubFile("owner/other"), silent)) == messages.LORA_AWAY


def test_what_the_hub_does_not_have(hub, tmp_path):
    fetcher = hub_fetcher(tmp_path)
    assert refusal(lambda: fetcher.file(HubFile("owner/none"), silent)) == messages.LORA_NOT_FOUND
    assert refusal(lambda: fetcher.file(HubFile("owner/lora", "b.safetensors"), silent)) == messages.LORA_NOT_FOUND
    small = hub_fetcher(tmp_path, largest=100)
    assert refusal(lambda: small.file(HubFile("owner/lora"), silent)) == messages.LORA_TOO_LARGE
    assert hub.fetched == []


def test_which_file_of_a_repository():
    assert chosen_file(["a.safetensors", "pytorch_lora_weights.safetensors"]) == "pytorch_lora_weights.safetensors"
    assert chosen_file(["README.md", "b/a.safetensors"]) == "b/a.safetensors"
    assert refusal(lambda: chosen_file(["a.bin"])) == messages.LORA_NOT_FOUND
    assert refusal(lambda: chosen_file(["a.safetensors", "b.safetensors"])) == messages.LORA_SEVERAL


def test_s06_the_hub_is_never_shown_the_hosts_token(hub, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub_fetcher(tmp_path).check(HubFile("owner/lora"))
    hub_fetcher(tmp_path).file(HubFile("owner/lora"), silent)
    assert len(hub.requests) > 3
    assert hub.authorizations == {None}
