"""Space grounds: space, and the sky over the clouds."""

from __future__ import annotations

from PIL import Image, ImageDraw

from components.engines.demo.brush.colours import Colour, mix
from components.engines.demo.brush.strokes import cloudy, disc, glow, gradient
from components.engines.demo.grounds.sky import paint_cloud, paint_stars
from components.engines.demo.scene.stage import Stage
from components.engines.demo.words.vocabulary import COLOURS

NEBULAE: tuple[tuple[Colour, Colour], ...] = (
    ((190, 70, 160), (60, 110, 220)), ((230, 120, 80), (120, 60, 180)), ((60, 190, 190), (90, 60, 200)),
)  # fmt: skip
PLANETS: tuple[Colour, ...] = ((226, 148, 96), (120, 170, 220), (214, 120, 140), (150, 200, 160))


def paint_space(stage: Stage) -> None:
    """Dark depth with coloured gas, stars and a planet."""
    rng = stage.rng("space")
    stage.image.paste(gradient(stage.image.size, ((0, (10, 10, 34)), (0.6, (20, 18, 58)), (1, (36, 22, 70)))))
    tones = rng.choice(NEBULAE)
    tones = (COLOURS[stage.scene.colours[0]][0], tones[1]) if stage.scene.colours else tones
    small = (max(8, stage.width // 8), max(8, stage.height // 8))
    for index, tone in enumerate(tones):
        gas = cloudy(stage.rng("gas", index), small, 4, 3).point([max(0, min(200, (v - 118) * 2)) for v in range(256)])
        stage.image.paste(
            tone,
            (0, 0),
            gas.resize(stage.image.size, Image.Resampling.BICUBIC).point([v * 5 // 9 for v in range(256)]),
        )
    paint_stars(stage, 1.0)
    if stage.wants("planet"):
        _planet(stage)


def _planet(stage: Stage) -> None:
    rng = stage.rng("planet")
    colour, radius = rng.choice(PLANETS), stage.unit * rng.uniform(0.09, 0.16)
    x, y = stage.width * rng.choice((0.14, 0.86)), stage.height * rng.uniform(0.14, 0.3)
    glow(stage.image, (x, y), radius * 2.2, colour, 0.35)
    side = max(8, round(radius * 2))
    ball = Image.new("RGB", (side, side), colour)
    pen = ImageDraw.Draw(ball)
    for band in range(6):
        top = side * (band + rng.random() * 0.5) / 6
        pen.rectangle(
            (0, top, side, top + side * rng.uniform(0.03, 0.09)),
            fill=mix(colour, (255, 244, 226), rng.uniform(0.05, 0.3)),
        )
    shade = (
        Image.radial_gradient("L")
        .resize((side * 2, side * 2))
        .crop((round(side * 0.65), round(side * 0.65), round(side * 1.65), round(side * 1.65)))
    )
    ball.paste((14, 10, 40), (0, 0), shade.point([max(0, min(235, round((v - 70) * 2.1))) for v in range(256)]))
    mask = Image.new("L", (side * 2, side * 2))
    ImageDraw.Draw(mask).ellipse((2, 2, side * 2 - 3, side * 2 - 3), fill=255)
    stage.image.paste(ball, (round(x - side / 2), round(y - side / 2)), mask.reduce(2))


def paint_earthrise(stage: Stage) -> None:
    """Paint the black sky of the moon or the dusty one of mars."""
    if stage.place == "moon":
        stage.image.paste(gradient(stage.image.size, ((0, (8, 10, 30)), (0.7, (34, 34, 76)), (1, (60, 58, 104)))))
        paint_stars(stage, 0.9)
        x, y, radius = stage.orb[0], stage.horizon * 0.3, stage.unit * 0.085
        glow(stage.image, (x, y), radius * 2.6, (110, 170, 240), 0.45)
        disc(stage.image, (x, y), radius, (64, 134, 214))
        for dx, dy, size in ((-0.35, -0.2, 0.34), (0.3, 0.25, 0.38), (0.1, -0.55, 0.22), (-0.3, 0.5, 0.2)):
            disc(stage.image, (x + dx * radius, y + dy * radius), radius * size, (112, 180, 120))
        disc(stage.image, (x, y - radius * 0.82), radius * 0.2, (240, 246, 250))
        return
    stage.image.paste(gradient(stage.image.size, ((0, (96, 62, 84)), (0.6, (226, 150, 116)), (1, (246, 200, 160)))))
    disc(stage.image, stage.orb, stage.unit * 0.03, (255, 246, 230))
    glow(stage.image, stage.orb, stage.unit * 0.25, (255, 236, 214), 0.5)


def paint_above_clouds(stage: Stage) -> None:
    """A sea of clouds below, open sky above."""
    rng = stage.rng("cloud sea")
    for row in range(5):
        near = row / 4
        y = stage.height * (0.66 + 0.34 * near)
        for index in range(round(5 * max(1.0, stage.width / stage.height))):
            span = stage.unit * (0.35 + 0.4 * near) * rng.uniform(0.8, 1.3)
            x = stage.width * (index + rng.random()) / 5 / max(1.0, stage.width / stage.height)
            top = mix(stage.light.cloud, stage.light.sky[2], 0.4 * (1 - near))
            paint_cloud(stage.image, (x, y), span, (top, mix(top, stage.light.sky[1], 0.4)), rng)
