"""Light of a scene: time of day and weather as colours of sky, haze and clouds."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from components.engines.demo.brush.colours import Colour, Gain, mix, varied
from components.engines.demo.words.parse import Scene
from components.engines.demo.words.vocabulary import COLOURS


@dataclass(frozen=True, slots=True)
class Light:
    """One time of day in one weather."""

    sky: tuple[Colour, Colour, Colour]
    """Top, middle, horizon."""
    glow: Colour
    """Sun, moon and what shines."""
    gain: Gain
    """Factor on the colours of things and grounds."""
    haze: Colour
    """Colour that far things fade into."""
    cloud: Colour
    stars: float = 0.0
    """Share of the full number of stars, 0 to 1."""
    night: bool = False
    low_sun: bool = False


DAYS = (
    Light(((76, 160, 226), (142, 204, 240), (226, 243, 246)), (255, 250, 224), (1.0, 1.0, 1.0),
          (190, 222, 236), (255, 255, 255)),
    Light(((98, 186, 216), (168, 220, 222), (250, 240, 212)), (255, 246, 206), (1.03, 1.0, 0.94),
          (208, 226, 220), (255, 253, 244)),
    Light(((110, 150, 222), (178, 196, 238), (250, 226, 226)), (255, 244, 220), (1.02, 0.98, 1.0),
          (208, 208, 232), (255, 250, 252)),
)  # fmt: skip
SUNSETS = (
    Light(((66, 62, 130), (220, 104, 118), (255, 192, 112)), (255, 226, 150), (1.0, 0.80, 0.74),
          (232, 140, 124), (255, 172, 146), 0.12, low_sun=True),
    Light(((90, 58, 124), (238, 126, 92), (255, 214, 128)), (255, 238, 170), (1.03, 0.82, 0.68),
          (240, 156, 110), (255, 190, 140), low_sun=True),
)  # fmt: skip
DAWNS = (
    Light(((122, 152, 210), (240, 184, 196), (255, 228, 190)), (255, 244, 210), (1.02, 0.93, 0.90),
          (236, 198, 202), (255, 226, 220), low_sun=True),
    Light(((136, 176, 206), (222, 206, 210), (255, 236, 204)), (255, 248, 220), (1.02, 0.95, 0.90),
          (226, 210, 206), (255, 238, 226), low_sun=True),
)  # fmt: skip
NIGHTS = (
    Light(((12, 18, 54), (28, 48, 104), (70, 104, 156)), (250, 246, 222), (0.56, 0.64, 0.90),
          (54, 84, 138), (70, 92, 146), 0.9, night=True),
    Light(((24, 16, 58), (54, 40, 108), (112, 88, 156)), (255, 244, 220), (0.62, 0.60, 0.90),
          (84, 72, 140), (92, 84, 148), 0.9, night=True),
)  # fmt: skip
LIGHTS = {"day": DAYS, "sunset": SUNSETS, "dawn": DAWNS, "night": NIGHTS}
DEFAULT_TIMES = ("day", "day", "day", "dawn", "sunset")
"""Times of day to choose from by the seed when the prompt names none."""
GREY: Colour = (156, 166, 176)


def _grey(light: Light, share: float, gain: float) -> Light:
    """Return a light with less colour and brightness, as under rain clouds."""
    dim = mix(GREY, (30, 40, 62), 0.72 if light.night else 0.0)
    red, green, blue = light.gain
    return replace(
        light,
        sky=(mix(light.sky[0], dim, share), mix(light.sky[1], dim, share), mix(light.sky[2], dim, share * 0.7)),
        gain=(red * gain, green * gain, blue * min(1.0, gain * 1.06)),
        haze=mix(light.haze, dim, share * 0.8),
        cloud=mix(light.cloud, dim, share * 0.9),
        stars=light.stars * (1 - share),
    )


def _tinted(light: Light, colour: Colour, share: float) -> Light:
    return replace(
        light,
        sky=(mix(light.sky[0], colour, share), mix(light.sky[1], colour, share * 0.8),
             mix(light.sky[2], colour, share * 0.4)),
        haze=mix(light.haze, colour, share * 0.7),
        cloud=mix(light.cloud, colour, share * 0.25),
    )  # fmt: skip


def _electric(light: Light) -> Light:
    """Return a light with the pink and violet of neon signs."""
    return replace(
        light,
        sky=(mix(light.sky[0], (38, 10, 84), 0.7), mix(light.sky[1], (128, 28, 140), 0.7), (255, 92, 170)),
        gain=(0.74, 0.72, 0.94) if light.night else light.gain,
        haze=(150, 58, 170),
        cloud=mix(light.cloud, (150, 60, 160), 0.6),
    )


def _weathered(light: Light, scene: Scene) -> Light:
    if "storm" in scene.weathers:
        return _grey(light, 0.75, 0.72)
    if "rain" in scene.weathers or "cloudy" in scene.weathers:
        return _grey(light, 0.6, 0.86)
    if "fog" in scene.weathers:
        return replace(_grey(light, 0.45, 0.96), haze=mix(light.haze, light.sky[2], 0.6))
    if "snow" in scene.weathers and not light.night:
        return _grey(light, 0.25, 1.0)
    return light


def light_of(scene: Scene, rng: random.Random) -> Light:
    """Return the light for a scene; `rng`, made from the seed, varies it."""
    times = [name for name in DEFAULT_TIMES if name not in scene.banned] or ["day"]
    name = scene.light or rng.choice(times)
    if scene.light is None and {"stars", "moon", "aurora", "fireworks", "neon"} & scene.features:
        name = "day" if "night" in scene.banned else "night"
    light = _weathered(rng.choice(LIGHTS[name]), scene)
    if "neon" in scene.features:
        light = _electric(light)
    top, middle, low = light.sky
    light = replace(light, sky=(varied(top, rng, 9), varied(middle, rng, 9), varied(low, rng, 5)))
    for colour in scene.colours:
        light = _tinted(light, COLOURS[colour][0], 0.5)
    return light
