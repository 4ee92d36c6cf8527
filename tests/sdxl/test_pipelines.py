"""Each way gives, bit for bit, the picture that diffusers gives when it is called by hand."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageFilter

from components.engines.protocol import Refine
from tests.sdxl.reference import BASE, IMAGE, PAINT, SIZE, ByHand, generator, half_mask, same, source
from tests.support import full_run

SQUARE = {"width": SIZE, "height": SIZE}


@pytest.fixture(scope="module")
def by_hand(tiny):
    return ByHand(tiny)


@pytest.mark.parametrize(
    ("guidance", "negative"), full_run.cases([(3.5, "a dog"), (1.0, ""), (1.0, "a dog"), (3.5, "")], usual=2)
)
def test_text_to_image(studio, by_hand, negative, guidance):
    told = {"negative_prompt": negative, "guidance_scale": guidance}
    assert same(studio.paint(**told), by_hand.picture(BASE, **SQUARE, **told))


def test_image_to_image(studio, by_hand):
    ours = studio.paint(image=source(), prompt_strength=0.6, num_inference_steps=10)
    assert same(ours, by_hand.picture(IMAGE, image=source(), strength=0.6, num_inference_steps=10))


def test_inpainting(studio, by_hand):
    ours = studio.paint(image=source(), mask=half_mask(), prompt_strength=0.99, num_inference_steps=5)
    theirs = by_hand.picture(
        PAINT, image=source(), mask_image=half_mask(), strength=0.99, num_inference_steps=5, **SQUARE
    )
    mask = ImageChops.darker(half_mask(), half_mask().filter(ImageFilter.GaussianBlur(4)))
    assert same(ours, Image.composite(theirs, source(), mask))
    outside = (0, 0, SIZE // 2, SIZE)
    assert same(ours.crop(outside), source().crop(outside))
    assert not same(ours, source())


def test_ensemble(studio, by_hand):
    drawn = generator()
    rough = by_hand.call(
        BASE, by_hand.base, drawn, **SQUARE, num_inference_steps=10, denoising_end=0.8, output_type="latent"
    )
    theirs = by_hand.call(IMAGE, by_hand.refiner, drawn, image=rough, num_inference_steps=10, denoising_start=0.8)[0]
    assert same(studio.paint(refine=Refine.ENSEMBLE, num_inference_steps=10), theirs)


@pytest.mark.full
def test_ensemble_of_an_image(studio, by_hand):
    drawn, told = generator(), {"num_inference_steps": 10}
    rough = by_hand.call(
        IMAGE, by_hand.base, drawn, image=source(), strength=0.6, denoising_end=0.7, output_type="latent", **told
    )
    theirs = by_hand.call(IMAGE, by_hand.refiner, drawn, image=rough, denoising_start=0.7, **told)[0]
    ours = studio.paint(
        image=source(), prompt_strength=0.6, refine=Refine.ENSEMBLE, high_noise_frac=0.7, num_inference_steps=10
    )
    assert same(ours, theirs)


@pytest.mark.full
def test_second_pass(studio, by_hand):
    drawn = generator()
    first = by_hand.call(BASE, by_hand.base, drawn, **SQUARE, output_type="latent")
    theirs = by_hand.call(IMAGE, by_hand.refiner, drawn, image=first, num_inference_steps=10, strength=0.3)[0]
    assert same(studio.paint(refine=Refine.SECOND_PASS, refine_steps=3), theirs)


@pytest.mark.full
def test_the_refiner_changes_the_picture(studio):
    plain = studio.paint(num_inference_steps=10)
    for refine in (Refine.ENSEMBLE, Refine.SECOND_PASS):
        assert not same(studio.paint(refine=refine, num_inference_steps=10), plain)
