"""Parent watch of a child server: reads the key from stdin, prints the port, exits when stdin is closed."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable

STDIN = 0
EXIT_SECONDS = 1.6
"""Seconds from the parent's end to a forced exit, whatever the engine is doing."""


def read_key() -> str:
    """Return the first line of stdin; empty when the parent has ended already.

    Unbuffered: a thread inside a buffered read of stdin makes the interpreter's end fail.
    """
    line = bytearray()
    while (byte := os.read(STDIN, 1)) not in (b"", b"\n"):
        line += byte
    return line.decode().strip()


def on_started(port: int, leave: Callable[[], None]) -> None:
    """Print the port for the parent, and call `leave` when the parent ends."""
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    threading.Thread(target=_follow_parent, args=(leave,), name="parent-watch", daemon=True).start()


def _follow_parent(leave: Callable[[], None]) -> None:
    while os.read(STDIN, 4096):
        pass
    leave()
    time.sleep(EXIT_SECONDS)
    os._exit(0)
