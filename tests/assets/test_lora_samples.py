"""The samples of the starter shelf: there, small, and what the painter paints now."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageStat

from components.loras.link import parse_lora
from components.messages.catalogue import text
from tests.tools.repaint_samples import LORA_SIDE, encoded, lora_sample, shelf
from tests.tools.repaint_samples import SHELF as FOLDER

SHELF = shelf()
SAME = 1.0
"""Two libraries may write and read a WebP a little differently; the same library does not at all."""
VISIBLE = 9.0
"""Out of 255, over all pixels. WebP itself changes up to 7 in the most finely grained sample, and is not seen."""


def apart(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of all channels, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.fixture(scope="module")
def samples() -> dict[str, Image.Image]:
    return {one["path"]: lora_sample(one["path"]) for one in SHELF}


def test_25_loras_with_all_that_a_card_shows():
    assert len(SHELF) == 25
    fields = {"id", "path", "title", "trigger_words", "licence", "page", "picture"}
    for one in SHELF:
        assert set(one) - {"weight"} == fields
        assert 0 < one.get("weight", 1) <= 1
        assert all(one[name] for name in fields - {"trigger_words"})
        assert parse_lora(one["path"]).path == one["path"]
        assert one["page"] == f"https://huggingface.co/{one['path']}"
        assert len(text(f"starter_lora.{one['id']}.line")) <= 60
    for name in ("id", "path", "title", "picture"):
        assert len({one[name].lower() for one in SHELF}) == len(SHELF)


def test_the_samples_are_small_and_there_is_no_other_picture():
    files = set(FOLDER.glob("*.webp"))
    assert {file.name for file in files} == {one["picture"] for one in SHELF}
    assert sum(file.stat().st_size for file in files) < 12_300 * len(SHELF)


@pytest.mark.parametrize("one", SHELF, ids=[one["title"] for one in SHELF])
def test_a_sample_is_what_the_painter_paints(one, samples):
    with Image.open(FOLDER / one["picture"]) as stored, Image.open(BytesIO(encoded(samples[one["path"]]))) as now:
        assert (stored.format, stored.size) == ("WEBP", (LORA_SIDE, LORA_SIDE))
        assert apart(stored.convert("RGB"), now.convert("RGB")) < SAME, "python -m tests.tools.repaint_samples"


def test_no_two_styles_look_alike_nor_like_none(samples):
    looks = {"no LoRA": lora_sample(), **samples}
    for (name, one), (other_name, other) in combinations(looks.items(), 2):
        assert apart(one, other) > VISIBLE, f"{name} and {other_name}"
