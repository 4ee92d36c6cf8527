"""Saved presets: changed by name, so that two tabs lose nothing of each other, within bounds."""

from __future__ import annotations

import pytest

from components.domain.saved_presets import MOST_BYTES, MOST_NAME, MOST_PRESETS, PresetChange, PresetList, SavedPreset


def presets(*names: str, settings: str = "{}") -> tuple[SavedPreset, ...]:
    return tuple(SavedPreset(name, settings) for name in names)


def names(found: PresetList) -> list[str]:
    return [preset.name for preset in found.presets]


def test_what_another_tab_has_saved_stays():
    own = PresetList(presets("A", "B", "from the other tab"))
    change = PresetChange(presets("C"), drop=("A",), order=("B", "C"))
    assert names(own.changed(change)) == ["B", "C", "from the other tab"]


def test_one_of_the_same_name_is_replaced_whatever_its_capitals():
    changed = PresetList(presets("Éclair", "B")).changed(PresetChange(presets("ÉCLAIR", settings='{"a": 1}')))
    assert changed.presets == (SavedPreset("ÉCLAIR", '{"a": 1}'), SavedPreset("B", "{}"))


def test_a_renamed_one_keeps_its_place():
    change = PresetChange(presets("Z"), drop=("a",), order=("Z", "B"))
    assert names(PresetList(presets("A", "B")).changed(change)) == ["Z", "B"]


def test_number_and_bytes_are_bounded():
    many = [str(number) for number in range(MOST_PRESETS)]
    assert PresetList(presets(*many)).problem == ""
    assert PresetList(presets(*many, "one more")).problem == "too_many"
    assert PresetList(presets("a", settings="ü" * (MOST_BYTES // 2))).problem == "too_large"


@pytest.mark.parametrize("name", ["", "x" * (MOST_NAME + 1), "half a pair \ud83d"])
def test_a_name_that_cannot_be_kept_is_refused(name):
    with pytest.raises(ValueError, match="no valid preset"):
        SavedPreset(name, "{}")
