"""Demo painter: what the prompt names is visible, the same request gives the same pixels, any shape and text."""

import subprocess
import sys

import pytest
from PIL import ImageStat

from components.engines.demo import DemoPainter
from components.engines.protocol import EngineRequest, EngineResult, LoraRef, Refine
from components.messages.message import Message
from tests.support.demo_images import FOX, SIDE, apart, brightness, orange, quiet, saturation, shot


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
        "import hashlib; from components.engines.demo import DemoPainter; from components.engines.protocol import *;"
        f"o = EngineRequest(prompt={FOX!r}, seed=2, width={SIDE}, height={SIDE}, loras=(LoraRef('me/strange', 1.0),));"
        "print(hashlib.sha256(DemoPainter().generate(o, lambda a, b: None).image.tobytes()).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in "ab"
    ]
    assert runs[0] == runs[1] != ""


def test_another_seed_gives_another_picture():
    assert min(apart(shot(seed=2), shot(seed=seed)) for seed in (1, 3, 4)) > 6


def test_unknown_words_still_give_a_picture_and_a_note():
    painting = DemoPainter().generate(EngineRequest(prompt="asdf qwer", seed=1, width=SIDE, height=SIDE), quiet)
    assert "doesn't know these words" in str(painting.notes[0])
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
    image = shot(prompt, width=256, height=256, negative_prompt=prompt[:3], loras=(LoraRef(prompt[:300], 4.0),))
    assert image.size == (256, 256)


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ({"num_inference_steps": 1}, 1),
        ({"num_inference_steps": 12}, 12),
        ({"num_inference_steps": 12, "refine": Refine.SECOND_PASS}, 24),
        ({"num_inference_steps": 12, "refine": Refine.SECOND_PASS, "refine_steps": 5}, 17),
        ({"num_inference_steps": 12, "refine": Refine.ENSEMBLE}, 12),
    ],
)
def test_steps_are_reported_one_by_one(values, total: int):
    reported: list[tuple[int, int]] = []

    def record(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        reported.append((step, steps))

    painting = DemoPainter().generate(EngineRequest(prompt="a fox", seed=1, width=256, height=256, **values), record)
    assert isinstance(painting, EngineResult)
    assert reported == [(step, total) for step in range(1, total + 1)]


def test_what_on_step_raises_passes_through():
    class Stopped(Exception):
        pass

    def stop(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        if step == 3:
            raise Stopped

    with pytest.raises(Stopped):
        DemoPainter().generate(EngineRequest(prompt="a fox", seed=1, width=256, height=256), stop)


@pytest.mark.parametrize(("colour", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_a_colour_word_colours_its_thing(colour: str, channel: int):
    means = ImageStat.Stat(shot(f"a {colour} house, close view, noon")).mean
    plain = ImageStat.Stat(shot("a house, close view, noon")).mean
    gains = [one - other for one, other in zip(means, plain, strict=True)]
    assert max(range(3), key=gains.__getitem__) == channel
