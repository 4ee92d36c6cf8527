"""Child process of the app that runs the server."""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import secrets
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

from components.errors import SetupError
from components.server.process.health import HangDetector, ProbeBounds, probe, probes_of

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 20.0
"""Seconds within which the child must print its port."""
STOP_SECONDS = 3.0
READER_SECONDS = 1.0
"""Seconds that each of the two threads that read an ended child's output is waited for."""
RESTART_PAUSE = 5.0
"""Seconds between two attempts to restart a server that does not start."""
FAILED = ("The picture server of this app did not start.", "The app's log says why.")


class ServerChild:
    """Server process with a random key and a free loopback port; it ends with the app, however that ends.

    One that ends by itself, or hangs, is started again and goes on with its tasks.
    """

    def __init__(
        self, engine: str, folder: Path, pace: float | None = None, probes: ProbeBounds | None = None
    ) -> None:
        """`pace`: seconds for 28 steps; None: the server's default. `probes`: None for those of the engine."""
        self._probes = probes or probes_of(engine)
        self._command = _command(engine, folder.resolve(), pace)
        self._port = 0
        self._stopping = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._readers: list[threading.Thread] = []
        self.base_url = ""
        """Set by `start`."""
        self.key = ""
        """Set by `start`; never in arguments, environment or files."""

    def start(self) -> None:
        """Block until the server answers. Raise SetupError when it does not within START_SECONDS."""
        self.key, self._port = secrets.token_urlsafe(32), 0
        self._stopping.clear()
        self._spawn()
        threading.Thread(target=self._keep_alive, name="server-keeper", daemon=True).start()
        threading.Thread(target=self._end_hung, name="server-probes", daemon=True).start()

    def _spawn(self) -> None:
        process = self._process = _spawn([*self._command, "--port", str(self._port)])
        first: queue.Queue[str] = queue.Queue()
        errors = _Errors()
        self._readers = [_reading(process.stdout, first.put), _reading(process.stderr, errors.add)]
        try:
            _send_key(process, self.key)
            self._port = _port_in(first.get(timeout=START_SECONDS))
            self.base_url = f"http://127.0.0.1:{self._port}"
        except (OSError, queue.Empty, ValueError) as error:
            self._end()
            log.error("the server did not start: %s", errors.last or "it said nothing")
            raise SetupError(*FAILED) from error

    def _keep_alive(self) -> None:
        """Restart the server, on its port and with its key, when it ends without a stop request."""
        while not self._stopping.is_set():
            if self._process:
                self._process.wait()
            if self._stopping.is_set():
                return
            log.warning("the server ended by itself; starting it again")
            self._end()
            try:
                self._spawn()
            except SetupError:
                self._stopping.wait(RESTART_PAUSE)

    def _end_hung(self) -> None:
        """Kill the server whenever it hangs; `_keep_alive` then starts it again."""
        detector = HangDetector(self._probes)
        while not self._stopping.wait(self._probes.pause):
            process = self._process
            if process is None or process.poll() is not None:
                continue
            if detector.observe(answered=probe(self._port, self._probes.timeout)) and process is self._process:
                log.warning("the server does not answer; ending it")
                process.kill()

    def stop(self) -> None:
        """End the server; harmless when it has ended."""
        self._stopping.set()
        self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _close(process)
        for reader in self._readers:
            reader.join(READER_SECONDS)

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None


class _Errors:
    """Stderr of the child, copied to the log; its last line is logged when the start fails."""

    def __init__(self) -> None:
        self.last = ""

    def add(self, line: str) -> None:
        if line:
            self.last = line
            log.warning("server: %s", line)


def _command(engine: str, folder: Path, pace: float | None) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "components.server",
        "--child",
        "--engine",
        engine,
        "--data",
        str(folder),
    ]
    return command if pace is None else [*command, "--pace", str(pace)]


def _spawn(command: list[str]) -> subprocess.Popen[str]:
    """Start the child in a process group of its own: Ctrl+C goes to the app alone, which then stops the child."""
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        **apart,
    )


def _send_key(process: subprocess.Popen[str], key: str) -> None:
    assert process.stdin is not None
    process.stdin.write(key + "\n")
    process.stdin.flush()


def _reading(stream: IO[str] | None, take: Any) -> threading.Thread:
    """Pass each line to `take` in a thread until the child closes the stream; then an empty one."""
    assert stream is not None

    def read() -> None:
        with stream:
            for line in stream:
                take(line.strip())
        take("")

    thread = threading.Thread(target=read, name="server-output", daemon=True)
    thread.start()
    return thread


def _port_in(line: str) -> int:
    """Return the port in the child's first line. Raise ValueError for any other line."""
    try:
        return int(json.loads(line)["port"])
    except (KeyError, TypeError) as error:
        raise ValueError(line) from error


def _close(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
