"""App process: `python app.py` with its own data folder and port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from functools import partial
from pathlib import Path
from typing import Self

from tests.support.paths import ROOT
from tests.support.preloaded_python import PreloadedProcess
from tests.support.v3_service import KEY, HostedApi, free_port
from tests.support.waiting import wait_until

TIMEOUT = 90.0
"""Seconds until the page must respond after a start."""


class AppProcess:
    """Process of the app that can be stopped, killed and restarted on the same data and port."""

    script = ROOT / "app.py"

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.port = folder, free_port()
        self.log = folder / "app.log"
        self.settings = settings
        self._process: subprocess.Popen[bytes] | PreloadedProcess | None = None

    @classmethod
    def hosted(cls, folder: Path, api: HostedApi, **settings: str) -> Self:
        """Return an app configured with the key and base URL of an API."""
        return cls(folder, WAVESPEED_API_KEY=KEY, WAVESPEED_BASE_URL=api.base_url, **settings)

    @property
    def url(self) -> str:
        """Return the page's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        """Return whether the process is running."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Return the process id."""
        assert self._process
        return self._process.pid

    def start(self) -> Self:
        """Start the process and wait until the page responds."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = self._begun()
        wait_until(lambda: not self.is_running or self._answers(), self.log.read_text, seconds=TIMEOUT, pause=0.1)
        assert self.is_running, self.log.read_text()
        return self

    def host_link(self) -> str:
        """Wait for the link to the host's page and return the last one printed."""
        # The page responds a moment before the link is printed.
        links = partial(re.findall, r"http://\S+/playground/host#[0-9a-f]{64}")
        wait_until(lambda: links(self.log.read_text()), self.log.read_text, seconds=TIMEOUT, pause=0.1)
        return links(self.log.read_text())[-1]

    def stop(self) -> None:
        """Shut the process down with SIGINT."""
        self._end(signal.SIGINT)

    def terminate(self) -> None:
        """Shut the process down with SIGTERM, as a container's host does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the process with SIGKILL, like a power cut."""
        self._end(signal.SIGKILL)

    def suspend(self) -> None:
        """Suspend the process: an idle Gradio queue wakes 30 times a second, 6 % of a core for each app."""
        if self.is_running:
            os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Resume the suspended process."""
        if self.is_running:
            os.kill(self.pid, signal.SIGCONT)

    def _begun(self) -> subprocess.Popen[bytes] | PreloadedProcess:
        return PreloadedProcess(self.script, self.folder, self._env(), self.log)

    def _end(self, sign: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(sign)
            self._process.send_signal(signal.SIGCONT)
            self._process.wait(30)

    def _env(self) -> dict[str, str]:
        ours = ("WAVESPEED", "PLAYGROUND")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        without_key = {} if "WAVESPEED_API_KEY" in self.settings else {"PLAYGROUND_BACKEND": "demo"}
        return inherited | {
            **without_key,
            "PLAYGROUND_DATA_DIR": str(self.folder / "data"),
            "GRADIO_SERVER_PORT": str(self.port),
            "GRADIO_SERVER_NAME": "127.0.0.1",
            "GRADIO_TEMP_DIR": str(self.folder / "gradio"),
            "GRADIO_ANALYTICS_ENABLED": "False",
            "PLAYGROUND_LORA_SEARCH": "off",  # the network of a test ends at this machine
            **self.settings,
        }

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


class FreshAppProcess(AppProcess):
    """App in an interpreter of its own, for variables that Gradio may read at its import."""

    def _begun(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            command = [sys.executable, str(self.script)]
            return subprocess.Popen(command, cwd=self.folder, env=self._env(), stdout=log, stderr=log)
