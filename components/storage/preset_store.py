"""Preset store: the presets of signed-in visitors. Every call blocks."""

from __future__ import annotations

import sqlite3

from components.domain.saved_presets import PresetChange, PresetList
from components.storage import presets_table
from components.storage.data_folder import DataFolder


class PresetStore(DataFolder):
    """Presets of signed-in visitors in one data folder."""

    def presets(self, visitor: str) -> PresetList:
        """Return a visitor's presets."""
        return presets_table.read(self._db.read(presets_table.SELECT, (visitor,)))

    def change_presets(self, visitor: str, change: PresetChange) -> PresetList:
        """Change a visitor's presets and return them; with a `problem` nothing was written."""

        def write(db: sqlite3.Connection) -> PresetList:
            # In one transaction: another tab may write in between.
            new = presets_table.read(db.execute(presets_table.SELECT, (visitor,))).changed(change)
            if not new.problem:
                presets_table.replace(db, visitor, new)
            return new

        return self._db.write(write)
