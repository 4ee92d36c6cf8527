"""LoRA fetchers over a fake Hub and a fake Civitai, and the smallest LoRA file of SDXL."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from components.engines.sdxl.loras.civitai import CivitaiLoras
from components.engines.sdxl.loras.fetcher import LoraFetcher
from components.engines.sdxl.loras.hub import HubLoras
from components.errors import EngineError

URL = "https://civitai.com/api/download/models/1"
FILE = "https://delivery.r2.cloudflarestorage.com/file?signed=1"


class Stopped(Exception):
    """Raised by a progress report: the request was cancelled."""


def silent(share: float) -> None:
    """Progress report that does nothing."""


def stop(share: float) -> None:
    """Progress report that cancels the download."""
    raise Stopped


def refusal(work: Callable[[], object]) -> object:
    """Return the message of the EngineError that a call raises."""
    with pytest.raises(EngineError) as caught:
        work()
    return caught.value.message


def lora(width: int = 2048, padding: int = 0) -> bytes:
    """Return the smallest LoRA file of a cross-attention width; `padding` bytes are added to its header."""
    stem = "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k"
    header = {
        f"{stem}.lora_A.weight": {"dtype": "F32", "shape": [1, width], "data_offsets": [0, 4 * width]},
        f"{stem}.lora_B.weight": {"dtype": "F32", "shape": [1, 1], "data_offsets": [4 * width, 4 * width + 4]},
    }
    head = json.dumps(header).encode() + b" " * padding
    return struct.pack("<Q", len(head)) + head + bytes(4 * width + 4)


def hub_fetcher(folder: Path, **options: Any) -> LoraFetcher:
    return LoraFetcher(CivitaiLoras(folder / "loras"), HubLoras(**options))


def civitai(
    folder: Path, answers: Mapping[str, httpx.Response], **options: Any
) -> tuple[LoraFetcher, list[httpx.Request]]:
    """Return a fetcher with a Civitai that responds by URL, and the list that its requests are appended to."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers[str(request.url)]

    return LoraFetcher(CivitaiLoras(folder / "loras", transport=httpx.MockTransport(handle), **options)), seen


def to(url: str) -> httpx.Response:
    """Return a redirect to a URL."""
    return httpx.Response(307, headers={"location": url})
