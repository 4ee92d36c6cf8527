"""Script that starts the app and prints its routes and launch settings as JSON.

A process of its own, since a running Gradio app does not expose its launch settings over HTTP.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import gradio as gr

from components.api.client import Endpoint
from components.budget.limits import BudgetLimits
from components.jobs.submission import JobLimits
from components.net.http_connections import OpenConnections
from components.services.backend import Backend
from components.services.host_config import HostConfig
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.launch import launch


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        endpoint = Endpoint("http://127.0.0.1:9", "key")
        backend = Backend.hosted(endpoint, ["stability-ai/sdxl-lora"])
        with redirect_stdout(sys.stderr):
            host_config = HostConfig(JobLimits(8, 200), BudgetLimits(), endpoint.base_url, ("stability-ai/sdxl-lora",))
            blocks = launch(Playground(backend, Store(Path(folder)), host_config), wait=False)
        json.dump({"routes": _routes(blocks), "settings": _settings(blocks)} | _openapi(blocks), sys.stdout)
        with redirect_stdout(sys.stderr):
            blocks.close()


def _openapi(blocks: gr.Blocks) -> dict[str, Any]:
    return {"openapi": blocks.app.openapi()}


def _routes(blocks: gr.Blocks) -> list[tuple[str, str]]:
    """Return method and path of every route, also of those outside the OpenAPI description."""
    routes: list[Any] = [route for route in blocks.app.routes if hasattr(route, "methods")]
    return [(method, route.path) for route in routes for method in sorted(route.methods or ())]


def _settings(blocks: gr.Blocks) -> dict[str, Any]:
    names = ("delete_cache", "allowed_paths", "enable_monitoring", "run_history", "max_file_size", "show_error")
    more = ("mcp_server", "ssr_mode", "analytics_enabled", "share")
    queue = {"queue": blocks._queue.max_size, "queue_poll": blocks._queue.sleep_when_free}
    return {name: getattr(blocks, name) for name in (*names, *more)} | queue | {"server": _server_settings(blocks)}


def _server_settings(blocks: gr.Blocks) -> dict[str, Any]:
    config: Any = blocks.server.config
    is_bounded = isinstance(getattr(config.http, "__self__", None), OpenConnections)
    return {
        "is_bounded": is_bounded,
        "head_bytes": config.h11_max_incomplete_event_size,
        "proxy_headers": config.proxy_headers,
        "keep_alive": config.timeout_keep_alive,
    }


if __name__ == "__main__":
    main()
