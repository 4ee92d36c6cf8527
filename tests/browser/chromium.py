"""Which Chromium the tests drive: the system's where there is one, else the one Playwright installs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache

import pytest

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
NAMES = ("chromium", "chromium-browser", "google-chrome")


@cache
def executable() -> str | None:
    """Return the system's Chromium, or None after Playwright has installed its own. Fails where neither can be had."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    install = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
    if subprocess.run(install, check=False).returncode:
        pytest.fail("The page's tests need a browser: install Debian's `chromium`, or go online for Playwright's.")
    return None
