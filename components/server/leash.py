"""The child's side of being a child: key in on stdin, port out on stdout, the end when stdin ends."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable

STDIN = 0
PATIENCE = 1.6
"""Seconds between the parent's end and ours, whatever the engine is doing."""


def read_key() -> str:
    """The first line of stdin; empty when the parent is gone already.

    Unbuffered: a thread inside a buffered read of stdin makes the interpreter's end fail.
    """
    line = bytearray()
    while (byte := os.read(STDIN, 1)) not in (b"", b"\n"):
        line += byte
    return line.decode().strip()


def on_started(port: int, leave: Callable[[], None]) -> None:
    """Tell the parent the port, and leave when the parent does."""
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    threading.Thread(target=_follow_parent, args=(leave,), name="leash", daemon=True).start()


def _follow_parent(leave: Callable[[], None]) -> None:
    while os.read(STDIN, 4096):
        pass
    leave()
    time.sleep(PATIENCE)
    os._exit(0)
