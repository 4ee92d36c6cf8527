"""The app in accelerated time: `python -m tests.faults.fast_app BEGUN SPEED NAMES`, configured by its environment.

NAMES is a JSON file of host names and addresses, read at every DNS look-up. SIGUSR1 sets the clock an hour forward,
SIGUSR2 an hour back.
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
from components.api.client import Timeouts
from components.services.playground import Playground
from tests.faults.fast_clock import HOUR, FastClock, FastTime

TIMEOUTS = Timeouts(connect=1.0, step=1.5, pool=1.0, call=4.0, quick_call=2.0, upload=3.0, download=2.0)
"""Real seconds, about a twentieth of the usual timeouts."""


def main(begun: float, speed: float, names: Path) -> None:
    """Start app.py's own `main` with a fast clock, short timeouts and a table of host names."""
    clock = FastClock(FastTime(begun, speed))
    signal.signal(signal.SIGUSR1, lambda *_: clock.jump(HOUR))
    signal.signal(signal.SIGUSR2, lambda *_: clock.jump(-HOUR))
    # Libraries read the wall clock and the resolver directly: they cannot be injected.
    time.time = clock.now
    socket.getaddrinfo = _look_up(names)
    app.Playground = partial(Playground, clock=clock, timeouts=TIMEOUTS)  # type: ignore[misc]
    app.main()


def _look_up(names: Path) -> Any:
    """Return a `getaddrinfo` that behaves as if the names were in `/etc/hosts`."""
    resolve = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        known = json.loads(names.read_text())
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and name.endswith(".test") and name not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(known.get(name, host), *args, **kwargs)

    return look_up


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
