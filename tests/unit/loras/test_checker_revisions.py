"""The check of a repository at a revision: the file there is found, and its link is what can be sent."""

from __future__ import annotations

from typing import Any

import pytest

from components import messages
from components.loras.checker import Fit, LoraChecker
from components.messages.message import Message
from tests.support.addresses import HERE
from tests.support.lora_sites import API, WEIGHTS, FakeSites, gives, outcome, part, siblings
from tests.support.safetensors_files import kohya

HUB = "https://huggingface.co/owner/name"


@pytest.mark.parametrize(
    ("pasted", "quoted"),
    [
        ("owner/name@v2", "v2"),
        ("owner/name@refs/pr/1", "refs%2Fpr%2F1"),
        (f"{HUB}/tree/v2", "v2"),
        (f"{HUB}/tree/refs%2Fpr%2F1", "refs%2Fpr%2F1"),
    ],
)
async def test_the_file_of_a_revision_is_found(
    checker: LoraChecker, hosts: FakeSites, pasted: str, quoted: str
) -> None:
    file = f"{HUB}/resolve/{quoted}/a%20b.safetensors"
    hosts.at[f"{API}/revision/{quoted}"] = gives(siblings("a b.safetensors", cardData={"instance_prompt": "px"}))
    hosts.at[file] = part(kohya({}) + WEIGHTS)
    verdict = await checker.check(pasted, HERE)
    assert outcome(verdict) == (Fit.FITS, messages.lora_fits(16))
    assert (verdict.link.path, verdict.link.is_ready, verdict.trigger_words) == (file, True, ("px",))
    assert checker.resolve(verdict.link.path, "lora_1").path == file
    assert hosts.urls == [f"{API}/revision/{quoted}", file]


@pytest.mark.parametrize(
    ("answer", "status", "fit", "told"),
    [
        (b"", 404, Fit.WILL_NOT_FIT, messages.LORA_NOT_FOUND),
        (siblings("README.md"), 200, Fit.WILL_NOT_FIT, messages.LORA_NO_FILE),
        (siblings("a.safetensors", gated="auto"), 200, Fit.WILL_NOT_FIT, messages.LORA_LOGIN),
        (
            siblings("a.safetensors", "b.safetensors"),
            200,
            Fit.CANNOT_TELL,
            messages.lora_several_files(("a.safetensors", "b.safetensors")),
        ),
    ],
)
async def test_a_revision_without_one_lora_stays_its_page(
    checker: LoraChecker, hosts: FakeSites, answer: Any, status: int, fit: Fit, told: Message
) -> None:
    hosts.at[f"{API}/revision/v2"] = gives(answer, status)
    verdict = await checker.check("owner/name@v2", HERE)
    assert outcome(verdict) == (fit, told)
    assert (verdict.link.path, verdict.link.is_ready) == (f"{HUB}/tree/v2", False)


async def test_the_main_revision_is_asked_for_as_before(checker: LoraChecker, hosts: FakeSites) -> None:
    await checker.check("owner/name@main", HERE)
    await checker.check(f"{HUB}/tree/main", HERE)
    assert set(hosts.urls) == {API}


@pytest.mark.parametrize("name", ["\ud800.safetensors", "a\nb.safetensors", "..%2fx.safetensors"])
async def test_a_name_that_no_file_can_have_is_no_lora(checker: LoraChecker, hosts: FakeSites, name: str) -> None:
    hosts.at[API] = hosts.at[f"{API}/revision/v2"] = gives(siblings(name))
    for pasted in ("owner/name", "owner/name@v2"):
        assert (await checker.check(pasted, HERE)).message == messages.LORA_NO_FILE
