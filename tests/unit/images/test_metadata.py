"""A recipe goes into a picture file and comes back; the image data stays as it was."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from sd_parsers import ParserManager

from components.domain.fields import MAX_SEED
from components.domain.request import GenerationRequest, LoraWeight, Preset, Refine
from components.domain.schema import OWN_SERVER_SCHEMA
from components.images.metadata import MAX_TEXT_LENGTH, jpeg, png, read_text, strip, webp, write_text
from components.recipes.infotext import infotext
from components.recipes.restore import restore
from tests.support.full_run import examples

A1111 = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
"""With this A1111 itself takes the last line apart."""
MODEL = "stability-ai/sdxl-lora"


def picture(kind: str, mode: str = "RGB", **saving: Any) -> bytes:
    image = Image.radial_gradient("L").resize((33, 21)).convert(mode)
    file = io.BytesIO()
    image.save(file, kind, **saving)
    return file.getvalue()


def exif() -> Image.Exif:
    found = Image.Exif()
    found[0x010F] = "A canary's camera"
    found.get_ifd(0x8825)[29] = "2026:01:01"
    return found


ANIMATED = io.BytesIO()
Image.new("RGB", (20, 20)).save(
    ANIMATED, "WEBP", save_all=True, append_images=[Image.new("RGB", (20, 20), "red")], lossless=True
)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FILES = {
    "png": picture("PNG"),
    "png with a palette": picture("PNG", "P", icc_profile=PROFILE),
    "png with alpha": picture("PNG", "RGBA", exif=exif()),
    "jpeg": picture("JPEG"),
    "jpeg, progressive": picture("JPEG", progressive=True, exif=exif(), icc_profile=PROFILE, comment=b"A canary's"),
    "jpeg for print": picture("JPEG", "CMYK"),
    "webp": picture("WEBP", quality=70),
    "webp, lossless": picture("WEBP", "RGBA", lossless=True),
    "webp with metadata": picture("WEBP", exif=exif(), icc_profile=PROFILE, xmp=b"<x>A canary's</x>"),
    "webp that moves": ANIMATED.getvalue(),
}
PLAIN = {name: FILES[name] for name in ("png", "jpeg", "webp")}


def image_data(data: bytes) -> list[bytes]:
    """Return the compressed picture itself, without anything around it."""
    if data.startswith(b"\x89PNG"):
        return [body for kind, body, _ in png._chunks(data) if kind in (b"IHDR", b"PLTE", b"IDAT")]
    if data.startswith(b"RIFF"):
        return [body for kind, body in webp._chunks(data) if kind in (b"VP8 ", b"VP8L", b"ALPH", b"ANMF")]
    return [whole for marker, _, whole in jpeg._segments(data) if not 0xE1 <= marker <= 0xEF and marker != 0xFE]


def pixels(data: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(data)) as image:
        found: list[bytes] = []
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            found.append(image.tobytes())
        return found


@pytest.mark.parametrize("name", FILES)
def test_neither_the_image_data_nor_a_pixel_nor_a_profile_changes(name):
    data = FILES[name]
    for changed in (write_text(data, "a fox\nSteps: 1"), strip(data), write_text(strip(data), "für 狐")):
        assert image_data(changed) == image_data(data)
        assert pixels(changed) == pixels(data)
        with Image.open(io.BytesIO(changed)) as one, Image.open(io.BytesIO(data)) as other:
            assert (one.size, one.mode) == (other.size, other.mode)
            assert one.info.get("icc_profile") == other.info.get("icc_profile")


@pytest.mark.parametrize("name", FILES)
def test_a_text_is_put_in_once_read_and_taken_out(name):
    first = write_text(FILES[name], "the first")
    second = write_text(first, "a fox, für 狐 🦊\nSteps: 1")
    assert (read_text(FILES[name]), read_text(first), read_text(second)) == (
        "",
        "the first",
        "a fox, für 狐 🦊\nSteps: 1",
    )
    assert read_text(strip(second)) == ""
    assert strip(second) in (strip(FILES[name]), strip(first))


@pytest.mark.parametrize("name", FILES)
def test_a_clean_copy_says_nothing_and_a_download_keeps_what_was_there(name):
    assert b"canary" not in strip(FILES[name])
    assert (b"canary" in write_text(FILES[name], "a fox")) == (b"canary" in FILES[name])
    with Image.open(io.BytesIO(strip(write_text(FILES[name], "a fox")))) as image:
        assert not dict(image.getexif())
        assert not {"parameters", "comment", "xmp", "exif"} & set(image.info)


@pytest.mark.parametrize("name", FILES)
def test_what_is_cut_off_is_handed_on_as_it_is(name):
    for end in range(0, len(FILES[name]) - 1, 7):
        cut = FILES[name][:end]
        assert (write_text(cut, "x"), strip(cut), read_text(cut)) == (cut, cut, "")


@settings(max_examples=examples(300))
@given(st.sampled_from(sorted(FILES)), st.data())
def test_forged_files_raise_nothing(name, data):
    forged = bytearray(write_text(FILES[name], "a fox\nSteps: 1, Seed: 2, CFG scale: 3"))
    for _ in range(data.draw(st.integers(1, 6))):
        forged[data.draw(st.integers(0, len(forged) - 1))] = data.draw(st.integers(0, 255))
    for work in (strip, read_text, lambda given: write_text(given, "x")):
        work(bytes(forged))


ON_ITS_SIDE = 6


def lying() -> Image.Exif:
    """What a camera held upright writes: the picture lies on its side, and this says so."""
    found = exif()
    found[0x0112] = ON_ITS_SIDE
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_clean_copy_is_as_upright_as_the_picture_and_says_nothing_else(kind):
    data = picture(kind, exif=lying())
    bare = strip(write_text(data, "a fox\nSteps: 1"))
    with Image.open(io.BytesIO(bare)) as image:
        assert dict(image.getexif()) == {0x0112: ON_ITS_SIDE}
    assert b"canary" in data and b"canary" not in bare
    assert (read_text(bare), pixels(bare), strip(bare)) == ("", pixels(data), bare)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_written_beside_a_broken_rotation_is_left_out_too(kind):
    data = picture(kind, exif=lying())
    broken = data.replace(b"MM\0*", b"MM\0?") if kind != "PNG" else png_with(b"MM\0? A canary's")
    assert b"canary" in broken and b"canary" not in strip(broken)
    assert pixels(strip(broken)) == pixels(data)


def png_with(exif_data: bytes) -> bytes:
    return picture("PNG", exif=exif_data)


LONG = 20_000
"""Characters of which UTF-16 takes most of what a JPEG segment holds, twice."""


@pytest.mark.parametrize("sign", ["x", "狐", "🦊"])
@pytest.mark.parametrize("name", FILES)
def test_a_long_text_is_kept_in_every_kind_of_file(name, sign):
    long = sign * LONG + f"\nNegative prompt: {sign * LONG}\nSteps: 1, Seed: 2, CFG scale: 3"
    changed = write_text(FILES[name], long)
    assert (read_text(changed), pixels(changed)) == (long, pixels(FILES[name]))
    assert read_text(write_text(changed, "a short one")) == read_text(write_text(FILES[name], "a short one"))
    assert strip(changed) == strip(write_text(FILES[name], "a short one"))
    assert (b"canary" in changed) == (b"canary" in FILES[name])


def test_a_long_text_takes_the_place_of_a_short_one_everywhere():
    older = "an older one".encode("utf-16-be")
    before = write_text(FILES["jpeg"], "an older one")
    assert older in before and older not in write_text(before, "狐" * 2 * LONG)


def test_a_long_text_of_plain_letters_is_an_exif_comment_of_a_jpeg_too():
    """In the standard's other form, which A1111 reads as well: in UTF-16 there is no room for it."""
    text = "a red fox, " * (LONG // 5)
    with Image.open(io.BytesIO(write_text(PLAIN["jpeg"], text))) as image:
        assert image.getexif().get_ifd(0x8769)[0x9286] == b"ASCII\0\0\0" + text.encode()


def test_a_text_bomb_is_not_unpacked():
    info = PngInfo()
    info.add_text("parameters", "x" * 50_000_000, zip=True)
    assert read_text(picture("PNG", pnginfo=info)) == ""
    assert len(read_text(write_text(FILES["png"], "x" * MAX_TEXT_LENGTH))) == MAX_TEXT_LENGTH


# --- a request there and back ---

SIGNS = st.characters(exclude_categories=("Cs",))
TEXT = st.text(SIGNS, max_size=60) | st.sampled_from(
    [
        "a\nNegative prompt: b",
        "Steps: 1, Seed: 2, Size: 3x4",
        " a ",
        "a <lora:x:1>",
        '"a", b: c\\',
        "\0",
        "a\r\nb",
        "-",
    ]
)
LORAS = st.sampled_from(
    ["nerijs/pixel-art-xl", "https://civitai.com/api/download/models/456", "https://example.org/a,b@2.safetensors"]
)
HUNDREDTHS = st.integers(0, 100).map(lambda one: one / 100)
REQUESTS = st.builds(
    GenerationRequest,
    prompt=TEXT.filter(str.strip),
    negative_prompt=TEXT,
    width=st.integers(32, 192).map(lambda one: one * 8),
    height=st.integers(32, 192).map(lambda one: one * 8),
    guidance_scale=st.floats(1, 20),
    num_inference_steps=st.integers(1, 50),
    seed=st.integers(-1, MAX_SEED),
    loras=st.lists(st.builds(LoraWeight, LORAS, st.floats(0, 4)), max_size=4).map(tuple),
    refine=st.sampled_from(Refine),
    high_noise_frac=HUNDREDTHS,
    refine_steps=st.none() | st.integers(1, 50),
    preset=st.sampled_from(Preset),
)
OF_SDXL = replace(OWN_SERVER_SCHEMA, fields=OWN_SERVER_SCHEMA.fields | {"preset"}, default_preset=Preset.FULL)


def as_the_text_holds_it(request: GenerationRequest) -> GenerationRequest:
    """What it cannot hold: a handover or a second pass's steps that are not used; "as many as the steps" as such."""
    steps = request.num_inference_steps if request.refine_steps is None else request.refine_steps
    is_ensemble, is_second = request.refine is Refine.ENSEMBLE, request.refine is Refine.SECOND_PASS
    handover = request.high_noise_frac if is_ensemble else 0.8
    return replace(request, high_noise_frac=handover, refine_steps=steps if is_second else 28)


def restored(text: str) -> GenerationRequest:
    recipe = restore(text, OF_SDXL, {})
    assert recipe is not None
    assert recipe.left_out == ()
    loras = tuple(LoraWeight(**lora) for lora in recipe.settings["loras"])
    chosen = {"refine": Refine(recipe.settings["refine"]), "preset": Preset(recipe.settings["preset"])}
    values: dict[str, Any] = {**recipe.settings, "loras": loras, **chosen}
    return GenerationRequest(**values)


@pytest.mark.parametrize("kind", PLAIN)
@settings(max_examples=examples(1000))
@given(REQUESTS)
def test_a_request_comes_back_equal(kind, request_):
    file = write_text(PLAIN[kind], infotext(request_, MODEL))
    assert restored(read_text(file)) == as_the_text_holds_it(request_)


@settings(max_examples=examples(300))
@given(REQUESTS)
def test_a1111_s_own_reading_finds_every_pair(request_):
    pairs = dict(A1111.findall(infotext(request_, MODEL).strip().split("\n")[-1]))
    assert pairs["Steps"] == str(request_.num_inference_steps)
    assert float(pairs["CFG scale"]) == request_.guidance_scale
    assert pairs["Seed"] == str(request_.seed)
    assert pairs["Size"] == f"{request_.width}x{request_.height}"
    for number, lora in enumerate(request_.loras, start=1):
        value = pairs[f"LoRA {number}"]
        path, _, scale = (json.loads(value) if value.startswith('"') else value).rpartition("@")
        assert (path, float(scale)) == (lora.path, lora.scale)


@pytest.mark.parametrize("kind", PLAIN)
def test_sd_parsers_reads_our_files(kind):
    """It asks for a sampler, which we do not know and leave out: here one is written in to let it go on."""
    request = GenerationRequest("a red fox, für 狐", "blurry, text", seed=7, loras=(LoraWeight("owner/ink", 0.5),))
    text = infotext(request, MODEL).replace("Steps:", "Sampler: Euler, Steps:")
    found = ParserManager().parse(io.BytesIO(write_text(PLAIN[kind], text)))
    assert found is not None
    (sampler,) = found.samplers
    assert [one.value for one in sampler.prompts] == ["a red fox, für 狐 <lora:ink:0.5>"]
    assert [one.value for one in sampler.negative_prompts] == ["blurry, text"]
    assert sampler.parameters["seed"] == "7"


def test_s01_the_file_tells_the_recipe_and_nothing_else():
    text = infotext(GenerationRequest("a fox", seed=1), MODEL)
    with Image.open(io.BytesIO(write_text(FILES["png"], text))) as image:
        image.load()
        assert image.info == {"parameters": text}
