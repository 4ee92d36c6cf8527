"""Chromium for the tests: the system's if installed, else Playwright's."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Commands of Chromium, the best first: without a browser's own windows a page costs two thirds of the time."""
DEBIAN_PACKAGE = "chromium-headless-shell"
DRIVER_LIBRARY = "libatomic1"
"""Debian package of a library that Playwright's driver is linked to; a minimal system lacks it."""
PLAYWRIGHT = (sys.executable, "-m", "playwright")
ADVICE = (
    "These tests drive the page in Chromium, and it could not be installed. On Debian run "
    f"`sudo apt install {DEBIAN_PACKAGE} {DRIVER_LIBRARY}` first; elsewhere "
    "`.venv/bin/python -m playwright install --with-deps chromium`. "
    "Or run a part that needs no browser: `.venv/bin/python -m pytest tests/unit`."
)


def executable() -> str | None:
    """Return the path of the system's Chromium, None if it has none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def prepare() -> None:
    """Install Chromium and the system packages Playwright needs; exit pytest with advice if that fails."""
    if not (driver_runs() or (can_install() and installs(DRIVER_LIBRARY) and driver_runs())):
        pytest.exit(ADVICE, pytest.ExitCode.USAGE_ERROR)
    if executable() is None and not (is_debian() and can_install() and installs(DEBIAN_PACKAGE)):
        with_libraries = ["--with-deps"] if can_install() else []
        if not succeeds(*PLAYWRIGHT, "install", *with_libraries, "chromium"):
            pytest.exit(ADVICE, pytest.ExitCode.USAGE_ERROR)


def driver_runs() -> bool:
    return succeeds(*PLAYWRIGHT, "--version")


def can_install() -> bool:
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def is_debian() -> bool:
    """Return whether Chromium is a package of this system; Ubuntu's is a stub for snap, which containers lack."""
    return shutil.which("apt-get") is not None and platform.freedesktop_os_release().get("ID") == "debian"


def installs(package: str) -> bool:
    """Install a Debian package as root; return whether that succeeded."""
    quiet = ("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")
    return succeeds(*quiet, "update") and succeeds(*quiet, "install", "-y", package)


def succeeds(*command: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, check=False, capture_output=True, env=environment).returncode == 0


@contextmanager
def chromium() -> Generator[Browser]:
    """Launch a browser and close it at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()
