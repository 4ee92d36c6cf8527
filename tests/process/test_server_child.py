"""Server in real processes: the command line, the app's child process, and kills of both."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from components.engines.protocol import ENGINE_LOST
from components.errors import SetupError
from components.server.process import child
from components.server.process.child import ServerChild
from components.server.process.health import ProbeBounds, probe
from tests.support.paths import ROOT
from tests.support.v3_server import Caller
from tests.support.waiting import comes_true, wait_until

SLOW = "tests.support.tiny_engines:SlowEngine"
PARENT = """
import sys, time
from pathlib import Path
from components.server.process.child import ServerChild
server = ServerChild(sys.argv[1], Path(sys.argv[2]), 0)
server.start()
print(server.base_url, server.key, server._process.pid, flush=True)
time.sleep(60)
"""


@contextlib.contextmanager
def command(*arguments):
    """Start the server from the command line; yield its base URL and its process."""
    line = [sys.executable, "-m", "components.server", "--port", "0", *map(str, arguments)]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix("serving at ").strip(), process
        finally:
            process.kill()


@contextlib.contextmanager
def calling(base, key=""):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=base, headers=headers, timeout=20) as http:
        yield Caller(http)


def is_away(base):
    try:
        httpx.get(f"{base}/api/v3/models")
    except httpx.TransportError:
        return True
    return False


def gone(base, seconds):
    """Return whether the server at `base` stops responding within so many seconds."""
    return comes_true(lambda: is_away(base), seconds=seconds, pause=0.02)


def test_the_command_line(tmp_path):
    arguments = ("--engine", SLOW, "--pace", "0", "--key", "k", "--data", tmp_path)
    with command(*arguments) as (base, process), calling(base, "k") as caller:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", base)
        assert caller.submit(enable_sync_mode=True)["status"] == "completed"
        process.terminate()
        assert process.wait(5) == 128 + signal.SIGTERM
    assert (tmp_path / "server.sqlite3").exists()


def test_without_a_folder_nothing_is_left(tmp_path):
    line = [sys.executable, "-m", "components.server", "--port", "0", "--engine", SLOW]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("serving at ")
        assert list(tmp_path.iterdir())
        process.send_signal(signal.SIGINT)
        process.wait(5)
    assert list(tmp_path.iterdir()) == []


def test_the_demo_painter_is_served(tmp_path):
    with (
        command("--engine", "demo", "--pace", "0", "--data", tmp_path) as (base, _),
        calling(base) as caller,
    ):
        done = caller.submit(enable_sync_mode=True)
        assert (done["status"], done["error"]) == ("completed", "")
        assert caller.picture(done["outputs"][0]).size == (256, 256)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--engine", "other", "--port", "0"], "There is no engine called other."),
        (["--engine", "tests.support.tiny_engines:None", "--port", "0"], "is not installed"),
        (["--engine", SLOW], "Say which port to use."),
        (["--engine", SLOW, "--port", "0", "--pace", "-1"], "must be 0 or more seconds"),
        (["--engine", SLOW, "--port", "99999"], "cannot be used"),
    ],
)
def test_bad_starts_get_a_sentence(arguments, sentence):
    line = [sys.executable, "-m", "components.server", *arguments]
    ended = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode != 0
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_sigkill_in_mid_task_then_it_is_painted_again(tmp_path):
    arguments = ("--engine", SLOW, "--pace", "0", "--data", tmp_path)
    with command(*arguments) as (base, process), calling(base) as caller:
        task = caller.submit(prompt="slow", seed=9)
        caller.when(task["id"], lambda seen: seen["status"] == "processing")
        process.kill()
        process.wait(5)
    arguments = ("--engine", "tests.support.tiny_engines:TinyEngine", "--pace", "0", "--data", tmp_path)
    with command(*arguments) as (base, _), calling(base) as caller:
        done = caller.end(task["id"])
        assert (done["status"], done["created_at"]) == ("completed", task["created_at"])
        assert caller.picture(done["outputs"][0]).getpixel((0, 0)) == (9, 0, 7)


def test_the_child(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a relative data folder is resolved in this process, not in the child
    server = ServerChild(SLOW, Path("data"), 0)
    assert not server.alive
    server.start()
    assert server.alive
    with calling(server.base_url, server.key) as caller:
        assert caller.submit(enable_sync_mode=True)["status"] == "completed"
    assert httpx.get(f"{server.base_url}/api/v3/models").status_code == 401
    assert (tmp_path / "data" / "server.sqlite3").exists()
    first = server.key, server.base_url
    server.stop()
    assert not server.alive
    assert gone(first[1], 0.5)
    server.stop()
    server.start()
    assert server.alive
    assert server.key != first[0]
    server.stop()


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_killed_child_comes_back_at_its_address_and_goes_on(tmp_path):
    server = ServerChild("tests.support.tiny_engines:TinyEngine", tmp_path, 3)
    server.start()
    with calling(server.base_url, server.key) as caller:
        task = caller.submit(prompt="slow")
        assert server._process is not None
        os.kill(server._process.pid, signal.SIGKILL)
        assert gone(server.base_url, 5)
    wait_until(lambda: not is_away(server.base_url))
    with calling(server.base_url, server.key) as caller:
        assert caller.end(task["id"])["status"] == "completed"
    server.stop()


def test_a_child_whose_engine_is_lost_is_started_again_and_goes_on(tmp_path):
    server = ServerChild("tests.support.tiny_engines:LostEngine", tmp_path / "data", 0)
    server.start()
    first = server._process
    with calling(server.base_url, server.key) as caller:
        task = caller.submit(prompt=str(tmp_path / "lost"))
    assert first is not None
    assert first.wait(10) == ENGINE_LOST
    wait_until(lambda: not is_away(server.base_url))
    with calling(server.base_url, server.key) as caller:
        assert caller.end(task["id"])["status"] == "completed"
    server.stop()


@pytest.mark.full
@pytest.mark.skipif(os.name != "posix", reason="SIGSTOP")
def test_a_child_that_hangs_is_started_again_and_goes_on(tmp_path, caplog):
    probes = ProbeBounds(pause=0.05, timeout=0.3, failures=3)
    server = ServerChild("tests.support.tiny_engines:TinyEngine", tmp_path, 3, probes)
    server.start()
    with calling(server.base_url, server.key) as caller:
        task = caller.submit(prompt="slow")
        assert server._process is not None
        hung = server._process
        os.kill(hung.pid, signal.SIGSTOP)
        wait_until(lambda: hung.poll() is not None, "it still hangs")
    wait_until(lambda: not is_away(server.base_url))
    with calling(server.base_url, server.key) as caller:
        assert caller.end(task["id"])["status"] == "completed"
    assert server._process is not hung
    server.stop()
    assert "the server does not answer" in caplog.text


def test_a_child_that_paints_answers_its_probes(tmp_path):
    server = ServerChild(SLOW, tmp_path, 3600, ProbeBounds(pause=0.01, timeout=5, failures=1))
    server.start()
    first = server._process
    with calling(server.base_url, server.key) as caller:
        task = caller.submit(prompt="slow")
        caller.when(task["id"], lambda seen: seen["status"] == "processing")
        for _ in range(20):
            assert probe(int(server.base_url.rpartition(":")[2]), 5) is True
    assert server._process is first
    server.stop()


def test_the_child_stops_quickly_in_mid_task(tmp_path):
    server = ServerChild(SLOW, tmp_path, 3600)
    server.start()
    with calling(server.base_url, server.key) as caller:
        task = caller.submit(prompt="slow")
        caller.when(task["id"], lambda seen: seen["status"] == "processing")
        stopping = time.monotonic()
        server.stop()
        assert time.monotonic() - stopping < 2


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_key_is_in_no_argument_and_no_environment(tmp_path):
    server = ServerChild(SLOW, tmp_path)
    server.start()
    assert server._process is not None
    process = Path("/proc") / str(server._process.pid)
    seen = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    assert server.key.encode() not in seen
    server.stop()


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_killed_parent_takes_the_child_with_it(tmp_path):
    line = [sys.executable, "-c", PARENT, SLOW, str(tmp_path)]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        base, key, _ = parent.stdout.readline().split()
        with calling(base, key) as caller:
            caller.submit(prompt="slow")
        parent.kill()
        assert gone(base, 2)


def test_a_child_that_does_not_start(tmp_path, caplog):
    server = ServerChild("other", tmp_path)
    with caplog.at_level(logging.ERROR), pytest.raises(SetupError) as caught:
        server.start()
    assert "other" not in str(caught.value)
    assert "There is no engine called other." in caplog.text
    assert not server.alive


@pytest.mark.parametrize("line", ["", "Traceback", "[]", '{"port": null}', "{}"])
def test_only_a_port_line_is_a_port_line(line):
    with pytest.raises(ValueError):
        child._port_in(line)
    assert child._port_in(json.dumps({"port": 5})) == 5
