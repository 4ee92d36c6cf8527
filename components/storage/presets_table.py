"""Presets table: the presets of signed-in visitors, each a row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from components.domain.saved_presets import PresetList, SavedPreset

TABLE = """
CREATE TABLE IF NOT EXISTS presets (
    visitor TEXT NOT NULL,
    name TEXT NOT NULL,
    place INTEGER NOT NULL,
    settings TEXT NOT NULL,
    PRIMARY KEY (visitor, name)
) STRICT;
"""
SELECT = "SELECT name, settings FROM presets WHERE visitor = ? ORDER BY place"


def read(rows: Iterable[tuple[str, str]]) -> PresetList:
    """Return the presets in rows of SELECT."""
    return PresetList(tuple(SavedPreset(*row) for row in rows))


def replace(db: sqlite3.Connection, visitor: str, new: PresetList) -> None:
    """Write a visitor's presets in place of those before."""
    db.execute("DELETE FROM presets WHERE visitor = ?", (visitor,))
    rows = [(visitor, preset.name, place, preset.settings) for place, preset in enumerate(new.presets)]
    db.executemany("INSERT INTO presets (visitor, name, place, settings) VALUES (?, ?, ?, ?)", rows)
