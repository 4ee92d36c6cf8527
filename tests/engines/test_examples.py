"""The example pictures of an empty page."""

import json
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parents[2] / "assets" / "examples"
EXAMPLES = json.loads((FOLDER / "examples.json").read_text(encoding="utf-8"))


def test_six_examples_with_small_pictures_of_their_shape():
    assert len(EXAMPLES) == 6
    for example in EXAMPLES:
        file = FOLDER / example["picture"]
        assert file.stat().st_size < 20_000
        with Image.open(file) as picture:
            assert max(picture.size) <= 384
            assert abs(picture.width / picture.height - example["width"] / example["height"]) < 0.02


def test_every_picture_belongs_to_an_example():
    assert {file.name for file in FOLDER.glob("*.webp")} == {example["picture"] for example in EXAMPLES}
