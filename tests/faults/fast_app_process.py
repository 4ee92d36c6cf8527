"""Process of the fast app, with its own host names and certificate authority."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

from tests.faults.service import SERVICE_NAME, Service
from tests.support.app_process import ROOT, TIMEOUT, AppProcess
from tests.support.preloaded_python import PreloadedProcess
from tests.support.v3_service import KEY

GENEROUS = {
    "PLAYGROUND_JOBS_PER_VISITOR": "1000",
    "PLAYGROUND_JOBS": "5000",
    "PLAYGROUND_PICTURES_PER_HOUR": "100000",
    "PLAYGROUND_USD_PER_PERSON_DAY": "10000",
    "PLAYGROUND_USD_PER_DAY": "10000",
    "PLAYGROUND_USD_PER_MONTH": "10000",
}
"""Limits beyond what any scenario reaches."""
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
NO_LIMIT = resource.RLIM_INFINITY


class FastApp(AppProcess):
    """App in front of a Service, in the service's accelerated time."""

    script = ROOT / "tests" / "faults" / "fast_app.py"
    usual_names: ClassVar = {SERVICE_NAME: "127.0.0.1"}

    def __init__(self, folder: Path, service: Service, **settings: str) -> None:
        key = f"  Bearer {KEY}\n"  # as it is pasted
        usual = {"WAVESPEED_API_KEY": key, "WAVESPEED_BASE_URL": service.base_url, **GENEROUS}
        authority = folder / "authority.pem"
        super().__init__(folder, **{**usual, "SSL_CERT_FILE": str(authority), **settings})
        folder.mkdir(parents=True, exist_ok=True)
        service.write_authority(authority)
        self._time = service.time
        self._names, self._read = folder / "names.json", 0
        self.set_names(self.usual_names)

    def fails(self) -> str:
        """Start the process, check that it exits with an error, and return its log."""
        self._process = self._begun()
        assert self._process.wait(TIMEOUT) != 0, self.log.read_text()
        return self.log.read_text()

    def new_log(self) -> str:
        """Return the part of the log that was written since the last call."""
        text = self.log.read_text()
        new, self._read = text[self._read :], len(text)
        return new

    def code(self) -> int | None:
        """Return the exit code, None while the process runs."""
        return self._process.poll() if self._process else None

    def set_names(self, names: dict[str, str]) -> None:
        """Set the addresses of host names; other names under `.test` are not found."""
        written = self._names.with_suffix(".new")
        written.write_text(json.dumps(names))
        written.replace(self._names)  # at once: the app may be reading it

    def set_clock(self, *, forward: bool) -> None:
        """Set the app's clock an hour forward or back."""
        os.kill(self.pid, signal.SIGUSR1 if forward else signal.SIGUSR2)

    def fill_disk(self) -> None:
        """Let every further write of the app to a file fail, as on a full disk."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, NO_LIMIT))

    def empty_disk(self) -> None:
        """Let the app write to files again."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (NO_LIMIT, NO_LIMIT))

    def _arguments(self) -> tuple[str, str, str]:
        return str(self._time.begun), str(self._time.speed), str(self._names)

    def _begun(self) -> subprocess.Popen[bytes] | PreloadedProcess:
        return PreloadedProcess(self.script, self.folder, self._env(), self.log, *self._arguments())

    def _env(self) -> dict[str, str]:
        return {name: value for name, value in super()._env().items() if name.lower() not in _PROXIES}


class FreshFastApp(FastApp):
    """App in an interpreter of its own, for variables that libraries may read at their import."""

    def _begun(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.faults.fast_app", *self._arguments()]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self._env(), stdout=log, stderr=log)
