"""Names that users, programs and stored data count on; a rename here breaks somebody's script, link or data folder."""

from __future__ import annotations

import inspect
import sqlite3
import subprocess
import sys

import pytest

from components.api.endpoint import Endpoint
from components.domain.backend_choice import BackendChoice
from components.domain.job import Job, JobState
from components.domain.request import GenerationRequest
from components.services.backend import Backend
from components.services.playground import Playground
from components.settings import Settings
from components.storage.jobs_table import to_record
from components.storage.store import Store
from components.ui.labels import Labels
from components.ui.page import Page
from components.ui.programs.generate import PARAMETERS, generate_endpoint
from components.ui.programs.picture_calls import PictureCalls
from tests.support.core import host_config
from tests.support.paths import ROOT
from tests.support.scripted_api import BASE, KEY, MODEL

GENERATE = (
    "prompt negative_prompt width height guidance_scale num_inference_steps seed loras image mask_image"
    " prompt_strength refine high_noise_frac refine_steps preset sampler"
)
TABLES = {
    "forgotten_tasks": "task_id backend made link",
    "jobs": "id visitor created ended state backend model task_id record binned",
    "lost_times": "since until is_searched",
    "presets": "visitor name place settings",
    "search_index": "job_id words loras is_favourite bytes",
    "sources": "name visitor digest width height created",
    "spendings": "job_id person made cost is_settled expected is_billed",
    "spendings_ahead": "job_id seen",
    "sweeps": "visitor made pictures",
    "switches": "name is_on",
    "uploads": "account digest link made",
}
RECORD = (
    "accepted backend click created ended files id inference_ms is_favourite is_set_aside key links lost model"
    " next_send note number person pictures position price query_url refused_field request seed_note sent"
    " started state step steps stop_requested task_id trouble version visitor"
)
REQUEST = (
    "feather guidance_scale height high_noise_frac image loras mask negative_prompt num_inference_steps preset prompt"
    " prompt_strength refine refine_steps sampler seed width"
)
LABELS = {"Prompt", "Negative prompt", "Width", "Height", "Guidance", "Steps", "Seed", "Add LoRA", "Generate"}
LORA_LABELS = {f"LoRA {number}{part}" for number in range(1, 5) for part in ("", " scale")}


@pytest.fixture
async def playground(tmp_path):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    store = Store(tmp_path)
    yield Playground(backend, store, host_config(backend))
    store.close()


async def test_parameters_of_generate(playground):
    parameters = [
        name for name in inspect.signature(generate_endpoint(PictureCalls(playground))).parameters if name != "request"
    ]
    assert parameters == list(PARAMETERS) == GENERATE.split()


async def test_accessible_names_of_the_form(playground):
    names = Labels(Page(playground).blocks.get_config_file()).texts("en").values()
    assert set(names) >= LABELS | LORA_LABELS


def test_states_of_a_tile():
    assert [state.value for state in JobState] == [
        "waiting",
        "created",
        "processing",
        "completed",
        "failed",
        "unknown",
        "stopped",
    ]


def test_files_tables_and_columns_of_the_data_folder(tmp_path):
    Store(tmp_path).close()
    assert {"pictures", "thumbnails", "playground.sqlite3"} <= {path.name for path in tmp_path.iterdir()}
    db = sqlite3.connect(tmp_path / "playground.sqlite3")
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    columns = {table: " ".join(row[1] for row in db.execute(f"PRAGMA table_info({table})")) for table in tables}
    db.close()
    assert columns == TABLES


def test_keys_of_stored_records():
    record = to_record(Job("c-1", "v", "c", 1, "b", MODEL, GenerationRequest("a castle"), 1.0))
    assert " ".join(sorted(record)) == RECORD
    assert " ".join(sorted(record["request"])) == REQUEST


def test_choices_and_defaults_of_the_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))
    for name in ("WAVESPEED_API_KEY", "WAVESPEED_BASE_URL", "WAVESPEED_MODEL", "PLAYGROUND_BACKEND"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings.from_env()
    assert settings.base_url == "https://api.wavespeed.ai"
    assert list(settings.models) == ["stability-ai/sdxl-lora", "stability-ai/sdxl"]
    assert {choice.value for choice in BackendChoice} == {"hosted", "demo", "sdxl", "ray"}


def test_command_line_of_our_server():
    command = [sys.executable, "-m", "components.server", "--help"]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert all(option in text for option in ("--engine", "demo, sdxl", "--port", "--key", "--pace"))
