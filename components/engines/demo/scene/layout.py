"""Layout: the first thing large, the others around it without covering it."""

from __future__ import annotations

from dataclasses import replace

from components.engines.demo.brush.colours import between
from components.engines.demo.scene.placement import (
    FLOATING_PLACES,
    WORN,
    Box,
    Placed,
    band,
    best,
    covering,
    crowd,
    kind_of,
    moved_inside,
)
from components.engines.demo.scene.poses import into, portrait, riding, wear
from components.engines.demo.scene.stage import Stage
from components.engines.demo.words.drawings import picture
from components.engines.demo.words.parse import Subject
from components.engines.demo.words.vocabulary import CARRIERS

MOST_COVERED = 0.16
"""Share of another thing that an extra may cover; one that would cover more is left out."""


def _lead_height(stage: Stage, subject: Subject, size: float) -> float:
    share = between(subject.drawing.size, ((0.1, 0.34), (0.3, 0.46), (0.45, 0.52), (0.66, 0.60)))
    art = picture(subject.drawing.name).size
    longer = max(stage.width / stage.height, stage.height / stage.width)
    share *= between(longer, ((1.2, 1.0), (1.8, 1.18), (3.0, 1.4)))
    wanted = stage.unit * share * size * crowd(subject.count)
    widest = stage.width * 0.78 / max(1.0, min(subject.count, 3) * 0.85)
    return min(wanted, stage.height * 0.74, widest * art[1] / art[0])


def _leads(stage: Stage, subject: Subject, size: float, alone: bool) -> list[Placed]:
    """Place the first thing of the prompt, all of its number, in the middle or on a third."""
    rng = stage.rng("lead")
    kind = kind_of(subject.drawing, stage.place)
    height = _lead_height(stage, subject, size)
    centre = stage.width * (rng.choice((0.5, 0.42, 0.58)) if alone else rng.choice((0.38, 0.62, 0.44, 0.56)))
    if kind == "float":
        return _floating(stage, subject, height, centre)
    near, far = band(stage, kind)[::-1]
    depth = 0.82 if kind == "build" and stage.place != "sea" else (0.5 if kind == "swim" else 0.28)
    foot = near + (far - near) * (depth + rng.uniform(-0.05, 0.05))
    foot = max(foot, min(near, height + stage.height * 0.05))
    across = height * picture(subject.drawing.name).width / picture(subject.drawing.name).height
    step = min(across * 0.98, stage.width * 0.92 / subject.count)
    shape = Placed(
        subject.drawing, centre, foot, height, 0.12 if kind == "build" else 0.0, kind, colour=subject.colour
    )
    if subject.count == 1:
        return [moved_inside(stage, replace(shape, flip=rng.random() < 0.5))]
    return [_in_line(stage, shape, index - (subject.count - 1) / 2, step) for index in range(subject.count)]


def _in_line(stage: Stage, shape: Placed, offset: float, step: float) -> Placed:
    """Return one of several beside each other: `offset` steps from the middle, no two alike."""
    rng = stage.rng("in line", offset)
    one = replace(
        shape,
        x=stage.width / 2 + offset * step,
        foot=min(stage.height * 0.97, shape.foot + (round(offset + 9) % 2) * stage.unit * 0.035),
        height=shape.height * rng.uniform(0.88, 1.08),
        flip=rng.random() < 0.5,
    )
    return moved_inside(stage, one)


def _floating(stage: Stage, subject: Subject, height: float, centre: float) -> list[Placed]:
    rng = stage.rng("floating", subject.drawing.name)
    middle = {"space": 0.52, "underwater": 0.46, "sky": 0.46}.get(stage.place)
    level = stage.height * middle if middle else min(stage.horizon, stage.height * 0.8) * 0.52
    if subject.count == 1:
        one = Placed(subject.drawing, centre, level + height / 2, height, 0.0, "float", rng.random() < 0.5,
                     subject.colour, turn=rng.uniform(-6, 6))  # fmt: skip
        return [moved_inside(stage, one)]
    placed: list[Placed] = []
    for index in range(subject.count):
        own = height * (1.12 if index == 0 else rng.uniform(0.42, 0.9))
        area = (0.1, 0.9, 0.08, 0.86 if middle else stage.horizon / stage.height * 0.86)
        first = Placed(
            subject.drawing, 0, 0, own, 0.0, "float", rng.random() < 0.5, subject.colour, turn=rng.uniform(-8, 8)
        )
        first = replace(first, depth=between(own / height, ((0.4, 0.35), (1.0, 0.0))))
        placed.append(best(stage, first, placed, area, rng))
    return placed


