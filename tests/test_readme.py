"""The README says what is true: pinned versions, settings, folders, commands."""

from __future__ import annotations

import re
from pathlib import Path

import gradio
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def space_header() -> dict[str, str]:
    """Return the Hugging Face Space's configuration from the README's head."""
    block = README.split("---")[1]
    return {name: value.strip().strip('"') for name, _, value in (line.partition(":") for line in block.split("\n"))}


def requirements() -> dict[str, Requirement]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {requirement.name: requirement for requirement in found}


def test_the_space_runs_the_gradio_that_is_pinned_and_tested() -> None:
    version = space_header()["sdk_version"]
    (pin,) = requirements()["gradio"].specifier
    assert str(pin) == f"~={version}"
    assert gradio.__version__.rpartition(".")[0] == version.rpartition(".")[0]


def test_the_space_header_is_whole() -> None:
    header = space_header()
    assert header["sdk"] == "gradio"
    assert (ROOT / header["app_file"]).is_file()
    assert header["license"] == "apache-2.0"
    assert len(header["short_description"]) <= 60
    assert {"title", "emoji", "colorFrom", "colorTo", "python_version"} <= set(header)


def test_requirements_are_the_card_s_and_what_our_server_needs() -> None:
    card = {"gradio", "httpx", "pillow", "python-dotenv"}
    assert set(requirements()) == card | {"starlette", "uvicorn", "python-multipart"}
    assert requirements()["gradio"].extras == {"oauth"}
    assert all(requirement.specifier for requirement in requirements().values())


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    read = set(re.findall(r'"((?:WAVESPEED|PLAYGROUND)_[A-Z_]+)"', (ROOT / "components/settings.py").read_text()))
    told = set(re.findall(r"`((?:WAVESPEED|PLAYGROUND)_[A-Z_]+)`", README))
    example = set(re.findall(r"^#?((?:WAVESPEED|PLAYGROUND)_[A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert read == told == example


def test_everything_named_in_the_readme_exists() -> None:
    named = re.findall(r"`((?:components|assets|tests)/[\w./]*)`|\((assets/[\w./]+)\)", README)
    missing = [path for pair in named for path in pair if path and not (ROOT / path).exists()]
    assert missing == []


def test_the_readme_is_short_and_has_both_commands() -> None:
    assert len(README.splitlines()) < 150
    commands = [line for line in README.splitlines() if line.startswith("python3 -m venv .venv ")]
    assert [command.split(" && ")[-1] for command in commands] == [
        ".venv/bin/python app.py",
        ".venv/bin/python -m pytest",
    ]


def test_the_top_level_holds_only_what_the_design_card_names() -> None:
    allowed = {"app.py", "requirements.txt", "README.md", "components", "tests", "assets", "pyproject.toml", "LICENSE"}
    present = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert present - allowed - {"__pycache__"} == set()
