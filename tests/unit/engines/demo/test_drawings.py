"""The drawings and their index belong together."""

import json

import pytest

from components.engines.demo.scene.stage import HORIZONS
from components.engines.demo.words import vocabulary
from components.engines.demo.words.drawings import FOLDER, catalogue, picture

ENTRIES = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))


def test_every_entry_has_its_file_and_every_file_its_entry():
    assert {f"{entry['name']}.webp" for entry in ENTRIES} == {file.name for file in FOLDER.glob("*.webp")}


def test_names_and_words_are_said_once():
    names = [entry["name"] for entry in ENTRIES]
    words = [word for entry in ENTRIES for word in entry["words"]]
    assert len(set(names)) == len(names) >= 150
    assert len(set(words)) == len(words)


def test_every_entry_can_be_asked_for_and_placed():
    kinds = {"ground", "hill", "tree", "plant", "sky", "air", "low", "water", "deep", "table"}
    for drawing in catalogue().values():
        assert drawing.words, drawing.name
        assert drawing.at in kinds | {"hat", "face", "neck", "held"}, drawing.name
        assert drawing.home in HORIZONS, drawing.name
        assert 0.05 < drawing.size < 1, drawing.name


def test_the_drawings_are_small_enough_to_ship():
    assert sum(file.stat().st_size for file in FOLDER.glob("*.webp")) < 6_000_000


def test_the_licence_lies_beside_them():
    assert "Apache License" in (FOLDER / "LICENSE.txt").read_text()
    assert "Noto Emoji" in (FOLDER / "README.md").read_text()


@pytest.mark.parametrize("name", ["fox", "castle", "ramen"])
def test_a_drawing_is_cropped_and_see_through(name: str):
    art = picture(name)
    assert art.mode == "RGBA"
    assert art.getchannel("A").point([0] * 40 + [255] * 216).getbbox() == (0, 0, *art.size)
    assert art.getchannel("A").getextrema()[0] == 0


def test_carriers_and_figures_are_drawings():
    assert catalogue().keys() >= vocabulary.CARRIERS | vocabulary.FIGURES