def _smaller(stage: Stage, subject: Subject, lead: Placed | None, placed: list[Placed], size: float) -> list[Placed]:
    """Place another thing of the prompt, or an extra."""
    kind = kind_of(subject.drawing, stage.place)
    base = stage.unit * between(subject.drawing.size, ((0.1, 0.13), (0.3, 0.28), (0.66, 0.5))) * size
    if lead is not None:
        ratio = between(subject.drawing.size / lead.drawing.size, ((0.2, 0.34), (1.0, 0.82), (2.2, 1.5)))
        base = min(base * 1.2, lead.height * ratio, stage.height * 0.62)
    base *= crowd(subject.count) ** 0.6
    added: list[Placed] = []
    for _ in range(subject.count):
        added.append(_one_smaller(stage, subject, kind, base, placed + added))
    return added


def _one_smaller(stage: Stage, subject: Subject, kind: str, base: float, others: list[Placed]) -> Placed:
    rng = stage.rng("one smaller", subject.drawing.name, len(others))
    if kind == "float":
        low = subject.drawing.at == "low"
        deepest = (
            0.86
            if stage.place in FLOATING_PLACES
            else min(0.8, stage.horizon / stage.height) * (1.15 if low else 0.84)
        )
        shape = Placed(subject.drawing, 0, 0, base * rng.uniform(0.8, 1.1), 0.12, kind, rng.random() < 0.5,
                       subject.colour, turn=rng.uniform(-9, 9))  # fmt: skip
        return best(stage, shape, others, (0.06, 0.94, 0.3 if low else 0.06, deepest), rng)
    top, bottom = band(stage, kind)
    shares = {"build": (0.0, 0.16), "tree": (0.04, 0.5), "plant": (0.35, 1.0)}
    first, last = shares.get("build" if kind == "build" else subject.drawing.at, (0.16, 0.95))
    down = rng.uniform(first, last)
    foot = top + (bottom - top) * down
    grow = 1.0 if kind == "build" else between(down, ((0.0, 0.62), (1.0, 1.12)))
    shape = Placed(subject.drawing, 0, foot, base * grow * rng.uniform(0.9, 1.1), 0.3 * (1 - down), kind,
                   rng.random() < 0.5, subject.colour)  # fmt: skip
    level = foot / stage.height
    return best(stage, shape, others, (0.05, 0.95, level, min(0.97, level + 0.05)), rng)


def arrange(
    stage: Stage, subjects: list[Subject], extras: list[Subject], size: float, focus: Box | None
) -> list[Placed]:
    """Return all things at their places, farthest first. `size`: factor; `focus`: the box for the first thing."""
    plain = [one for one in subjects if one.drawing.at not in WORN]
    worn = [one for one in subjects if one.drawing.at in WORN]
    if not plain:
        plain, worn = worn, []
    ridden = {one.rides for one in plain if one.rides in CARRIERS}
    standing = [one for one in plain if one.rides is None]
    riders = [one for one in plain if one.rides is not None]
    standing.sort(key=lambda one: one.drawing.name not in ridden)
    placed: list[Placed] = []
    if standing:
        placed = _leads(stage, standing[0], size, len(standing) == 1)
    if focus is not None and placed:
        placed = [into(placed[0], focus), *placed[1:]]
    lead = placed[0] if placed else None
    for one in riders:
        if lead is not None:
            rider, lead = riding(stage, one, lead)
            placed = [lead, *placed[1:], rider]
    for one in standing[1:]:
        placed += _smaller(stage, one, lead, placed, size)
    bearer = placed[-1] if riders and placed else lead
    if "portrait" in stage.scene.features and lead is not None and not riders and focus is None:
        placed, bearer = portrait(stage, placed)
    placed += [wear(one, bearer) for one in worn if bearer is not None]
    for one in extras:
        placed += [new for new in _smaller(stage, one, lead, placed, 0.8) if covering(new, placed) < MOST_COVERED]
    # Painted in this order, so what rides or is worn covers what carries it.
    order = {"float": 0, "build": 1}
    return sorted(placed, key=lambda one: (one.kind in {"ride", "worn"}, order.get(one.kind, 2), one.foot))
