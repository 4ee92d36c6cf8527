"""Fixtures of the storage tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.storage import database


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "notes.sqlite3"


@pytest.fixture
def at_once(monkeypatch):
    """The way back to disk is tried at every write."""
    monkeypatch.setattr(database, "RETRY_SECONDS", -1.0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of somebody whom permissions hold back; root they do not."""
    as_root = os.geteuid() == 0
    if as_root:
        os.seteuid(65534)
    place = Path(tempfile.mkdtemp())
    yield place
    place.chmod(0o700)
    for path in place.iterdir():
        path.chmod(0o600)
    shutil.rmtree(place)
    if as_root:
        os.seteuid(0)
