"""Placement: a drawing at its place, and the search for places where things do not cover each other."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from components.engines.demo.brush.colours import between
from components.engines.demo.scene.stage import Stage
from components.engines.demo.words.drawings import Drawing, picture

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""
WORN = frozenset({"hat", "face", "neck", "held"})
FLOATING_PLACES = frozenset({"space", "underwater", "sky"})
TRIES = 26
"""Number of places tried for each smaller thing; the one with the least overlap is used."""
BANDS: dict[str, tuple[float, float]] = {
    "sea": (0.30, 0.86), "beach": (0.60, 0.93), "lake": (0.84, 0.95), "city": (0.30, 0.92), "table": (0.28, 0.86),
    "room": (0.34, 0.92), "underwater": (0.35, 0.92), "forest": (0.42, 0.92),
}  # fmt: skip
"""Where things can stand, as shares of the distance from the horizon to the lower edge."""
WATERS: dict[str, tuple[float, float]] = {"sea": (0.10, 0.66), "beach": (0.06, 0.24), "lake": (0.34, 0.66)}


@dataclass(frozen=True, slots=True)
class Placed:
    """One drawing at its place."""

    drawing: Drawing
    x: float
    """Middle, pixels."""
    foot: float
    """Lower edge, pixels."""
    height: float
    """Pixels."""
    depth: float
    """0 near to 1 far: the amount of haze over it."""
    kind: str
    """stand, build (on a mound), swim (in water up to its waterline) or float."""
    flip: bool = False
    colour: str | None = None
    turn: float = 0.0
    """Degrees."""

    @property
    def width(self) -> float:
        """Pixels."""
        size = picture(self.drawing.name).size
        return self.height * size[0] / size[1]

    @property
    def box(self) -> Box:
        """Box of its pixels."""
        half = self.width / 2
        return self.x - half, self.foot - self.height, self.x + half, self.foot


def kind_of(drawing: Drawing, place: str) -> str:
    """Return how a drawing stands in a place: see Placed.kind."""
    at = drawing.at
    if place in {"space", "sky"} or (place == "underwater" and at in {"sky", "air", "low", "deep", "water"}):
        return "float"
    if at in {"deep", "water"} and place in WATERS:
        return "swim"
    if at in {"sky", "low", "deep", "air"}:
        return "float"
    return "build" if at == "hill" or (place == "sea" and at not in WORN) else "stand"


def band(stage: Stage, kind: str) -> tuple[float, float]:
    """Return where things of a kind can stand, in pixels from the top: (far, near)."""
    shares = WATERS[stage.place] if kind == "swim" else BANDS.get(stage.place, (0.22, 0.92))
    ground = stage.height - stage.horizon
    return stage.horizon + ground * shares[0], stage.horizon + ground * shares[1]


def crowd(count: int) -> float:
    """Return the factor on the size of each of several things."""
    return between(count, ((1, 1.0), (2, 0.84), (3, 0.72), (5, 0.54), (9, 0.40)))


def moved_inside(stage: Stage, one: Placed) -> Placed:
    """Return a thing moved so that no edge cuts it, and shrunk if it is larger than the image."""
    edge = stage.unit * 0.025
    room = stage.width - 2 * edge
    if one.width > room:
        one = replace(one, height=one.height * room / one.width)
    if one.height > stage.height * 0.9:
        one = replace(one, height=stage.height * 0.9)
    half = one.width / 2
    x = min(max(one.x, edge + half), stage.width - edge - half)
    foot = min(max(one.foot, one.height + edge), stage.height - edge * 0.6)
    return replace(one, x=x, foot=foot)


def _overlap(one: Box, other: Box) -> float:
    """Return the shared area as a share of the smaller box."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)]
    return across * down / max(1.0, min(areas))


def covering(one: Placed, others: list[Placed]) -> float:
    """Return the largest overlap of a thing with any of the others."""
    return max((_overlap(one.box, other.box) for other in others), default=0.0)


def best(
    stage: Stage, one: Placed, others: list[Placed], area: tuple[float, float, float, float], rng: random.Random
) -> Placed:
    """Return a thing at the place with the least overlap, of TRIES within `area`.

    `area`: left, right, top and bottom of the range of its middle, as shares of the image.
    """
    chosen, least = one, 9e9
    for _ in range(TRIES):
        x, y = rng.uniform(area[0], area[1]) * stage.width, rng.uniform(area[2], area[3]) * stage.height
        foot = y + one.height / 2 if one.kind == "float" else y
        tried = moved_inside(stage, replace(one, x=x, foot=foot))
        cost = sum(_overlap(tried.box, other.box) for other in others) + 0.06 * rng.random()
        if cost < least:
            chosen, least = tried, cost
    return chosen
