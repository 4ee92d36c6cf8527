"""Start the playground: settings, backend, page."""

from __future__ import annotations

import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from components.backend import Backend, learn_at_start
from components.client import Endpoint
from components.errors import SetupError
from components.playground import House, Playground
from components.redaction import redact_logs
from components.server.child import ServerChild
from components.settings import BackendChoice, Settings
from components.store import Store


def main() -> None:
    """Serve until interrupted."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines hold the addresses of pictures
    try:
        settings = Settings.from_env()
        redact_logs(settings.api_key or "")
        with ExitStack() as stack:
            serve(settings, stack)
    except SetupError as error:
        sys.exit(str(error))


def serve(settings: Settings, stack: ExitStack) -> None:
    """Bring everything up in order; `stack` takes it down again."""
    store = Store(settings.data_dir)
    stack.callback(store.close)
    with ThreadPoolExecutor(1) as meanwhile:
        backend = meanwhile.submit(start_backend, settings, stack)
        # Imported now and here: Gradio reads GRADIO_SERVER_PORT at import, which `.env` may set, and takes seconds.
        from components.ui.launch import launch  # noqa: PLC0415

        launch(Playground(backend.result(), store, House.of(settings)))


def start_backend(settings: Settings, stack: ExitStack) -> Backend:
    """Return the hosted API with the host's key, or else our own server with an engine of ours, and what it takes."""
    if settings.backend is BackendChoice.HOSTED:
        backend = Backend.hosted(Endpoint(settings.base_url, settings.api_key or ""), settings.models)
    elif settings.backend is BackendChoice.SDXL:
        backend = Backend.sdxl(start_server("sdxl", settings.data_dir / "server-sdxl", stack))
    else:
        backend = Backend.demo(start_server("demo", settings.data_dir / "server", stack))
    return asyncio.run(learn_at_start(backend, settings.limits))


def start_server(engine: str, folder: Path, stack: ExitStack) -> Endpoint:
    """Return where our own server answers, started with an engine; `stack` ends it."""
    child = ServerChild(engine, folder)
    child.start()
    stack.callback(child.stop)
    return Endpoint(child.base_url, child.key)


if __name__ == "__main__":
    main()
