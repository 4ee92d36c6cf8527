"""Server from the command line, which is killed and started again on its folder, and what became of its orders."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx

from tests.support.lane_engines import notes
from tests.support.paths import ROOT
from tests.support.v3_server import Caller
from tests.support.waiting import wait_until


class KilledServer:
    """Server in a process of its own, which listens at another port after each start."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self._command = [sys.executable, "-m", "components.server", "--port", "0", "--data", str(folder), *arguments]
        self._environment = os.environ | environment
        self._process: subprocess.Popen[str] | None = None
        self.caller: Caller

    def start(self) -> None:
        """Block until it listens."""
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        base = self._process.stdout.readline().split()[-1]
        self.caller = Caller(httpx.Client(base_url=base, timeout=60))

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal and wait for its end."""
        if self._process:
            self.caller.http.close()
            self._process.send_signal(number)
            self._process.wait(60)
            assert self._process.stdout
            self._process.stdout.close()
            self._process = None


class NotedImages:
    """What the engines of the server's lanes, or of a cluster's replicas, noted in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looked_at = 0
        """Notes before which processes may be those of an earlier server, which end some time after it."""

    def forget_processes(self) -> None:
        """Look only at processes that begin an image from now on."""
        self._looked_at = len(notes(self._folder))

    @property
    def ended(self) -> Counter[int]:
        """Return how often each seed's image came to its end."""
        return Counter(seed for what, seed, _ in notes(self._folder) if what == "ended")

    @property
    def begun(self) -> Counter[int]:
        """Return how often each seed's image was begun."""
        return Counter(seed for what, seed, _ in notes(self._folder) if what == "begun")

    def wait_for_one_at_work(self, further: int) -> int:
        """Wait until `further` more images have ended and the oldest process is in the midst of one; return its id."""
        enough = self.ended.total() + further
        found: list[int] = []

        def is_time() -> bool:
            latest = {pid: what for what, _, pid in notes(self._folder)[self._looked_at :]}
            found[:] = [pid for pid in latest if _exists(pid)][:1]
            return self.ended.total() >= enough and [latest[pid] for pid in found] == ["begun"]

        wait_until(is_time, lambda: f"{self.ended.total()} have ended", seconds=120, pause=0.005)
        return found[0]

    def kill_one(self, further: int) -> None:
        """Kill the oldest process in the midst of an image, once `further` more have ended."""
        os.kill(self.wait_for_one_at_work(further), signal.SIGKILL)


def _exists(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
