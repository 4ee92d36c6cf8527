"""Folders of the project."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
DATA = ROOT / "tests" / "data"
GOLDEN = DATA / "golden"
"""Recorded answers of the API."""
