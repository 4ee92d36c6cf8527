"""Real Ray on this machine: a head process with GPUs that are only counted."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from components.engines.protocol import Engine
from components.engines.ray.engine import RayEngine
from components.engines.ray.settings import RaySettings
from tests.support.paths import ROOT

HAS_RAY = find_spec("ray") is not None
RAY = Path(sys.executable).with_name("ray")
WORKER_PORTS = ("--min-worker-port=21000", "--max-worker-port=21999")


def _free_port() -> int:
    """Return a port outside of those that Ray gives its workers."""
    for port in range(6400, 6500):
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


@contextmanager
def ray_cluster(gpus: int) -> Generator[str]:
    """Run a cluster and yield its address. Its workers find the project, and its tests."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        command = [RAY, "start", "--head", "--block", f"--port={port}", f"--num-gpus={gpus}", "--num-cpus=4"]
        command += [*WORKER_PORTS, "--node-ip-address=127.0.0.1", "--include-dashboard=false", f"--temp-dir={folder}"]
        env = os.environ | {
            "PYTHONPATH": str(ROOT),
            "RAY_AUTH_MODE": "disabled",
            "RAY_raylet_start_wait_time_s": "120",
        }
        head = subprocess.Popen([*command, "--disable-usage-stats"], env=env, stdout=subprocess.PIPE, text=True)
        assert head.stdout
        for line in head.stdout:
            if "runtime started" in line:
                break
        else:
            raise AssertionError("the head did not start")
        rest = threading.Thread(target=head.stdout.read, daemon=True)
        rest.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            if "ray" in sys.modules:  # Ray ends a process whose cluster goes away
                sys.modules["ray"].shutdown()
            head.terminate()
            head.wait(60)
            rest.join(60)
            head.stdout.close()


def ray_engine(
    address: str, name: str, passed_on: dict[str, str] | None = None, inner: Engine | None = None
) -> RayEngine:
    """Return an engine with two replicas of another one, which are ready. `inner`: the one here, that checks."""
    engine = RayEngine(RaySettings(address, name, 2, 2, 1, passed_on or {}), inner=inner)
    engine.prepare(lambda _: None)
    return engine
