"""Weather in front of a scene: rain, snow, fog."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from components.engines.demo.brush.colours import mix
from components.engines.demo.brush.strokes import cloudy
from components.engines.demo.scene.stage import Stage

SHELTERED = frozenset({"room", "table", "space", "moon", "mars", "underwater"})


def paint_weather(stage: Stage) -> None:
    """Paint rain, snow or fog, unless the scene is indoors."""
    if stage.place in SHELTERED:
        return
    weathers = stage.scene.weathers
    if "fog" in weathers:
        _fog(stage)
    if "snow" in weathers or (stage.place == "snow" and stage.wants("snow") and stage.rng("falls").random() < 0.5):
        _snow(stage)
    if {"rain", "storm"} & weathers:
        _rain(stage)


def _fog(stage: Stage) -> None:
    size = max(8, stage.width // 8), max(8, stage.height // 8)
    banks = cloudy(stage.rng("fog"), size, 5).point([min(200, max(0, v - 60)) for v in range(256)])
    level = (
        Image.linear_gradient("L")
        .resize(size)
        .point([round(16 + 130 * math.sin(v / 255 * math.pi)) for v in range(256)])
    )
    mask = Image.composite(banks, Image.new("L", size, 0), level)
    stage.image.paste(stage.light.haze, (0, 0), mask.resize(stage.image.size, Image.Resampling.BICUBIC))


def _snow(stage: Stage) -> None:
    rng, pen = stage.rng("snow"), ImageDraw.Draw(stage.image)
    colour = mix(stage.light.haze, (255, 255, 255), 0.8)
    for _ in range(round((230 + 170 * stage.detail) * stage.width * stage.height / 1024**2) + 30):
        near = rng.random() ** 3
        x, y = rng.uniform(0, stage.width), rng.uniform(0, stage.height)
        size = max(0.8, stage.unit * (0.0014 + 0.006 * near))
        pen.ellipse((x - size, y - size, x + size, y + size), fill=colour)


def _rain(stage: Stage) -> None:
    rng = stage.rng("rain")
    mask = Image.new("L", stage.image.size)
    pen = ImageDraw.Draw(mask)
    lean = rng.uniform(-0.3, 0.3)
    for _ in range(round((260 + 160 * stage.detail) * stage.width * stage.height / 1024**2) + 30):
        x, y, long = (
            rng.uniform(-50, stage.width + 50),
            rng.uniform(-50, stage.height),
            stage.unit * rng.uniform(0.02, 0.055),
        )
        pen.line(
            (x, y, x + lean * long, y + long), fill=rng.randint(50, 130), width=max(1, round(stage.unit * 0.0017))
        )
    stage.image.paste(mix(stage.light.haze, (255, 255, 255), 0.55), (0, 0), mask)
