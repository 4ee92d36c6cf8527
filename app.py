"""Composition root: read the settings, start the backend, serve the page."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - where it is installed on an older one, an import below fails
    sys.exit(f"The playground needs Python 3.11 or newer, and this is Python {sys.version.split()[0]}.")

import argparse
import asyncio
import logging
import signal
import sysconfig
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from components.api.client import Endpoint
from components.budget.limits import Access
from components.domain.backend_choice import BackendChoice
from components.errors import SetupError
from components.net.redaction import redact_logs
from components.server.process.child import ServerChild
from components.server.process.in_process import InProcessServer
from components.services.backend import Backend, refresh_models_at_start
from components.services.host_config import HostConfig
from components.services.playground import Playground
from components.settings import Settings
from components.storage.store import Store

SHORT_KEY = 8
"""Characters below which a key cannot be a whole one."""
log = logging.getLogger(__name__)


def run() -> None:
    """Serve as the command line says."""
    parse_arguments()
    main()


def parse_arguments() -> None:
    """Print the settings for `--help` and exit; there are no other arguments."""
    argparse.ArgumentParser(
        description="Serve the SDXL LoRA Playground. Its settings are environment variables, or lines of a file .env:",
        epilog=settings_file().read_text(encoding="utf-8"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()


def settings_file() -> Path:
    """Return the file that names all settings: beside this one, or where an installed package has its data."""
    installed = Path(sysconfig.get_path("data"), "share", "sdxl-lora-playground", ".env.example")
    beside = Path(__file__).with_name(".env.example")
    return beside if beside.is_file() else installed


def main() -> None:
    """Serve until interrupted; exit with a message when the app cannot start with its settings."""
    # As process 1 of a container it would be ignored, and anywhere else it would end the app in the midst of a write.
    signal.signal(signal.SIGTERM, _interrupt)
    # Of odd image files, which are judged by their errors. Set once: a filter set in a thread is set in all.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines contain image URLs, signatures included
    try:
        settings = Settings.from_env()
        logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
        redact_logs(settings.api_key or "")
        log.info("%s", settings)
        warn_of_short_key(settings.api_key)
        with ExitStack() as stack:
            serve(settings, stack)
    except SetupError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:  # while it starts; Gradio's own end of serving returns
        sys.exit(128 + signal.SIGINT)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def warn_of_short_key(key: str | None) -> None:
    """Log a warning for a key so short that its letters stand in other words, from which the log removes them too."""
    if key and len(key) < SHORT_KEY:
        log.warning(
            "WAVESPEED_API_KEY has %d characters; a key has at least %d. Copy the whole key.", len(key), SHORT_KEY
        )


def serve(settings: Settings, stack: ExitStack) -> None:
    """Start the parts in order and serve the page; `stack` closes them in reverse order. Raises SetupError."""
    if settings.is_zerogpu:
        from components.ui.zerogpu import enter_zerogpu  # noqa: PLC0415 - the page's package is not imported at import

        enter_zerogpu(has_gpu_engine=settings.backend is BackendChoice.SDXL)
    store = Store(settings.data_dir)
    stack.callback(store.close)
    with ThreadPoolExecutor(1) as executor:
        backend = executor.submit(start_backend, settings, stack)
        # Imported here, after `.env` was read: Gradio reads GRADIO_SERVER_PORT at import. The import takes seconds,
        # which the backend's start in the other thread uses.
        from components.ui.launch import launch  # noqa: PLC0415

        practice = start_practice(settings, stack)
        launch(Playground(backend.result(), store, HostConfig.of(settings), practice=practice))


def start_backend(settings: Settings, stack: ExitStack) -> Backend:
    """Start the backend that the settings choose and read its models. `stack` stops a server that was started."""
    if settings.backend is BackendChoice.HOSTED:
        backend = Backend.hosted(Endpoint(settings.base_url, settings.api_key or ""), settings.models)
    elif settings.backend.runs_sdxl:
        server_class = InProcessServer if settings.is_zerogpu else ServerChild
        # The same folder with both engines: a task that waits is made by the one that is there.
        server = server_class(settings.backend.value, settings.data_dir / "server-sdxl")
        backend = Backend.sdxl(start_server(server, stack))
    else:
        backend = Backend.demo(start_server(ServerChild("demo", settings.data_dir / "server"), stack))
    return asyncio.run(refresh_models_at_start(backend, settings.limits))


def start_practice(settings: Settings, stack: ExitStack) -> Backend | None:
    """Start the demo server for visitors without a key where each must bring one; None where the host's key pays."""
    if settings.backend is not BackendChoice.HOSTED or settings.limits.access is not Access.OWN_KEY_ONLY:
        return None
    return Backend.demo(start_server(ServerChild("demo", settings.data_dir / "server"), stack))


def start_server(server: ServerChild | InProcessServer, stack: ExitStack) -> Endpoint:
    """Start a server of our own and return its endpoint; `stack` stops it."""
    server.start()
    stack.callback(server.stop)
    return Endpoint(server.base_url, server.key)


if __name__ == "__main__":
    run()
