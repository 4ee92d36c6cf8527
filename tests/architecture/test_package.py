"""The installed package, as pip, pipx and uv make it: everything that the app reads is in it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile

import pytest

from tests.support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_requirements_are_declared_once():
    declared = PROJECT["tool"]["setuptools"]["dynamic"]
    assert set(PROJECT["project"]["dynamic"]) == {"dependencies", "optional-dependencies"}
    assert declared["dependencies"] == {"file": ["requirements.txt"]}
    assert all(
        (ROOT / file).is_file() for extra in declared["optional-dependencies"].values() for file in extra["file"]
    )


@pytest.mark.full
def test_the_wheel_holds_all_files_that_are_tracked(tmp_path):
    tracked = subprocess.run(["git", "ls-files", "components", "assets"], cwd=ROOT, capture_output=True, text=True)
    copy = tmp_path / "copy"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(copy)]
    subprocess.run(build, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"app.py", *tracked.stdout.split()} <= names
    assert any(name.endswith("/share/sdxl-lora-playground/.env.example") for name in names)
