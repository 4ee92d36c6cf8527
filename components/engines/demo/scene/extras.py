"""Extras: things that a place brings along without being in the prompt, such as shells on a beach."""

from __future__ import annotations

from components.engines.demo.scene.stage import Stage
from components.engines.demo.words.drawings import catalogue
from components.engines.demo.words.parse import Subject

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
"""Extras that may join any subject; animals join only a scene without one."""

HARDY = frozenset({"pine", "rock", "snowman", "pottedplant", "couch"})
"""Extras that may stand in snow."""


def extras_of(stage: Stage, requested: list[Subject]) -> list[Subject]:
    """Return up to three things that the prompt does not name, fewer the more it names."""
    rng, known = stage.rng("extras"), catalogue()
    requested_names = {one.drawing.name for one in requested}
    names = [name for name in ALONG.get(stage.place, ()) if name in known and name not in requested_names]
    names = [name for name in names if stage.wants(name) and (name in GREENS or not requested)]
    if stage.snowy:
        names = [name for name in names if name in HARDY]
    if "portrait" in stage.scene.features:
        names = names[:1]
    most = max(0, 3 - len(requested) // 2) if stage.place != "city" else 1
    chosen = rng.sample(names, min(len(names), rng.randint(min(1, most), most))) if most else []
    return [Subject(known[name]) for name in chosen]
