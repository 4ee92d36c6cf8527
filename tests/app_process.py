"""The app as a person starts it: a process of its own, with a data folder and a port of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.hosted_api import KEY, HostedApi, free_port

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 90.0


class AppProcess:
    """`python app.py`, to be stopped, killed and started again on the same data and port."""

    script = ROOT / "app.py"

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.port = folder, free_port()
        self.log = folder / "app.log"
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def hosted(cls, folder: Path, api: HostedApi, **settings: str) -> AppProcess:
        """Return the app with a key for that API."""
        return cls(folder, WAVESPEED_API_KEY=KEY, WAVESPEED_BASE_URL=api.base_url, **settings)

    @property
    def url(self) -> str:
        """Return the page's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Return the process id."""
        assert self._process
        return self._process.pid

    def start(self) -> AppProcess:
        """Start it and wait until the page answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            command = [sys.executable, str(self.script)]
            self._process = subprocess.Popen(command, cwd=self.folder, env=self._env(), stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, sign: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(sign)
            self._process.wait(30)

    def _env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WAVESPEED", "PLAYGROUND"))}
        without_key = {} if "WAVESPEED_API_KEY" in self.settings else {"PLAYGROUND_BACKEND": "demo"}
        return kept | {
            **without_key,
            "PLAYGROUND_DATA_DIR": str(self.folder / "data"),
            "GRADIO_SERVER_PORT": str(self.port),
            "GRADIO_SERVER_NAME": "127.0.0.1",
            "GRADIO_TEMP_DIR": str(self.folder / "gradio"),
            "GRADIO_ANALYTICS_ENABLED": "False",
            **self.settings,
        }

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False
