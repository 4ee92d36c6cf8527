"""The quick app as a process of its own, with the names and certificates it is to believe in."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

from tests.app_process import PATIENCE, ROOT, AppProcess
from tests.faults.service import SERVICE_NAME, Service
from tests.hosted_api import KEY

GENEROUS = {
    "PLAYGROUND_JOBS_PER_VISITOR": "1000",
    "PLAYGROUND_JOBS": "5000",
    "PLAYGROUND_PICTURES_PER_HOUR": "100000",
    "PLAYGROUND_USD_PER_PERSON_DAY": "10000",
    "PLAYGROUND_USD_PER_DAY": "10000",
    "PLAYGROUND_USD_PER_MONTH": "10000",
}
"""Limits that no scenario meets by accident."""
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
NO_LIMIT = resource.RLIM_INFINITY


class QuickApp(AppProcess):
    """An app before a Service, its time running as fast as the service's."""

    usual_names: ClassVar = {SERVICE_NAME: "127.0.0.1"}

    def __init__(self, folder: Path, service: Service, **settings: str) -> None:
        key = f"  Bearer {KEY}\n"  # as people paste it
        usual = {"WAVESPEED_API_KEY": key, "WAVESPEED_BASE_URL": service.base_url, **GENEROUS}
        authority = folder / "authority.pem"
        super().__init__(folder, **{**usual, "SSL_CERT_FILE": str(authority), **settings})
        folder.mkdir(parents=True, exist_ok=True)
        service.write_authority(authority)
        self._time = service.time
        self._names, self._read = folder / "names.json", 0
        self.knows(self.usual_names)

    def start(self) -> QuickApp:
        """Start it and wait until the page answers."""
        self._begin()
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.code() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)
        return self

    def fails(self) -> str:
        """Start it, wait for its end, which must not be a good one, and return what it said."""
        self._begin()
        assert self._process
        assert self._process.wait(PATIENCE) != 0, self.log.read_text()
        return self.log.read_text()

    def has_written(self) -> str:
        """Return what it wrote to its log since this was asked last."""
        text = self.log.read_text()
        fresh, self._read = text[self._read :], len(text)
        return fresh

    def code(self) -> int | None:
        """Return how the process ended; None: it lives."""
        return self._process.poll() if self._process else None

    def knows(self, names: dict[str, str]) -> None:
        """Give it a table of names and their addresses; no other name under `.test` is found."""
        self._names.write_text(json.dumps(names))

    def set_clock(self, *, forward: bool) -> None:
        """Set the app's clock an hour on, or back."""
        os.kill(self.pid, signal.SIGUSR1 if forward else signal.SIGUSR2)

    def fill_disk(self) -> None:
        """From now on no byte more can be written to any file of the app's."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, NO_LIMIT))

    def empty_disk(self) -> None:
        """Let the app write again."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (NO_LIMIT, NO_LIMIT))

    def _begin(self) -> None:
        begun, speed = str(self._time.begun), str(self._time.speed)
        command = [sys.executable, "-m", "tests.faults.quick_app", begun, speed, str(self._names)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._env(), stdout=log, stderr=log)

    def _env(self) -> dict[str, str]:
        return {name: value for name, value in super()._env().items() if name.lower() not in _PROXIES}
