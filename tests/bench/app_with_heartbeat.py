"""The app as `app.py` starts it, with a heartbeat on its event loop: the worst delay lies in the file `heartbeat`."""

from __future__ import annotations

import asyncio
import mmap
import struct
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

BEAT_SECONDS = 0.01
FILE = "heartbeat"
_DELAY = struct.Struct("d")


class HeartbeatFile:
    """File in memory shared by two processes: the longest delay of a heartbeat in seconds since it was last taken."""

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        if not path.exists():
            path.write_bytes(_DELAY.pack(0.0))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _DELAY.size)

    @property
    def worst(self) -> float:
        """Return the longest delay, in seconds."""
        return _DELAY.unpack(self._memory[:])[0]

    def write(self, seconds: float) -> None:
        """Replace the longest delay."""
        self._memory[:] = _DELAY.pack(seconds)

    def take(self) -> float:
        """Return the longest delay in seconds and begin anew."""
        worst = self.worst
        self.write(0.0)
        return worst


async def _beat(file: HeartbeatFile) -> None:
    while True:
        begun = time.monotonic()
        await asyncio.sleep(BEAT_SECONDS)
        file.write(max(file.worst, time.monotonic() - begun - BEAT_SECONDS))


def main() -> None:
    """Serve the app until it is interrupted."""
    from app import main as serve  # noqa: PLC0415 - after the path is set
    from components.services.playground import Playground  # noqa: PLC0415

    running = Playground.running

    @asynccontextmanager
    async def with_heartbeat(playground: Playground) -> AsyncGenerator[None]:
        beating = asyncio.create_task(_beat(HeartbeatFile(Path.cwd())))
        try:
            async with running(playground):
                yield
        finally:
            beating.cancel()

    Playground.running = with_heartbeat  # type: ignore[method-assign]
    serve()


if __name__ == "__main__":
    main()
