"""Fake LoRA sites: a mock transport with a response for each URL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx

from components.loras.checker import Fit, Verdict
from components.messages.message import Message

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
    """Return a reply that serves a range of a file."""

    def reply(request: httpx.Request) -> httpx.Response:
        first, last = (int(side) for side in request.headers["range"].removeprefix("bytes=").split("-"))
        headers = {"content-range": f"bytes {first}-{min(last, len(content) - 1)}/{len(content)}"}
        return httpx.Response(206, stream=httpx.ByteStream(content[first : last + 1]), headers=headers)

    return reply


class FakeSites:
    """Handler of a mock transport: replies by URL, 404 for any other, and the requests that arrived."""

    def __init__(self) -> None:
        self.at: dict[str, Reply] = {}
        self.requests: list[httpx.Request] = []
        self.gate: asyncio.Event | None = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.gate:
            await self.gate.wait()
        return self.at.get(str(request.url), gives(b"", 404))(request)

    @property
    def urls(self) -> list[str]:
        return [str(request.url) for request in self.requests]


def siblings(*names: str, **more: Any) -> dict[str, Any]:
    return {"siblings": [{"rfilename": name} for name in names], **more}


def outcome(verdict: Verdict) -> tuple[Fit, Message]:
    return verdict.fit, verdict.message
