"""Compact copies of pictures, for programs."""

from __future__ import annotations

import io

from PIL import Image

from components.images.compact import compact


def test_a_compact_copy_has_the_size_and_a_fraction_of_the_bytes(tmp_path):
    held = io.BytesIO()
    Image.effect_noise((256, 320), 40).convert("RGB").save(held, "PNG")
    file = tmp_path / "picture.png"
    file.write_bytes(held.getvalue())
    for source in (file, held.getvalue()):
        small = compact(source)
        assert small
        assert len(small) < len(held.getvalue()) / 2
        with Image.open(io.BytesIO(small)) as image:
            assert (image.format, image.mode, image.size) == ("WEBP", "RGB", (256, 320))


def test_of_what_is_no_picture_there_is_none():
    assert compact(b"no picture") is None
