"""`python -m components.server`: the server on its own, or (--child) as the app's child process."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Generator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from components.engines.by_name import engine_named
from components.engines.protocol import ENGINE_LOST
from components.errors import SetupError
from components.server.process import parent_watch
from components.server.process.serve import Service, serve
from components.server.tasks.demo_delay import DEFAULT_SECONDS, STEPS, DemoDelay
from components.server.tasks.worker import WORKER_THREAD

LOOPBACK = "127.0.0.1"


def main() -> int:
    warnings.filterwarnings("ignore", module=r"PIL\.")  # of odd image files, which are judged by their errors
    options = _options()
    signal.signal(signal.SIGTERM, _leave)  # uvicorn stops first, then passes the signal on to us
    try:
        with _folder(options.data) as folder:
            _serve(options, folder)
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _serve(options: argparse.Namespace, folder: Path) -> None:
    engine, pace = engine_named(options.engine), DemoDelay(_pace(options))
    if options.child:
        key = parent_watch.read_key()
        if key:
            service = Service(engine, folder, LOOPBACK, options.port or 0, pace, key, on_engine_lost=_end_lost)
            serve(service, parent_watch.on_started)
        return
    if options.port is None:
        raise SetupError("Say which port to use.", "--port 0 takes a free one.")
    service = Service(engine, folder, options.host, options.port, pace, options.key, on_engine_lost=_end_lost)
    serve(service, _announcer(options.host))


def _pace(options: argparse.Namespace) -> float:
    """Return the seconds from the command line; by default an engine with a model of its own is not delayed."""
    if options.pace is None:
        return 0 if options.engine in ("sdxl", "ray", "ray-local") else DEFAULT_SECONDS
    return options.pace


def _announcer(host: str) -> Callable[[int, Callable[[], None]], None]:
    name = f"[{host}]" if ":" in host else host

    def announce(port: int, _: Callable[[], None]) -> None:
        print(f"serving at http://{name}:{port}", flush=True)  # noqa: T201 - the address for the terminal

    return announce


def _options() -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args()
    if options.ray_local:
        if options.engine != "ray":
            parser.error("--ray-local goes with --engine ray")
        options.engine = "ray-local"
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m components.server", description=__doc__)
    parser.add_argument("--engine", required=True, help="demo, sdxl, ray, or package.module:Class")
    parser.add_argument(
        "--ray-local",
        action="store_true",
        help="with --engine ray: start a cluster of this machine alone, in place of joining the one of RAY_ADDRESS",
    )
    parser.add_argument("--host", default=LOOPBACK, help=f"the address to listen on (default {LOOPBACK})")
    parser.add_argument("--port", type=int, help="the port to listen on; 0 takes a free one")
    parser.add_argument("--key", type=_key, help="the key callers must send; everybody may call without one")
    parser.add_argument(
        "--pace",
        type=_seconds,
        help=f"seconds in which {STEPS} steps are shown (default {DEFAULT_SECONDS}, 0 for sdxl and ray: as they come)",
    )
    parser.add_argument("--data", type=Path, help="folder for tasks and pictures (default: a temporary one)")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser


def _key(text: str) -> str:
    if not text.strip() or not text.isascii() or not text.isprintable():
        raise argparse.ArgumentTypeError("a key is made of printable ASCII characters")
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not math.isfinite(seconds) or seconds < 0:
        raise argparse.ArgumentTypeError("must be 0 or more seconds")
    return seconds


@contextlib.contextmanager
def _folder(chosen: Path | None) -> Generator[Path, None, None]:
    if chosen is not None:
        yield chosen.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="sdxl-server-", ignore_cleanup_errors=True) as temporary:
        yield Path(temporary)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _end_lost() -> NoReturn:
    """End the process in the midst of its task, which the next one takes up again."""
    _end(ENGINE_LOST)


def _end(code: int) -> NoReturn:
    """End the process at once: an engine deep in a step is not waited for, and unwinding around it would abort."""
    sys.stdout.flush()
    sys.stderr.flush()
    if any(thread.name == WORKER_THREAD for thread in threading.enumerate()):
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    try:
        ended = main()
    except SystemExit as left:
        ended = left.code if isinstance(left.code, int) else 1
    _end(ended)
