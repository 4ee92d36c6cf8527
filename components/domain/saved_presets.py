"""Saved presets: settings of the form that a signed-in visitor keeps under names. Pure.

`assets/ui/presets/list.js` applies changes by the same rules to the presets of a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from components.domain.request import is_text

MOST_PRESETS = 100
MOST_NAME = 60
"""Characters of a name."""
MOST_BYTES = 150_000
"""Bytes of all presets of one visitor. Together they fit into the body of one request."""

Problem = Literal["", "too_many", "too_large"]


@dataclass(frozen=True, slots=True)
class SavedPreset:
    """Settings under a name."""

    name: str
    settings: str
    """JSON object, which the page's script writes, checks and reads."""

    def __post_init__(self) -> None:
        """Raise ValueError for a name that is empty or too long, and for texts that no database can hold."""
        if not 0 < len(self.name) <= MOST_NAME or not is_text(self.name + self.settings):
            raise ValueError("no valid preset")

    @property
    def size(self) -> int:
        """Return the number of its bytes."""
        return len(self.name.encode()) + len(self.settings.encode())


@dataclass(frozen=True, slots=True)
class PresetChange:
    """Change of a list of presets, by name: what another tab has changed meanwhile stays.

    Names are equal regardless of capitals.
    """

    put: tuple[SavedPreset, ...] = ()
    """Added, or in place of those of the same name."""
    drop: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    """Names in the order in which they are shown; those that are not named follow."""


@dataclass(frozen=True, slots=True)
class PresetList:
    """Presets of one visitor, in the order in which they are shown."""

    presets: tuple[SavedPreset, ...] = ()

    @property
    def problem(self) -> Problem:
        """Return why this list is not kept; empty for one that is."""
        if len(self.presets) > MOST_PRESETS:
            return "too_many"
        return "too_large" if sum(preset.size for preset in self.presets) > MOST_BYTES else ""

    def changed(self, change: PresetChange) -> PresetList:
        """Return the list after a change."""
        dropped = {name.lower() for name in change.drop}
        found = {key: preset for preset in self.presets if (key := preset.name.lower()) not in dropped}
        found |= {preset.name.lower(): preset for preset in change.put}
        places = {name.lower(): place for place, name in enumerate(change.order)}
        return PresetList(tuple(found[key] for key in sorted(found, key=lambda key: places.get(key, len(places)))))
