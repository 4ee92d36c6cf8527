"""Start the playground: settings, backend, page."""

from __future__ import annotations

import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from components.client import Endpoint
from components.errors import SetupError
from components.playground import Backend, House, Playground, learn_at_start
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
    """Return who paints, and what its models take."""
    chosen = chosen_backend(settings, stack)
    return chosen if settings.host_key_rests else asyncio.run(learn_at_start(chosen))


def chosen_backend(settings: Settings, stack: ExitStack) -> Backend:
    """Return the backend that the settings name, started where it is ours."""
    if settings.backend is BackendChoice.HOSTED:
        return Backend.hosted(Endpoint(settings.base_url, settings.api_key or ""), settings.models)
    child = ServerChild("demo", settings.data_dir / "server")
    child.start()
    stack.callback(child.stop)
    return Backend.demo(Endpoint(child.base_url, child.key))


if __name__ == "__main__":
    main()
