"""Python processes forked from one that has imported Gradio and the page: a start costs 1.2 s of processor, not 6."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import runpy
import sys
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PRELOADED = (
    *("components.ui.launch", "components.services.playground", "components.server.process.child"),
    "tests.support.warm_assets",
)


class PreloadedProcess:
    """Process that runs a script as `python script arguments` does; as much of Popen as the tests use."""

    def __init__(self, script: Path, folder: Path, environment: dict[str, str], log: Path, *arguments: str) -> None:
        self._process: ForkServerProcess = _fork_server().Process(
            target=_run, args=(str(script), str(folder), environment, str(log), *arguments), daemon=True
        )
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, None while the process runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def wait(self, seconds: float) -> int:
        """Wait until the process has ended."""
        self._process.join(seconds)
        code = self.poll()
        assert code is not None, "the process still runs"
        return code


@cache
def _fork_server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))  # Python 3.11's fork server does not import from its parent's sys.path
        forkserver.ensure_running()
    return context


def _run(script: str, folder: str, environment: dict[str, str], log: str, *arguments: str) -> None:
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    importlib.reload(sys.modules["gradio.oauth"])  # reads its environment at import
    sys.argv = [script, *arguments]
    runpy.run_path(script, run_name="__main__")
