"""Pictures that people give: read strictly, made upright and bare, fitted without stretching."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from components import messages
from components.domain.schema import BUILT_IN_SCHEMA
from components.errors import InvalidRequest
from components.images import source
from components.images.fit import FitMode, fit, match_size
from components.images.source import BYTE_LIMIT, normalize_upload, png
from components.ui.message_json import message_json
from components.ui.panels.source_image import SourceImagePanel, _messages

RED, BLUE = (200, 30, 30), (30, 30, 200)


def halves(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Return a picture whose left half is red and right half blue."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0] // 2, size[1]))
    return image


def file(image: Image.Image, kind: str = "PNG", **given: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **given)
    return target.getvalue()


def refusal(data: bytes) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        normalize_upload(data)
    return caught.value


def near(one: Any, other: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_s08_what_is_kept_is_the_pixels_alone(kind):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    given = {"exif": exif, "quality": 95} if kind != "PNG" else {"exif": exif}
    image = normalize_upload(file(halves(), kind, **given))
    assert (image.mode, image.size, image.info) == ("RGB", (60, 40), {})
    assert not image.getexif()
    assert near(image.getpixel((5, 5)), RED)
    assert near(image.getpixel((55, 5)), BLUE)


@pytest.mark.parametrize(
    ("turn", "size", "red_at"),
    [(1, (60, 40), (5, 20)), (3, (60, 40), (55, 20)), (6, (40, 60), (20, 5)), (8, (40, 60), (20, 55))],
)
def test_s08_a_picture_stands_upright(turn, size, red_at):
    exif = Image.Exif()
    exif[0x0112] = turn
    image = normalize_upload(file(halves(), "JPEG", exif=exif, quality=95))
    assert image.size == size
    assert near(image.getpixel(red_at), RED)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16", "1"])
def test_every_kind_of_pixel_becomes_rgb(mode):
    source = Image.new("I;16", (32, 32), 40_000) if mode == "I;16" else halves((32, 32)).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert normalize_upload(file(source, kind)).mode == "RGB"


def test_what_is_clear_becomes_white_and_a_profile_of_colours_is_heeded():
    clear = Image.new("RGBA", (32, 32), (10, 10, 10, 0))
    assert normalize_upload(file(clear)).getpixel((3, 3)) == (255, 255, 255)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert near(normalize_upload(file(halves(), icc_profile=profile)).getpixel((5, 5)), RED)
    assert near(normalize_upload(file(halves(), icc_profile=b"no profile")).getpixel((5, 5)), RED)


@pytest.mark.parametrize(
    ("data", "told_"),
    [
        (b"", messages.NOT_A_SOURCE),
        (b"<svg/>", messages.NOT_A_SOURCE),
        (file(halves(), "GIF"), messages.NOT_A_SOURCE),
        (file(halves((600, 400)))[:300], messages.SOURCE_DAMAGED),
        (file(halves((8, 400))), messages.SOURCE_TOO_SMALL),
        (file(halves((400, 20))), messages.SOURCE_TOO_NARROW),
        (file(Image.new("1", (8000, 6000))), messages.SOURCE_TOO_MANY_PIXELS),
        (b"\x89PNG" + bytes(BYTE_LIMIT), messages.SOURCE_TOO_LARGE),
    ],
    ids=["empty", "svg", "gif", "cut", "small", "narrow", "pixels", "bytes"],
)
def test_f08_what_cannot_be_used_is_refused_in_words(data, told_):
    assert refusal(data).message == told_


@given(st.binary(max_size=400), st.integers(0, 200))
def test_s08_forged_files_are_refused_and_nothing_else_happens(noise, at):
    whole = file(halves())
    forged = whole[:at] + noise + whole[at + len(noise) :]
    with contextlib.suppress(InvalidRequest):
        normalize_upload(forged)


def test_a_large_picture_is_kept_as_large_as_can_be_used():
    assert normalize_upload(file(Image.new("RGB", (4000, 3000)), "JPEG")).size == (2048, 1536)
    assert normalize_upload(file(Image.new("RGB", (5000, 1200)), "JPEG")).size == (4096, 983)
    assert normalize_upload(file(Image.new("RGB", (640, 480)))).size == (640, 480)


def test_colors_are_converted_when_the_picture_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    converted: list[tuple[int, int]] = []
    convert = ImageCms.profileToProfile

    def counted(image: Image.Image, *rest: Any, **named: Any) -> Any:
        converted.append(image.size)
        return convert(image, *rest, **named)

    monkeypatch.setattr(ImageCms, "profileToProfile", counted)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    normalize_upload(file(Image.new("RGB", (4000, 3000)), icc_profile=profile))
    assert converted == [(2048, 1536)]


def test_of_large_pictures_one_at_a_time_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[bool] = []
    upright = source.upright

    def noted(*given: Any) -> Image.Image:
        held.append(source._LARGE_TURN.locked())
        return upright(*given)

    monkeypatch.setattr(source, "upright", noted)
    normalize_upload(file(Image.new("1", (5000, 3000))))
    normalize_upload(file(Image.new("1", (3000, 3000))))
    assert held == [True, False]
    assert not source._LARGE_TURN.locked()


sides = st.integers(20, 300)


@given(sides, sides, st.integers(64, 256), st.integers(64, 256), st.sampled_from(FitMode))
def test_a_fit_has_the_very_size_and_the_source_s_own_shape(width, height, across, down, way):
    made, place = fit(Image.new("RGB", (width, height), RED), across, down, way)
    assert made.size == (across, down)
    assert place.width / place.height == pytest.approx(width / height, rel=0.12)
    inside = place.x >= -0.01 and place.y >= -0.01
    covers = place.width >= across - 0.01 and place.height >= down - 0.01
    assert inside if way is FitMode.PAD else covers


@given(st.integers(16, 4000), st.integers(16, 4000))
def test_the_matching_size_is_legal_and_near_to_the_shape(width, height):
    if max(width, height) > 10 * min(width, height):
        return
    across, down = match_size(width, height, BUILT_IN_SCHEMA)
    for span, side in ((BUILT_IN_SCHEMA.range("width"), across), (BUILT_IN_SCHEMA.range("height"), down)):
        assert side % 8 == 0
        assert span.minimum <= side <= span.maximum
    if max(width, height) <= 2.2 * min(width, height):
        assert across / down == pytest.approx(width / height, rel=0.02)
        assert 0.7 < across * down / 1024**2 < 1.3


def test_a_tall_picture_is_not_cut():
    assert match_size(1000, 5000, BUILT_IN_SCHEMA) == (304, 1520)
    assert match_size(5000, 1000, BUILT_IN_SCHEMA) == (1520, 304)


def test_what_is_written_is_read_back_bit_by_bit():
    assert Image.open(io.BytesIO(png(halves()))).tobytes() == halves().tobytes()


def test_the_script_has_the_words_for_what_it_says_by_itself():
    wanted = {
        "too_large": messages.SOURCE_TOO_LARGE,
        "not_sent": messages.SOURCE_NOT_SENT,
        "not_a_picture": messages.NOT_A_SOURCE,
        "no_camera": messages.NO_CAMERA,
        "nothing_marked": messages.NOTHING_MARKED,
        "nothing_extended": messages.NOTHING_EXTENDED,
    }
    found = _messages()
    refused = found.pop("refused_on_the_way")
    assert found == {name: message_json(sentence, is_free=True) for name, sentence in wanted.items()}
    assert refused == message_json(messages.SOURCE_REFUSED_ON_THE_WAY, is_free=False)
    assert refused["charge"] == "none", "nothing was charged"
    assert SourceImagePanel
