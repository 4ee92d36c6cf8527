"""Prints all routes of the app, read from the app itself, as JSON. A process of its own: Gradio leaves loops open."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from gradio.routes import App

from components.client import Endpoint
from components.jobs import Caps
from components.playground import Backend, Playground
from components.store import Store
from components.ui.page import Page
from components.ui.routes import routes


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        endpoint = Endpoint("http://127.0.0.1:9", "key")
        playground = Playground(Backend.hosted(endpoint, "stability-ai/sdxl-lora"), store, Caps(8, 200), lasting=True)
        blocks = Page(playground).blocks
        app = App.create_app(blocks, app_kwargs={"routes": routes(playground)})
        json.dump(atlas(app), sys.stdout)
        store.close()


def atlas(app: App) -> dict[str, Any]:
    """Return the app's own OpenAPI, and the paths of what stands outside it."""
    others = [
        {"path": route.path, "methods": sorted(route.methods or ())} for route in app.routes if hasattr(route, "path")
    ]  # type: ignore[attr-defined]
    return {"openapi": app.openapi(), "others": others}


if __name__ == "__main__":
    main()
