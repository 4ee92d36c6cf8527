"""The real package `spaces` before a scheduler that lends nothing: where the model is placed, and what is said."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys

import pytest

from tests.support.paths import ROOT
from tests.support.zerogpu_scheduler import ZeroGpuScheduler

pytest.importorskip("spaces", reason="tests/requirements.txt has it")
pytestmark = pytest.mark.full


@pytest.fixture
def scheduler():
    started = ZeroGpuScheduler(quota={"left": 3, "wait": 4980})
    started.start()
    yield started
    started.stop()


def outcome(tiny, cache, scheduler, *arguments: str):
    env = os.environ | {
        "SPACES_ZERO_GPU": "true",
        "SPACES_ZERO_DEVICE_API_URL": scheduler.url,
        "SDXL_MODEL": str(tiny.base),
        "SDXL_REFINER": str(tiny.refiner),
        "SDXL_CACHE": str(cache),
    }
    command = [sys.executable, "-m", "tests.support.zerogpu_engine", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=240)
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def token() -> str:
    """Return a token as Hugging Face's proxy adds it: three parts, the second of JSON."""
    payload = base64.urlsafe_b64encode(json.dumps({"user": "alice"}).encode()).decode().rstrip("=")
    return f"e30.{payload}.signature"


def test_the_model_is_placed_and_a_used_up_quota_is_said_with_its_time(tiny, tmp_path, scheduler):
    found = outcome(tiny, tmp_path, scheduler, token())
    assert found["device"].startswith("cuda")
    assert found["message"]["code"] == "engine_lent_card_quota_until"
    assert found["message"]["params"] == {"wait": "1:23:00"}
    assert scheduler.tokens == [token()], "the GPU is asked for on the visitor's share"
