"""The app as `app.py` starts it, with fake LoRA sites in place of the public web."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def listed(words: str) -> list[dict[str, Any]]:
    """Return what a search for words of the repositories' names lists."""
    from tests.support.hub_models import model  # noqa: PLC0415 - after the path is set

    cards = {
        "pixels": {"license": "openrail++", "widget": [{"output": {"url": "a.png"}}], "instance_prompt": "8 bit"},
        "old": {},
        "toys": {"license": "mit"},
    }
    files = {"pixels": ["pytorch_lora_weights.safetensors"], "old": ["old.safetensors"], "toys": TOYS}
    return [
        model(id=f"owner/{name}", cardData=card, siblings=[{"rfilename": file} for file in files[name]], likes=1234)
        for name, card in cards.items()
        if words in name
    ]


TOYS = ["toys-v1.safetensors", "toys-v2.safetensors"]


def answer(request: httpx.Request) -> httpx.Response:
    """Respond as Hugging Face with three repositories; any other host fails to connect."""
    from tests.support.safetensors_files import kohya  # noqa: PLC0415 - after the path is set
    from tests.support.v3_task import png  # noqa: PLC0415

    weights = kohya({"modelspec.trigger_phrase": "pixel art, 8 bit"}) + b"\0\0"
    lists = {"pixels": ["pytorch_lora_weights.safetensors"], "old": ["old.safetensors"], "toys": ["toys.safetensors"]}
    files = {
        "pixels": weights,
        "old": kohya(width=768) + b"\0\0",
        "toys": kohya({"modelspec.trigger_phrase": "toy face"}) + b"\0\0",
    }
    name = request.url.path.split("/owner/")[-1].split("/")[0]
    words = request.url.params.get("search", "")
    if request.url.host != "huggingface.co" or words == "nowhere":
        raise httpx.ConnectError("no such site here", request=request)
    if request.url.path == "/api/models":
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(listed(words)).encode()))
    if request.url.path.endswith("/a.png"):
        picture = png(512, 512, 1)
        headers = {"content-length": str(len(picture))}
        return httpx.Response(200, stream=httpx.ByteStream(picture), headers=headers)
    if name not in files:
        return httpx.Response(404, stream=httpx.ByteStream(b""))
    if request.url.path.startswith("/api/"):
        model = {"siblings": [{"rfilename": file} for file in lists[name]]}
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(model).encode()))
    return httpx.Response(200, stream=httpx.ByteStream(files[name]))


def main() -> None:
    """Serve the app until it is interrupted."""
    from app import start_backend  # noqa: PLC0415
    from components.net.http_pool import HttpPool  # noqa: PLC0415
    from components.services.host_config import HostConfig  # noqa: PLC0415
    from components.services.playground import Playground  # noqa: PLC0415
    from components.settings import Settings  # noqa: PLC0415
    from components.storage.store import Store  # noqa: PLC0415

    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = Settings.from_env()
    public_web = HttpPool(lambda: httpx.AsyncClient(transport=httpx.MockTransport(answer)))
    with ExitStack() as stack:
        store = Store(settings.data_dir)
        stack.callback(store.close)
        backend = start_backend(settings, stack)
        from components.ui.launch import launch  # noqa: PLC0415

        launch(Playground(backend, store, HostConfig.of(settings), public_web=public_web))


if __name__ == "__main__":
    main()
