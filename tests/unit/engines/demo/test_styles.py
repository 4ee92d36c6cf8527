"""Styles of the demo painter: one for each LoRA, stronger with its scale."""

import pytest

from components.engines.demo.styles.lookup import STYLES, style_of
from components.engines.protocol import LoraRef
from tests.support.demo_images import SIDE, apart, shot


def test_a_lora_of_scale_0_changes_nothing_at_all():
    assert shot(loras=(LoraRef("nerijs/pixel-art-xl", 0.0),)).tobytes() == shot().tobytes()


def test_the_order_of_loras_changes_nothing():
    one, two = LoraRef("nerijs/pixel-art-xl", 0.5), LoraRef("ostris/crayon_style_lora_sdxl", 0.7)
    assert shot(loras=(one, two)).tobytes() == shot(loras=(two, one)).tobytes()


def test_a_lora_grows_with_its_scale():
    steps = [apart(shot(loras=(LoraRef("TheLastBen/Papercut_SDXL", scale),)), shot()) for scale in (0.2, 0.5, 1.0)]
    assert 0.5 < steps[0] < steps[1] < steps[2]
    assert apart(*(shot(loras=(LoraRef("nerijs/pixel-art-xl", scale),)) for scale in (1.0, 3.0))) > 2


def test_each_style_is_its_own():
    looks = [shot(loras=(LoraRef(f"me/{words.split()[0]}", 1.0),)) for words, _ in STYLES]
    looks += [shot(loras=(LoraRef(f"me/{name}", 1.0),)) for name in ("qqq", "wwwx")]
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
