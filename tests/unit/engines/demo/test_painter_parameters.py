"""Parameters of the demo painter: steps, guidance, strength, mask, refiner and negative prompt are visibly at work."""

import re

from PIL import Image, ImageChops, ImageStat

from components.engines.protocol import Refine
from tests.support.demo_images import SIDE, apart, orange, painted, saturation, sharpness, shot
from tests.support.paths import ASSETS


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


def test_removal_continues_what_is_around_the_mask():
    start = Image.new("RGB", (SIDE, SIDE), (70, 140, 210))
    start.paste((180, 120, 60), (0, SIDE // 2, SIDE, SIDE))
    bare = start.copy()
    start.paste((250, 230, 20), (150, 150, 250, 330))
    mask = Image.new("L", start.size)
    mask.paste(255, (130, 130, 270, 350))
    script = (ASSETS / "ui" / "shared" / "removal.js").read_text()
    (prompt,) = re.findall(r'REMOVAL_PROMPT = "(.+)";', script)
    assert apart(painted(prompt, image=start, mask=mask, prompt_strength=1.0), bare) < 2


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
