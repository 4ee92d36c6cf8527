"""The app itself, in quick time: `python -m tests.faults.quick_app BEGUN SPEED NAMES`, set up by its environment.

NAMES is a JSON file of host names and addresses, read at every look-up. SIGUSR1 sets the clock an hour on, SIGUSR2
an hour back.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import app
from components.client import Patience
from components.playground import Playground
from tests.faults.quick_time import HOUR, QuickClock, QuickTime

PATIENCE = Patience(connect=1.0, step=1.5, pool=1.0, call=4.0, quick_call=2.0, upload=3.0, download=2.0)
"""Real seconds: what the network is given, some twenty times less than usual."""


def main(begun: float, speed: float, names: Path) -> None:
    """Start app.py's own `main` with another clock, other deadlines and a table of names."""
    clock = QuickClock(QuickTime(begun, speed))
    signal.signal(signal.SIGUSR1, lambda *_: clock.jump(HOUR))
    signal.signal(signal.SIGUSR2, lambda *_: clock.jump(-HOUR))
    # The three things of the computer's that a process cannot be given in another way.
    time.time = clock.now
    socket.getaddrinfo = _look_up(names)
    app.Playground = partial(Playground, clock=clock, patience=PATIENCE)  # type: ignore[misc]
    app.main()


def _look_up(names: Path) -> Any:
    """Return `getaddrinfo` as it would be with those names in `/etc/hosts`."""
    ask = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        known = json.loads(names.read_text())
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and name.endswith(".test") and name not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return ask(known.get(name, host), *args, **kwargs)

    return look_up


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
