"""Poses: riding, wearing, a portrait, and a thing within the mask."""

from __future__ import annotations

from dataclasses import replace

from components.engines.demo.brush.colours import between
from components.engines.demo.scene.placement import Box, Placed, moved_inside
from components.engines.demo.scene.stage import Stage
from components.engines.demo.words.drawings import picture
from components.engines.demo.words.parse import Subject
from components.engines.demo.words.vocabulary import FIGURES


def riding(stage: Stage, subject: Subject, carrier: Placed) -> tuple[Placed, Placed]:
    """Return a rider on its carrier, and the carrier; both are shrunk when the pair would not fit."""
    share = between(subject.drawing.size / carrier.drawing.size, ((0.4, 0.42), (1.0, 0.70), (2.0, 0.95)))
    seat = 0.62 if carrier.drawing.at != "water" else 0.46
    total = carrier.height * (seat + share)
    top = carrier.foot - total
    if top < stage.height * 0.04:
        carrier = replace(carrier, height=carrier.height * (carrier.foot - stage.height * 0.04) / total)
    rider = Placed(subject.drawing, carrier.x, carrier.foot - carrier.height * seat, carrier.height * share,
                   carrier.depth, "ride", carrier.flip, subject.colour)  # fmt: skip
    return rider, carrier


def wear(subject: Subject, bearer: Placed) -> Placed:
    """Return a hat on a head, a scarf around a neck, an umbrella in a hand."""
    figure = bearer.drawing.name in FIGURES
    at, wide = subject.drawing.at, bearer.width
    spot = {"hat": (0.0, 0.93, 0.62), "face": (0.0, 0.68, 0.56), "neck": (0.0, 0.26, 0.5), "held": (0.5, 0.5, 1.0)}[at]
    if not figure:
        head = _head(bearer)
        spot = {
            "hat": (head, 0.9, 0.5),
            "face": (head, 0.70, 0.42),
            "neck": (head, 0.34, 0.4),
            "held": (0.5, 0.4, 1.0),
        }[at]
    art = picture(subject.drawing.name).size
    side = -1 if bearer.flip else 1
    return Placed(subject.drawing, bearer.x + side * spot[0] * wide, bearer.foot - bearer.height * spot[1],
                  wide * spot[2] * art[1] / art[0], bearer.depth, "worn", colour=subject.colour)  # fmt: skip


def _head(bearer: Placed) -> float:
    """Return the horizontal middle of the topmost sixth, as a share of the width from the drawing's middle."""
    art = picture(bearer.drawing.name)
    box = art.crop((0, 0, art.width, max(1, art.height // 6))).getchannel("A").getbbox()
    return ((box[0] + box[2]) / 2 / art.width - 0.5) if box else 0.0


def into(one: Placed, focus: Box) -> Placed:
    """Return a thing fitted into the box of the mask."""
    art = picture(one.drawing.name).size
    wide, tall = focus[2] - focus[0], focus[3] - focus[1]
    height = min(tall * 0.92, wide * 0.92 * art[1] / art[0])
    return replace(one, x=(focus[0] + focus[2]) / 2, foot=focus[3] - tall * 0.04, height=max(8.0, height))


def portrait(stage: Stage, placed: list[Placed]) -> tuple[list[Placed], Placed]:
    """Return the things with the first one close: head and shoulders, cut by the lower edge; and that one."""
    lead = placed[0]
    art = picture(lead.drawing.name).size
    close = lead.drawing.name in FIGURES or art[1] > art[0]
    height = min(stage.height * (1.28 if close else 0.7), stage.width * (0.86 if close else 0.8) * art[1] / art[0])
    shown = 0.62 if close else 1.0
    foot = stage.height + height * (1 - shown) if close else stage.height * 0.92
    x = stage.width * (0.5 if len(placed) == 1 else stage.rng("portrait").choice((0.42, 0.58)))
    near = replace(lead, x=x, foot=foot, height=height, depth=0.0, kind="stand", turn=0.0)
    others: list[Placed] = []
    for one in placed[1:]:
        grown = replace(one, height=min(stage.unit * 0.34, one.height * 1.3))
        side = 0.14 if x > stage.width / 2 else 0.86
        others.append(moved_inside(stage, replace(grown, x=stage.width * side, foot=stage.height * 0.93)))
    return [near, *others], near
