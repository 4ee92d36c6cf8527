"""README and the other papers say what is true: pinned versions, settings, files, commands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import gradio
import pytest
from packaging.requirements import Requirement

from tests.support.paths import ROOT

PAPERS = ("README.md", "components/README.md", "tests/README.md", ".github/CONTRIBUTING.md", ".github/HOSTING.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def space_header() -> dict[str, str]:
    """Return the Hugging Face Space's configuration from the README's head."""
    block = README.split("---")[1]
    return {name: value.strip().strip('"') for name, _, value in (line.partition(":") for line in block.split("\n"))}


def requirements(file: str = "requirements.txt") -> dict[str, Requirement]:
    lines = (ROOT / file).read_text().splitlines()
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
    assert header["python_version"] == "3.12", "ZeroGPU has no other that the app runs on"
    assert {"title", "emoji", "colorFrom", "colorTo", "python_version"} <= set(header)


def test_requirements_are_the_card_s_and_what_samples_tokens_and_server_need() -> None:
    card = {"gradio", "httpx", "pillow", "python-dotenv"}
    assert set(requirements()) == card | {"jinja2", "tokenizers", "starlette", "uvicorn", "python-multipart"}
    assert requirements()["gradio"].extras == {"oauth"}
    assert all(requirement.specifier for requirement in requirements().values())


def test_the_file_for_sdxl_on_zerogpu_has_all_that_app_and_engine_need() -> None:
    engine, zerogpu = "components/engines/sdxl/requirements.txt", "components/engines/sdxl/requirements-zerogpu.txt"
    assert f"cp {zerogpu} requirements.txt" in README.splitlines()
    copied, needed = requirements(zerogpu), requirements() | requirements(engine)
    assert copied.pop("torch").specifier == Requirement("torch>=2.6,<2.12").specifier, "the newest of ZeroGPU is 2.11"
    assert copied == {name: one for name, one in needed.items() if name != "torch"}


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    read = set(re.findall(r'"((?:WAVESPEED|PLAYGROUND)_[A-Z_]+)"', (ROOT / "components/settings.py").read_text()))
    told = set(re.findall(r"`((?:WAVESPEED|PLAYGROUND)_[A-Z_]+)`", README))
    example = set(re.findall(r"^#?((?:WAVESPEED|PLAYGROUND)_[A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert read == told == example


@pytest.mark.parametrize("paper", PAPERS)
def test_everything_named_in_a_paper_exists(paper: str) -> None:
    file = ROOT / paper
    bases = (ROOT, file.parent, ROOT / "assets/ui", ROOT / "tests")
    text = file.read_text(encoding="utf-8")
    named = {*re.findall(r"`(\.?[\w.-]+(?:/[\w.-]*)+)(?::[^`]*)?`", text), *re.findall(r"\]\(([\w./-]+)\)", text)}
    of_ours = {name for name in named if exists(name.partition("/")[0], bases) or name.endswith((".py", ".js", ".md"))}
    assert of_ours
    assert [name for name in sorted(of_ours) if not exists(name, bases)] == []


def exists(name: str, bases: Iterable[Path]) -> bool:
    return any((base / name).exists() for base in bases)


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
