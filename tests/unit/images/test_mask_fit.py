"""A mask that was made for an image goes where that image went."""

from __future__ import annotations

import pytest
from PIL import Image

from components.images.fit import FitMode, fit
from components.images.mask_fit import fit_mask

PHOTO = (1600, 800)


def white(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("L", size, 0)
    mask.paste(255, box)
    return mask


@pytest.mark.parametrize("share", [1, 0.5, 0.2501])
def test_a_mask_of_the_photo_s_shape_is_cropped_as_the_photo_is(share):
    # ssube/onnx-web#373, AUTOMATIC1111/stable-diffusion-webui#668: it was stretched over the crop.
    size = (round(PHOTO[0] * share), round(PHOTO[1] * share))
    mask = white(size, (round(1000 * share), 0, round(1100 * share), size[1]))
    _, placement = fit(Image.new("RGB", PHOTO), 1024, 1024, FitMode.CROP)
    fitted = fit_mask(mask, PHOTO, (1024, 1024), placement)
    left, top, right, bottom = fitted.getbbox() or (0, 0, 0, 0)
    assert (top, bottom) == (0, 1024)
    assert (left, right) == (pytest.approx(768, abs=2 / share), pytest.approx(896, abs=2 / share))


def test_a_padded_photo_has_its_mask_in_its_middle():
    _, placement = fit(Image.new("RGB", PHOTO), 1024, 1024, FitMode.PAD)
    everything = fit_mask(white(PHOTO, (0, 0, *PHOTO)), PHOTO, (1024, 1024), placement)
    assert everything.getbbox() == (0, 256, 1024, 768)


@pytest.mark.parametrize("side", [1024, 512])
def test_a_mask_of_the_crop_s_shape_was_made_for_the_crop(side):
    _, placement = fit(Image.new("RGB", PHOTO), 1024, 1024, FitMode.CROP)
    mask = white((side, side), (0, 0, side // 2, side))
    assert fit_mask(mask, PHOTO, (1024, 1024), placement).getbbox() == (0, 0, 512, 1024)


def test_a_mask_of_another_shape_is_stretched_over_the_photo():
    _, placement = fit(Image.new("RGB", PHOTO), 1024, 1024, FitMode.CROP)
    mask = white((300, 200), (150, 0, 300, 200))
    assert fit_mask(mask, PHOTO, (1024, 1024), placement).getbbox() == (512, 0, 1024, 1024)
