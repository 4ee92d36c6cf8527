"""Settings from the environment: key, address, models, backend, limits of jobs, data folder, .env file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from components.domain.backend_choice import BackendChoice
from components.settings import HOSTED_URL, MCP_INSTALL
from tests.support.env_settings import KEY, refused, settings
from tests.support.paths import ROOT

pytestmark = pytest.mark.usefixtures("sdxl_lacks")


def test_without_anything_it_is_the_demo():
    plain = settings()
    assert plain.api_key is None
    assert plain.backend is BackendChoice.DEMO
    assert plain.base_url == HOSTED_URL == "https://api.wavespeed.ai"
    assert plain.models == ("stability-ai/sdxl-lora", "stability-ai/sdxl")
    assert (plain.jobs_per_visitor, plain.jobs) == (25, 200)


@pytest.mark.parametrize(("text", "level"), [("", "WARNING"), ("info", "INFO"), (" DEBUG ", "DEBUG")])
def test_the_log_has_a_level(text, level):
    assert settings(PLAYGROUND_LOG_LEVEL=text).log_level == level


def test_a_level_of_no_log_is_refused():
    assert "Use debug, info, warning, error." in refused(PLAYGROUND_LOG_LEVEL="loud")


# --- key ---


@pytest.mark.parametrize("text", [KEY, f" {KEY} ", f"{KEY}\n", f"\r\n{KEY}\r\n", f"Bearer {KEY}", f" Bearer  {KEY}\t"])
def test_what_pasting_does_to_a_key_is_mended(text):
    mended = settings(WAVESPEED_API_KEY=text)
    assert mended.api_key == KEY
    assert mended.backend is BackendChoice.HOSTED


@pytest.mark.parametrize("text", ["", "  ", "\n", "Bearer ", "Bearer"])
def test_a_key_of_nothing_is_none(text):
    found = settings(WAVESPEED_API_KEY=text)
    assert (found.api_key, found.backend) == (None, BackendChoice.DEMO)


@pytest.mark.parametrize(
    "text", [KEY + "é", f"{KEY} {KEY}", f"{KEY}\n{KEY}", f"{KEY}\0", "\u200b" + KEY, f"{KEY}\x7f"]
)
def test_a_key_that_no_header_can_carry_is_refused_and_not_repeated(text):
    said = refused(WAVESPEED_API_KEY=text)
    assert "WAVESPEED_API_KEY" in said
    assert KEY not in said


def test_the_key_is_in_no_repr():
    one = settings(WAVESPEED_API_KEY=KEY)
    assert KEY not in f"{one!r} {one!s} {[one]}"


# --- where ---


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.test", "https://api.test"),
        ("https://api.test/", "https://api.test"),
        ("http://127.0.0.1:8000/a/path/", "http://127.0.0.1:8000/a/path"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("", HOSTED_URL),
        ("  ", HOSTED_URL),
    ],
)
def test_a_base_url_may_carry_a_path_but_no_slash_at_its_end(text, url):
    assert settings(WAVESPEED_BASE_URL=text).base_url == url


@pytest.mark.parametrize(
    "text",
    [
        "api.test",
        "ftp://api.test",
        "https://",
        "https:///x",
        "https://[",
        "https://api.test:99999",
        "https://api.test:port",
        "https://api.test:0",
        "https://api.test/?a=secret",
        "https://api.test/#secret",
        "https://user:secret@api.test",
        "https://user@api.test",
        "https://@api.test",
        "https://api.test\\@secret.test",
        "https://a b.test",
        "https://api.test\nx",
    ],
)
def test_a_base_url_that_is_none_is_refused_and_not_repeated(text):
    said = refused(WAVESPEED_BASE_URL=text)
    assert "WAVESPEED_BASE_URL" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("text", "models"),
    [("a/b", ("a/b",)), (" a/b , /c/d/ ,", ("a/b", "c/d")), ("", ("stability-ai/sdxl-lora", "stability-ai/sdxl"))],
)
def test_models_are_named_by_comma(text, models):
    assert settings(WAVESPEED_MODEL=text).models == models


def test_no_model_at_all_is_refused():
    assert "WAVESPEED_MODEL" in refused(WAVESPEED_MODEL=" , /")


# --- backend ---


@pytest.mark.parametrize(
    ("text", "key", "choice"),
    [
        ("auto", "", BackendChoice.DEMO),
        ("auto", KEY, BackendChoice.HOSTED),
        ("", KEY, BackendChoice.HOSTED),
        ("demo", KEY, BackendChoice.DEMO),
        ("hosted", KEY, BackendChoice.HOSTED),
    ],
)
def test_auto_is_hosted_with_a_key_and_else_the_demo(text, key, choice):
    assert settings(PLAYGROUND_BACKEND=text, WAVESPEED_API_KEY=key).backend is choice


@pytest.mark.parametrize(
    ("text", "key", "choice"),
    [
        ("auto", "", BackendChoice.SDXL),
        ("auto", KEY, BackendChoice.HOSTED),
        ("sdxl", KEY, BackendChoice.SDXL),
        ("demo", "", BackendChoice.DEMO),
    ],
)
def test_with_its_libraries_auto_is_our_own_sdxl_unless_there_is_a_key(sdxl_lacks, text, key, choice):
    sdxl_lacks.clear()
    assert settings(PLAYGROUND_BACKEND=text, WAVESPEED_API_KEY=key).backend is choice


def test_sdxl_without_its_libraries_says_what_to_install(sdxl_lacks):
    sdxl_lacks[:] = ["torch", "peft"]
    said = refused(PLAYGROUND_BACKEND="sdxl")
    assert "needs torch, peft." in said
    assert "pip install -r components/engines/sdxl/requirements.txt" in said
    assert (ROOT / "components/engines/sdxl/requirements.txt").is_file()


@pytest.mark.parametrize("text", ["hosted", "sdxl", "cloud"])
def test_a_backend_that_cannot_be_is_refused(text):
    assert f"PLAYGROUND_BACKEND={text}" in refused(PLAYGROUND_BACKEND=text)


# --- caps ---


@pytest.mark.parametrize(
    ("name", "field"), [("PLAYGROUND_JOBS_PER_VISITOR", "jobs_per_visitor"), ("PLAYGROUND_JOBS", "jobs")]
)
def test_caps_are_whole_numbers_from_1(name, field):
    assert getattr(settings(**{name: " 3 "}), field) == 3
    for text in ("0", "-1", "2.5", "many", "²", "1e3"):
        assert name in refused(**{name: text})


# --- data folder ---


def test_the_data_folder_is_the_users_by_default(tmp_path):
    chosen = settings(XDG_DATA_HOME=str(tmp_path))
    if sys.platform == "linux":
        assert chosen.data_dir == tmp_path / "sdxl-lora-playground"
    assert chosen.data_outlives_restart


def test_a_data_folder_can_be_chosen_and_is_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings(PLAYGROUND_DATA_DIR="here").data_dir == tmp_path / "here"
    assert settings(PLAYGROUND_DATA_DIR="~/x").data_dir == Path.home() / "x"


@pytest.mark.skipif(Path("/data").is_dir(), reason="this machine has a /data of its own")
@pytest.mark.parametrize("folder", ["", "auto", "/home/x/pictures", "/data/pictures"])
def test_a_space_without_storage_keeps_nothing(folder):
    assert not settings(SPACE_ID="owner/space", PLAYGROUND_DATA_DIR=folder).data_outlives_restart


# --- .env ---

PROGRAM = "from components.settings import Settings; s = Settings.from_env(); print(s.jobs, s.models[0], s.api_key)"


def test_the_env_file_beside_the_app_is_read_wherever_it_is_started_and_the_environment_wins(tmp_path):
    app, elsewhere = tmp_path / "app", tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copytree(ROOT / "components", app / "components")
    (app / "app.py").write_text(PROGRAM)
    (app / ".env").write_text(f'PLAYGROUND_JOBS=7\nWAVESPEED_MODEL=a/b\nWAVESPEED_API_KEY="{KEY}"\n')
    (elsewhere / ".env").write_text("WAVESPEED_MODEL=wrong\n")
    (tmp_path / ".env").write_text("PLAYGROUND_BACKEND=wrong\n")
    env = {"PATH": os.defpath, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}

    def read(**more: str) -> str:
        command = [sys.executable, str(app / "app.py")]
        done = subprocess.run(command, cwd=elsewhere, env={**env, **more}, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert read() == f"7 a/b {KEY}"
    assert read(PLAYGROUND_JOBS="9", WAVESPEED_MODEL="c/d") == f"9 c/d {KEY}"


# --- frames ---


def test_sites_that_may_frame_the_page():
    assert settings().frames == frozenset()
    chosen = settings(PLAYGROUND_FRAMES=" https://Example.org/, https://*.example.com,http://box.lan:8080 ,")
    assert chosen.frames == {"https://example.org", "https://*.example.com", "http://box.lan:8080"}


@pytest.mark.parametrize(
    "text", ["*", "example.org", "https://", "https://a.test/page", "https://a.test; script-src *", "javascript:x"]
)
def test_what_is_no_site_is_refused_and_adds_nothing_to_the_policy(text):
    assert "PLAYGROUND_FRAMES" in refused(PLAYGROUND_FRAMES=text)


# --- programs ---


@pytest.mark.parametrize("text", ["True", "1"])
def test_the_mcp_server_needs_its_package(monkeypatch, text):
    monkeypatch.setattr("components.settings.importlib.util.find_spec", lambda name: None)
    assert refused(GRADIO_MCP_SERVER=text) == f"GRADIO_MCP_SERVER needs mcp. {MCP_INSTALL}"
    assert not settings().has_mcp_server
    monkeypatch.setattr("components.settings.importlib.util.find_spec", lambda name: name)
    assert settings(GRADIO_MCP_SERVER=text).has_mcp_server
    assert not settings(GRADIO_MCP_SERVER="False").has_mcp_server


@pytest.mark.parametrize(
    ("values", "has_search"),
    [
        ({}, True),
        ({"PLAYGROUND_LORA_SEARCH": "off"}, False),
        ({"HF_HUB_OFFLINE": "1"}, False),
        ({"HF_HUB_OFFLINE": "0"}, True),
        ({"HF_HUB_OFFLINE": "1", "PLAYGROUND_LORA_SEARCH": "on"}, True),
    ],
)
def test_loras_are_searched_unless_the_host_says_otherwise(values, has_search):
    assert settings(**values).has_lora_search is has_search
