"""Start the playground: settings, backend, page."""

from __future__ import annotations

import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from components.backend import Backend, learn_at_start
from components.client import Endpoint
from components.errors import SetupError
from components.playground import House, Playground
from components.redaction import redact_logs
from components.server.child import ServerChild
from components.server.inside import ServerInside
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
        kind = ServerInside if settings.has_lent_card else ServerChild
        backend = Backend.sdxl(started(kind("sdxl", settings.data_dir / "server-sdxl"), stack))
    else:
        backend = Backend.demo(started(ServerChild("demo", settings.data_dir / "server"), stack))
    return asyncio.run(learn_at_start(backend, settings.limits))


def started(server: ServerChild | ServerInside, stack: ExitStack) -> Endpoint:
    """Start our own server and return where it answers; `stack` ends it."""
    server.start()
    stack.callback(server.stop)
    return Endpoint(server.base_url, server.key)


if __name__ == "__main__":
    main()
