"""The app as `app.py` starts it, but the sites outside are of our own making: the LoRA check of a page asks them."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def answer(request: httpx.Request) -> httpx.Response:
    """Be Hugging Face with a few repositories, and a network that knows no other site."""
    from tests.test_lora_header import kohya  # noqa: PLC0415 - after the path is set

    weights = kohya({"modelspec.trigger_phrase": "pixel art, 8 bit"}) + b"\0\0"
    lists = {"pixels": ["pytorch_lora_weights.safetensors"], "old": ["old.safetensors"], "toys": ["toys.safetensors"]}
    files = {
        "pixels": weights,
        "old": kohya(width=768) + b"\0\0",
        "toys": kohya({"modelspec.trigger_phrase": "toy face"}) + b"\0\0",
    }
    name = request.url.path.split("/owner/")[-1].split("/")[0]
    if request.url.host != "huggingface.co":
        raise httpx.ConnectError("no such site here", request=request)
    if name not in files:
        return httpx.Response(404, stream=httpx.ByteStream(b""))
    if request.url.path.startswith("/api/"):
        told = {"siblings": [{"rfilename": file} for file in lists[name]]}
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(told).encode()))
    return httpx.Response(200, stream=httpx.ByteStream(files[name]))


def main() -> None:
    """Serve until interrupted."""
    from app import start_backend  # noqa: PLC0415
    from components.client import Connections  # noqa: PLC0415
    from components.playground import House, Playground  # noqa: PLC0415
    from components.settings import Settings  # noqa: PLC0415
    from components.store import Store  # noqa: PLC0415

    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = Settings.from_env()
    outside = Connections(lambda: httpx.AsyncClient(transport=httpx.MockTransport(answer)))
    with ExitStack() as stack:
        store = Store(settings.data_dir)
        stack.callback(store.close)
        backend = start_backend(settings, stack)
        from components.ui.launch import launch  # noqa: PLC0415

        launch(Playground(backend, store, House.of(settings), outside=outside))


if __name__ == "__main__":
    main()
