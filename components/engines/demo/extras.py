"""What a place brings with it, unasked: firs in the snow, shells on the beach."""

from __future__ import annotations

from components.engines.demo.drawings import catalogue
from components.engines.demo.stage import Stage
from components.engines.demo.words import Subject

ALONG: dict[str, tuple[str, ...]] = {
    "meadow": ("tree", "tree", "butterfly", "pine"),
    "mountain": ("pine", "pine", "rock", "goat"),
    "forest": ("pine", "tree", "mushroom", "pine"),
    "snow": ("pine", "pine", "snowman"),
    "beach": ("palm", "shell", "palm", "beachumbrella"),
    "sea": ("seagull", "sailboat"),
    "lake": ("swan", "pine", "duck"),
    "desert": ("cactus", "cactus", "rock"),
    "underwater": ("coral", "tropicalfish", "fish", "coral"),
    "moon": ("rock", "satellite"),
    "mars": ("rock", "rock"),
    "space": ("star", "satellite"),
    "room": ("pottedplant", "couch"),
}
GREENS = frozenset({"tree", "pine", "cactus", "palm", "coral", "rock", "mushroom", "couch", "pottedplant"})
"""What may join whatever the prompt is about; animals join only an empty scene."""

HARDY = frozenset({"pine", "rock", "snowman", "pottedplant", "couch"})
"""What may stand in the snow."""


def extras_of(stage: Stage, asked: list[Subject]) -> list[Subject]:
    """Choose up to three unasked things, fewer the more was asked for."""
    rng, known = stage.rng("extras"), catalogue()
    asked_names = {one.drawing.name for one in asked}
    names = [name for name in ALONG.get(stage.place, ()) if name in known and name not in asked_names]
    names = [name for name in names if stage.wants(name) and (name in GREENS or not asked)]
    if stage.snowy:
        names = [name for name in names if name in HARDY]
    if "portrait" in stage.scene.features:
        names = names[:1]
    most = max(0, 3 - len(asked) // 2) if stage.place != "city" else 1
    chosen = rng.sample(names, min(len(names), rng.randint(min(1, most), most))) if most else []
    return [Subject(known[name]) for name in chosen]
