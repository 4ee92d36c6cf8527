"""Every parameter is visibly at work, and the same order gives the same pixels."""

import subprocess
import sys
from functools import lru_cache

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from components.engines.demo import DemoPainter
from components.engines.demo.styles import STYLES, style_of
from components.server.engine import LoraUse, Order, Painting, Refine

FOX = "a red fox in the snow at night"
SIDE = 320


def quiet(step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
    assert 1 <= step <= steps


def painted(prompt: str = FOX, seed: int = 2, **wishes) -> Image.Image:
    wishes.setdefault("width", SIDE)
    wishes.setdefault("height", SIDE)
    return DemoPainter().paint(Order(prompt=prompt, seed=seed, **wishes), quiet).image


@lru_cache(maxsize=64)
def shot(*what, **wishes) -> Image.Image:
    return painted(*what, **wishes)


def apart(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of all channels, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def brightness(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).mean[0]


def saturation(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("HSV").getchannel("S")).mean[0]


def sharpness(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L").filter(ImageFilter.FIND_EDGES)).mean[0]


def orange(image: Image.Image) -> int:
    """How many pixels are of a fox's colour."""
    red, green, blue = image.split()
    masks = [
        red.point([0] * 150 + [255] * 106),
        green.point([255] * 130 + [0] * 126),
        blue.point([255] * 110 + [0] * 146),
    ]
    both = ImageChops.multiply(ImageChops.multiply(masks[0], masks[1]), masks[2])
    return both.histogram()[255]


def test_the_fox_the_snow_and_the_night_are_painted():
    fox = shot()
    assert orange(fox) > 0.01 * SIDE * SIDE > 10 * orange(shot("snow at night", negative_prompt="fox"))
    assert brightness(fox) < 0.7 * brightness(shot("a red fox in the snow by day"))
    ground = (0, SIDE - SIDE // 8, SIDE // 6, SIDE)
    snow, grass = (shot(f"a red fox in {where}, noon").crop(ground) for where in ("the snow", "a meadow"))
    assert brightness(snow) > brightness(grass) + 30
    assert saturation(snow) < saturation(grass)


def test_the_same_order_gives_the_same_pixels_in_another_process():
    code = (
        "import hashlib; from components.engines.demo import DemoPainter; from components.server.engine import *;"
        f"o = Order(prompt={FOX!r}, seed=2, width={SIDE}, height={SIDE}, loras=(LoraUse('me/strange', 1.0),));"
        "print(hashlib.sha256(DemoPainter().paint(o, lambda a, b: None).image.tobytes()).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in "ab"
    ]
    assert runs[0] == runs[1] != ""


def test_another_seed_gives_another_picture():
    assert min(apart(shot(seed=2), shot(seed=seed)) for seed in (1, 3, 4)) > 6


def test_noise_falls_with_the_steps():
    done = shot(num_inference_steps=28)
    errors = [apart(shot(num_inference_steps=steps), done) for steps in (1, 2, 4, 8, 14, 20)]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 30
    assert errors[3] > 10
    assert errors[-1] < 4


def test_more_steps_give_more_detail():
    assert (
        sharpness(shot(num_inference_steps=20))
        < sharpness(shot(num_inference_steps=28))
        < sharpness(shot(num_inference_steps=50))
    )


def test_guidance_from_pale_to_strong():
    shots = [shot(num_inference_steps=28, guidance_scale=scale) for scale in (1, 3.5, 8, 20)]
    saturations = [saturation(one) for one in shots]
    assert saturations == sorted(saturations)
    assert saturations[-1] > saturations[0] + 20


def test_a_lora_of_scale_0_changes_nothing_at_all():
    assert shot(loras=(LoraUse("nerijs/pixel-art-xl", 0.0),)).tobytes() == shot().tobytes()


def test_the_order_of_loras_changes_nothing():
    one, two = LoraUse("nerijs/pixel-art-xl", 0.5), LoraUse("ostris/crayon_style_lora_sdxl", 0.7)
    assert shot(loras=(one, two)).tobytes() == shot(loras=(two, one)).tobytes()


def test_a_lora_grows_with_its_scale():
    steps = [apart(shot(loras=(LoraUse("TheLastBen/Papercut_SDXL", scale),)), shot()) for scale in (0.2, 0.5, 1.0)]
    assert 0.5 < steps[0] < steps[1] < steps[2]
    assert apart(*(shot(loras=(LoraUse("nerijs/pixel-art-xl", scale),)) for scale in (1.0, 3.0))) > 2


def test_each_style_is_its_own():
    looks = [shot(loras=(LoraUse(f"me/{words.split()[0]}", 1.0),)) for words, _ in STYLES]
    looks += [shot(loras=(LoraUse(f"me/{name}", 1.0),)) for name in ("qqq", "wwwx")]
    assert all(look.size == (SIDE, SIDE) for look in looks)
    for index, one in enumerate(looks):
        assert apart(one, shot()) > 1.5, index
        assert all(apart(one, other) > 1 for other in looks[index + 1 :]), index


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("nerijs/pixel-art-xl", "pixels"),
        ("TheLastBen/Papercut_SDXL", "papercut"),
        ("ostris/watercolor_style_lora_sdxl", "watercolour"),
        ("ostris/crayon_style_lora_sdxl", "crayon"),
        ("ostris/embroidery_style_lora_sdxl", "stitches"),
        ("goofyai/3d_render_style_xl", "clay"),
        ("artificialguybr/ColoringBookRedmond", "colouring_book"),
        ("artificialguybr/LogoRedmond-LogoLoraForSDXL", "logo"),
        ("artificialguybr/LineAniRedmond-LinearMangaSDXL", "manga"),
        ("artificialguybr/StoryBookRedmond", "storybook"),
        ("Fictiverse/Voxel_XL_Lora", "voxels"),
        ("Norod78/SDXL-StickerSheet-Lora", "sticker"),
        ("veryVANYA/ps1-graphics-sdxl-v2", "old_console"),
        ("https://huggingface.co/nerijs/pixel-art-xl/resolve/main/pixel-art-xl.safetensors", "pixels"),
    ],
)
def test_the_starter_shelf_finds_its_styles(path: str, name: str):
    style = style_of(path)
    assert style is not None
    assert style.__name__ == name


def test_strength_leads_from_the_picture_to_the_scene():
    start = shot("a castle in the desert", seed=5)
    away = [apart(painted(image=start, prompt_strength=s), start) for s in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)]
    assert away[0] == 0
    assert away == sorted(away)
    assert painted(image=start, prompt_strength=1.0).tobytes() == shot().tobytes()


def test_outside_the_mask_every_pixel_stays():
    start = shot("a castle in the desert", seed=5)
    mask = Image.new("L", start.size)
    mask.paste(255, (60, 100, 220, 300))
    result = painted(image=start, mask=mask, prompt_strength=1.0, num_inference_steps=4)
    kept = Image.composite(Image.new("RGB", start.size), result, mask)
    assert kept.tobytes() == Image.composite(Image.new("RGB", start.size), start, mask).tobytes()
    inside = (100, 140, 180, 260)
    assert apart(result.crop(inside), start.crop(inside)) > 20


def test_a_masked_thing_goes_where_the_mask_is():
    start = Image.new("RGB", (SIDE, SIDE), (120, 150, 160))
    mask = Image.new("L", start.size)
    mask.paste(255, (170, 120, 310, 310))
    result = painted("a red fox", image=start, mask=mask, prompt_strength=0.9)
    assert orange(result) > 0.1 * 140 * 190


def test_a_picture_of_any_size_is_fitted():
    assert painted(image=Image.new("RGB", (40, 900), (9, 9, 9)), mask=Image.new("L", (40, 900), 255)).size == (
        SIDE,
        SIDE,
    )


def test_the_refiner_adds_detail_and_less_of_it_when_it_starts_late():
    none, late, early = (
        shot(),
        shot(refine=Refine.ENSEMBLE, high_noise_frac=0.95),
        shot(refine=Refine.ENSEMBLE, high_noise_frac=0.5),
    )
    assert sharpness(none) < sharpness(late) < sharpness(early)
    passes = [sharpness(shot(refine=Refine.SECOND_PASS, refine_steps=steps)) for steps in (4, 15, 50)]
    assert sharpness(none) < passes[0] < passes[1] < passes[2]


def test_what_the_negative_prompt_names_stays_out():
    assert (
        orange(shot("a red fox and a penguin at night", negative_prompt="fox"))
        < orange(shot("a red fox and a penguin at night")) / 4
    )
    blue = shot("a meadow by day", negative_prompt="blue", num_inference_steps=28).convert("HSV")
    hue, saturation_, _ = blue.split()
    left = ImageChops.multiply(
        hue.point([255 if 140 < v < 180 else 0 for v in range(256)]), saturation_.point([0] * 90 + [255] * 166)
    )
    assert ImageStat.Stat(left).mean[0] < 2


def test_unknown_words_still_give_a_picture_and_a_note():
    painting = DemoPainter().paint(Order(prompt="asdf qwer", seed=1, width=SIDE, height=SIDE), quiet)
    assert "knows" in painting.note
    assert ImageStat.Stat(painting.image.convert("L")).stddev[0] > 12
    assert not painting.nsfw


@pytest.mark.parametrize("size", [(256, 256), (1536, 256), (256, 1536), (1536, 640), (264, 1024)])
@pytest.mark.parametrize(
    "prompt",
    [FOX, "two horses on a beach", "a portrait of a wizard with a hat", "a whale", "a car in the city at night"],
)
def test_any_shape(size: tuple[int, int], prompt: str):
    image = shot(prompt, width=size[0], height=size[1])
    assert (image.size, image.mode) == (size, "RGB")


PLACES = [
    "forest",
    "room",
    "table",
    "underwater",
    "on the moon",
    "mars",
    "space",
    "beach",
    "sea",
    "lake",
    "city",
    "desert",
    "mountains",
    "meadow",
    "above the clouds",
    "arctic",
]


@pytest.mark.parametrize("place", PLACES)
def test_every_place_in_every_weather(place: str):
    for sky in ("storm at night, aurora, fireworks", "fog and snow at dawn, rainbow", "neon rain at sunset, portrait"):
        image = shot(
            f"a boat, a cat on a horse, a castle, a hat and three birds, {place}, {sky}", width=256, height=256
        )
        assert ImageStat.Stat(image.convert("L")).stddev[0] > 8


@pytest.mark.parametrize(
    "prompt",
    ["\x00", "<b>fox</b>", "مرحبا", "\ud800 fox", "🏳️‍🌈🦊🚀", "dragon castle " * 700, "hat", "glasses scarf umbrella"],
)
def test_hostile_prompts(prompt: str):
    image = shot(prompt, width=256, height=256, negative_prompt=prompt[:3], loras=(LoraUse(prompt[:300], 4.0),))
    assert image.size == (256, 256)


@pytest.mark.parametrize(
    ("wishes", "total"),
    [
        ({"num_inference_steps": 1}, 1),
        ({"num_inference_steps": 12}, 12),
        ({"num_inference_steps": 12, "refine": Refine.SECOND_PASS}, 24),
        ({"num_inference_steps": 12, "refine": Refine.SECOND_PASS, "refine_steps": 5}, 17),
        ({"num_inference_steps": 12, "refine": Refine.ENSEMBLE}, 12),
    ],
)
def test_steps_are_told_one_by_one(wishes, total: int):
    told: list[tuple[int, int]] = []

    def tell(step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
        told.append((step, steps))

    painting = DemoPainter().paint(Order(prompt="a fox", seed=1, width=256, height=256, **wishes), tell)
    assert isinstance(painting, Painting)
    assert told == [(step, total) for step in range(1, total + 1)]


def test_what_on_step_raises_passes_through():
    class Stopped(Exception):
        pass

    def stop(step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
        if step == 3:
            raise Stopped

    with pytest.raises(Stopped):
        DemoPainter().paint(Order(prompt="a fox", seed=1, width=256, height=256), stop)


@pytest.mark.parametrize(("colour", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_a_colour_word_colours_its_thing(colour: str, channel: int):
    means = ImageStat.Stat(shot(f"a {colour} house, close view, noon")).mean
    plain = ImageStat.Stat(shot("a house, close view, noon")).mean
    gains = [one - other for one, other in zip(means, plain, strict=True)]
    assert max(range(3), key=gains.__getitem__) == channel
