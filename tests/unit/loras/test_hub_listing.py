"""What the search makes of an answer of Hugging Face's list of models, in the shape of its `expand` fields."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from components import messages
from components.errors import SiteUnavailable
from components.loras.hub_listing import MOST_FILES, MOST_FOUND, HubLora, SearchOrder, listing_url, read_listing
from tests.support.hub_models import model


def only(**fields: Any) -> HubLora:
    (found,) = read_listing(json.dumps([model(**fields)]).encode())
    return found


def is_left_out(**fields: Any) -> bool:
    return read_listing(json.dumps([model(**fields)]).encode()) == ()


def test_the_request_names_loras_of_sdxl_their_order_and_all_fields_that_are_read() -> None:
    url = urlsplit(listing_url("pixel art", SearchOrder.NEWEST))
    query = parse_qs(url.query)
    assert (url.scheme, url.netloc, url.path) == ("https", "huggingface.co", "/api/models")
    assert query["filter"] == ["lora", "base_model:adapter:stabilityai/stable-diffusion-xl-base-1.0"]
    assert (query["search"], query["sort"], query["gated"]) == (["pixel art"], ["createdAt"], ["false"])
    assert query["limit"] == [str(MOST_FOUND)]
    assert set(query["expand"]) == {"author", "cardData", "gated", "likes", "private", "siblings", "tags"}
    assert "search" not in parse_qs(urlsplit(listing_url("", SearchOrder.MOST_LIKED)).query)


def test_a_lora_has_what_its_card_says() -> None:
    found = only(cardData={"license": "openrail++", "instance_prompt": "px, 8 bit"}, likes=12)
    assert (found.path, found.likes, found.license) == ("owner/name", 12, "openrail++")
    assert found.trigger_words == ("px, 8 bit",)
    assert found.files == (("name.safetensors", "owner/name"),)


@pytest.mark.parametrize(
    ("card", "shown"),
    [
        ({}, ""),
        ({"license": ["mit", "creativeml-openrail-m"]}, "mit, creativeml-openrail-m"),
        ({"license": "other", "license_name": "bespoke"}, "bespoke"),
        ({"license": "other"}, "other"),
        ({"license": 7}, ""),
    ],
)
def test_licenses(card: dict[str, Any], shown: str) -> None:
    assert only(cardData=card).license == shown


@pytest.mark.parametrize(
    "fields",
    [
        {"tags": ["lora", "not-for-all-audiences"]},
        {"gated": "auto"},
        {"private": True},
        {"disabled": True},
        {"siblings": [{"rfilename": "README.md"}]},
        {"siblings": [{"rfilename": "model_index.json"}, {"rfilename": "a.safetensors"}]},
        {"id": "../x"},
        {"id": 7},
    ],
)
def test_what_cannot_be_used_or_is_not_for_everyone_is_left_out(fields: dict[str, Any]) -> None:
    assert is_left_out(**fields)


def test_of_several_files_each_can_be_chosen() -> None:
    names = [f"step {number}.safetensors" for number in range(20)]
    files = only(siblings=[{"rfilename": name} for name in names]).files
    assert files[1] == (names[1], "https://huggingface.co/owner/name/resolve/main/step%201.safetensors")
    assert len(files) == MOST_FILES


AT_HUB = "https://huggingface.co/owner/name/resolve/main"


@pytest.mark.parametrize(
    ("urls", "files", "picture"),
    [
        (["images/a b.png"], [], f"{AT_HUB}/images/a%20b.png"),
        (["./a.PNG"], [], f"{AT_HUB}/a.PNG"),
        ([f"{AT_HUB}/a.jpg"], [], f"{AT_HUB}/a.jpg"),
        (["https://cdn-uploads.huggingface.co/x/a.webp"], [], "https://cdn-uploads.huggingface.co/x/a.webp"),
        (["clip.mp4", "a.jpeg"], [], f"{AT_HUB}/a.jpeg"),
        ([], ["b.jpeg"], f"{AT_HUB}/b.jpeg"),
        (["https://elsewhere.org/a.png"], [], ""),
        (["https://huggingface.co@10.0.0.1/a.png", "http://huggingface.co/a.png", "https://[/a.png"], [], ""),
        (["../../other/x/a.png", "%2e%2e/a.png"], [], ""),
        ([None, 7], [], ""),
    ],
)
def test_the_picture_is_the_first_sample_at_hugging_face(urls: list[Any], files: list[str], picture: str) -> None:
    card = {"widget": [{"text": "x", "output": {"url": url}} for url in urls]}
    names = ["name.safetensors", *files]
    assert only(cardData=card, siblings=[{"rfilename": name} for name in names]).picture == picture


@pytest.mark.parametrize("card", [None, [], {"widget": True}, {"widget": [[]]}, {"instance_prompt": 3}])
def test_a_card_of_any_form_is_read(card: Any) -> None:
    assert only(cardData=card).path == "owner/name"


@pytest.mark.parametrize("content", [b"", b"{}", b'{"error": "x"}', b"[" * 100_000, b"<html>"])
def test_what_is_no_list_is_no_answer(content: bytes) -> None:
    with pytest.raises(SiteUnavailable) as error:
        read_listing(content)
    assert error.value.message == messages.HUB_NO_ANSWER


def test_no_more_than_what_was_requested_is_read() -> None:
    models = [model(id=f"owner/n{number}") for number in range(100)]
    assert len(read_listing(json.dumps(models).encode())) == MOST_FOUND
